// A stand-in for mongod that speaks its wire protocol, so that the real shell runs the chart's script against it: replica
// sets, users with SCRAM-SHA-256, the localhost exception, and the rules of reconfiguration, as MongoDB documents them. It
// keeps no data and replicates nothing.
//
// node mongod.js: reads {"pods": {NAME: {"address", "up", "set"}}, "sets": {NAME: {"config", "users", "primary"}}} from
// standard input and serves each pod that is up on its address. When it is told to end it prints the same with "most", the
// most connections that were open at one time, and "opened", how many there were, which it writes into $COUNT meanwhile.
const crypto = require('crypto');
const fs = require('fs');
const net = require('net');
const { BSON } = require('bson');

const state = JSON.parse(fs.readFileSync(0, 'utf8'));
const { pods, sets } = state;
Object.assign(state, { most: 0, opened: 0 });
const ITERATIONS = 4096;
let open = 0;

class Refusal extends Error {
  constructor(code, codeName, message) {
    super(message);
    Object.assign(this, { code, codeName });
  }
}

const hmac = (key, text) => crypto.createHmac('sha256', key).update(text).digest();
const field = (text, name) => text.split(',').find((part) => part.startsWith(`${name}=`)).slice(2);
const xor = (a, b) => Buffer.from(a.map((byte, i) => byte ^ b[i]));
const podOf = (host) => Object.keys(pods).find((name) => host.startsWith(`${name}.`));

// The two steps of SCRAM-SHA-256 (RFC 5802, RFC 7677) on one connection.
function saslStart(link, { $db, payload }) {
  const first = payload.toString().slice('n,,'.length);
  const user = field(first, 'n').replace(/=2C/g, ',').replace(/=3D/g, '=');
  const nonce = field(first, 'r') + crypto.randomBytes(18).toString('base64');
  const salt = crypto.randomBytes(28);
  const challenge = `r=${nonce},s=${salt.toString('base64')},i=${ITERATIONS}`;
  link.login = { name: `${$db}.${user}`, salt, first, challenge };
  return { conversationId: 1, done: false, payload: new BSON.Binary(Buffer.from(challenge)) };
}

function saslContinue(link, { payload }) {
  const { name, salt, first, challenge } = link.login;
  const last = payload.toString();
  const known = link.set() && link.set().users[name];
  const failed = new Refusal(18, 'AuthenticationFailed', 'Authentication failed.');
  if (!known) throw failed;
  const salted = crypto.pbkdf2Sync(known.pwd, salt, ITERATIONS, 32, 'sha256');
  const key = hmac(salted, 'Client Key');
  const messages = `${first},${challenge},${last.slice(0, last.lastIndexOf(',p='))}`;
  const signature = hmac(crypto.createHash('sha256').update(key).digest(), messages);
  const proof = xor(key, signature).toString('base64');
  if (last.slice(last.lastIndexOf(',p=') + 3) !== proof) throw failed;
  link.user = name;
  const answer = `v=${hmac(hmac(salted, 'Server Key'), messages).toString('base64')}`;
  return { conversationId: 1, done: true, payload: new BSON.Binary(Buffer.from(answer)) };
}

function mustWrite(link) {
  mustKnow(link);
  if (link.set().primary !== link.pod) throw new Refusal(10107, 'NotWritablePrimary', 'not primary');
}

function mustKnow(link) {
  const firstUser = link.set() && Object.keys(link.set().users).length === 0;
  if (!link.user && !firstUser) throw new Refusal(13, 'Unauthorized', 'Command requires authentication');
}

function initiate(link, { replSetInitiate: { _id, members } }) {
  if (pods[link.pod].set) throw new Refusal(23, 'AlreadyInitialized', 'already initialized');
  if (sets[_id]) state.second = true;
  for (const { host } of members) if (!pods[podOf(host)].up) throw new Refusal(74, 'NodeNotFound', host);
  sets[_id] = { config: { _id, version: 1, members }, users: {}, primary: link.pod };
  for (const { host } of members) pods[podOf(host)].set = _id;
  return {};
}

function reconfigure(link, { replSetReconfig: config }) {
  mustWrite(link);
  const set = link.set();
  if (config.version <= set.config.version) throw new Refusal(103, 'NewReplicaSetConfigurationIncompatible', 'version');
  if (config.members.length > set.config.members.length + 1) throw new Refusal(93, 'InvalidReplicaSetConfig', 'one at a time');
  set.config = config;
  for (const { host } of config.members) pods[podOf(host)].set = set.config._id;
  return {};
}

const hosts = (link) => link.set().config.members.map(({ host }) => host);
const hostOf = (link, pod) => hosts(link).find((host) => podOf(host) === pod);

