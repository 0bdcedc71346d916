// Loaded before the shell: the cluster's DNS, and a loopback interface of the pod's own.
const dns = require('dns');
const net = require('net');

const addresses = JSON.parse(process.env.TEST_ADDRESSES);
const lookup = dns.lookup;
const connect = net.createConnection;

dns.lookup = (name, options, done) => {
  const address = addresses[name.split('.')[0]];
  if (!address || !name.includes('.')) return lookup(name, options, done);
  const callback = typeof options === 'function' ? options : done;
  return options.all ? callback(null, [{ address, family: 4 }]) : callback(null, address, 4);
};
net.createConnection = (options, ...rest) => {
  if (options.host === '127.0.0.1') return connect({ ...options, host: addresses[process.env.POD_NAME] }, ...rest);
  return connect({ ...options, lookup: dns.lookup }, ...rest);
};
