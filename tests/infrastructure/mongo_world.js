// A small model of mongod as a client sees it: replica sets, users, the localhost exception. It runs setup.js for each
// pod in turn and prints what became of the world. Input: {"script", "env", "rounds", "pods": {NAME: STATE}}.
// STATE: up, set (a replica set's name or null); what a set holds (config, users, primary) is shared by its members.
const vm = require('vm');
const input = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const { pods, sets = {}, env } = input;
const printed = [];

function failure(message, codeName) {
  return Object.assign(new Error(message), { codeName });
}

function podOf(host, self) {
  const name = host.startsWith('127.0.0.1') ? self : host.split('.')[0];
  if (!pods[name] || !pods[name].up) throw failure(`connect ECONNREFUSED ${host}`, 'HostUnreachable');
  return name;
}

function database(podName, name, login, local) {
  const pod = pods[podName];
  const set = () => sets[pod.set];
  const mayWrite = () => {
    const firstUser = local && set() && Object.keys(set().users).length === 0;
    if (!login && !firstUser) throw failure('command requires authentication', 'Unauthorized');
    if (set().primary !== podName) throw failure('not primary', 'NotWritablePrimary');
  };
  const key = (user) => `${name}.${user}`;
  return {
    getSiblingDB: (other) => database(podName, other, login, local),
    hello: () => ({ setName: pod.set || undefined, isWritablePrimary: Boolean(set() && set().primary === podName) }),
    getUser: (user) => set().users[key(user)] || null,
    createUser: ({ user, ...rest }) => {
      mayWrite();
      if (set().users[key(user)]) throw failure('user exists', 'Location51003');
      set().users[key(user)] = rest;
    },
    updateUser: (user, rest) => {
      mayWrite();
      Object.assign(set().users[key(user)], rest);
    },
    adminCommand: (command) => {
      if (command.replSetInitiate) {
        if (pod.set) throw failure('already initialized', 'AlreadyInitialized');
        const { _id, members } = command.replSetInitiate;
        if (sets[_id]) throw failure('TEST: a second replica set', 'SplitBrain');
        sets[_id] = { config: { _id, version: 1, members }, users: {}, primary: podName };
        for (const member of members) pods[podOf(member.host)].set = _id;
      } else if (command.replSetReconfig) {
        mayWrite();
        const config = command.replSetReconfig;
        if (config.version !== set().config.version + 1) throw failure('version', 'NewReplicaSetConfigurationIncompatible');
        if (config.members.length > set().config.members.length + 1) throw failure('one at a time', 'InvalidReplicaSetConfig');
        set().config = config;
        for (const member of config.members) if (pods[podOf(member.host)].set !== pod.set) pods[podOf(member.host)].set = pod.set;
      } else {
        return { config: JSON.parse(JSON.stringify(set().config)) };
      }
      return { ok: 1 };
    },
  };
}

function connectAs(self) {
  return (uri) => {
    const [, user, password, host] = uri.match(/^mongodb:\/\/(?:(\w+):(\w+)@)?([^/]+)\/admin\?directConnection=true/);
    const pod = podOf(host, self);
    if (user) {
      const known = (sets[pods[pod].set] || { users: {} }).users[`admin.${user}`];
      if (!known || known.pwd !== password) throw failure('Authentication failed.', 'AuthenticationFailed');
    }
    return database(pod, 'admin', Boolean(user), host.startsWith('127.0.0.1'));
  };
}

const END = {};
for (let round = 0; round < input.rounds; round += 1) {
  for (const name of Object.keys(pods)) {
    if (!pods[name].up) continue;
    let slept = 0;
    const context = {
      process: { env: { ...env, POD_NAME: name }, on: () => {} },
      connect: connectAs(name),
      print: (text) => printed.push(`${name}: ${text}`),
      sleep: () => {
        slept += 1;
        if (slept === 2) throw END;
      },
    };
    try {
      vm.runInNewContext(input.script, context);
    } catch (error) {
      if (error !== END) throw error;
    }
  }
}
console.log(JSON.stringify({ pods, sets, printed }));