// A pod's "behind" says how many seconds its data are older than the primary's.
function status(link) {
  mustKnow(link);
  const now = Date.now();
  const members = hosts(link).map((name) => ({
    name,
    stateStr: podOf(name) === link.set().primary ? 'PRIMARY' : 'SECONDARY',
    optimeDate: new Date(now - 1000 * (pods[podOf(name)].behind || 0)),
  }));
  return { set: pods[link.pod].set, members };
}

const commands = {
  hello: (link) => ({
    isWritablePrimary: Boolean(link.set()) && link.set().primary === link.pod,
    secondary: Boolean(link.set()) && link.set().primary !== link.pod,
    ...(link.set() && { setName: pods[link.pod].set, hosts: hosts(link), me: hostOf(link, link.pod), primary: hostOf(link, link.set().primary) }),
    maxBsonObjectSize: 16777216, maxMessageSizeBytes: 48000000, maxWriteBatchSize: 100000,
    localTime: new Date(), minWireVersion: 0, maxWireVersion: 21, readOnly: false,
    saslSupportedMechs: ['SCRAM-SHA-256'],
  }),
  saslStart, saslContinue,
  replSetInitiate: initiate,
  replSetReconfig: reconfigure,
  replSetGetStatus: status,
  replSetGetConfig: (link) => {
    mustKnow(link);
    return { config: link.set().config };
  },
  usersInfo: (link, { $db, usersInfo }) => {
    mustKnow(link);
    const user = usersInfo.user || usersInfo;
    const known = link.set().users[`${$db}.${user}`];
    return { users: known ? [{ _id: `${$db}.${user}`, user, db: $db, roles: known.roles }] : [] };
  },
  createUser: (link, { $db, createUser, pwd, roles }) => {
    mustWrite(link);
    const name = `${$db}.${createUser}`;
    if (link.set().users[name]) throw new Refusal(51003, 'Location51003', `User "${name}" already exists`);
    link.set().users[name] = { pwd, roles };
    return {};
  },
  updateUser: (link, { $db, updateUser, pwd, roles }) => {
    mustWrite(link);
    Object.assign(link.set().users[`${$db}.${updateUser}`], { pwd, roles });
    return {};
  },
  buildInfo: () => ({ version: '7.0.43', versionArray: [7, 0, 43, 0] }),
  ping: () => ({}), endSessions: () => ({}), getParameter: () => ({}), getCmdLineOpts: () => ({}), connectionStatus: () => ({}),
};

function answer(link, command) {
  const name = Object.keys(command)[0];
  try {
    const known = { ismaster: 'hello', isMaster: 'hello', buildinfo: 'buildInfo' }[name] || name;
    if (!commands[known]) throw new Refusal(59, 'CommandNotFound', `no such command: '${name}'`);
    return { ...commands[known](link, command), ok: 1 };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: 0, errmsg: error.message, code: error.code, codeName: error.codeName };
  }
}

// OP_MSG with one section, and OP_QUERY, by which a driver says hello at first.
function reply(link, message) {
  const [id, opcode] = [message.readInt32LE(4), message.readInt32LE(12)];
  const query = opcode === 2004;
  const start = query ? message.indexOf(0, 20) + 9 : 21;
  const size = message.readInt32LE(start);
  const body = BSON.serialize(answer(link, BSON.deserialize(message.subarray(start, start + size), { promoteBuffers: true })));
  const head = Buffer.alloc(query ? 36 : 21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(id, 8);
  head.writeInt32LE(query ? 1 : 2013, 12);
  if (query) head.writeInt32LE(1, 32);
  return Buffer.concat([head, body]);
}

function serve(pod) {
  const server = net.createServer((socket) => {
    const link = { pod, set: () => sets[pods[pod].set] };
    let buffer = Buffer.alloc(0);
    state.opened += 1;
    state.most = Math.max(state.most, (open += 1));
    socket.on('close', () => (open -= 1));
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      buffer = Buffer.concat([buffer, data]);
      while (buffer.length >= 4 && buffer.length >= buffer.readInt32LE(0)) {
        const size = buffer.readInt32LE(0);
        socket.write(reply(link, buffer.subarray(0, size)));
        buffer = buffer.subarray(size);
      }
    });
  });
  server.listen(27017, pods[pod].address);
}

for (const [name, pod] of Object.entries(pods)) if (pod.up) serve(name);
setInterval(() => fs.writeFileSync(process.env.COUNT, String(state.opened)), 100);
process.on('SIGTERM', () => {
  console.log(JSON.stringify(state));
  process.exit(0);
});
