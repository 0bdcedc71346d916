// Makes the replica set and its users, and adds members that are missing; it ends with 0 when this member sees all of that
// done, and with 75 when it has to go on. Every step looks at the state first, so it does not matter when it runs or how often.
//
// mongosh awaits what functions give, but not what they return from within `try`: `return open()` there would not be
// caught. It also makes callbacks asynchronous, so lists are walked with `for`.
const { APP_AUTH_SOURCE, APP_DATABASE, APP_PASSWORD, APP_USERNAME, MEMBERS, NAME, PAUSE, POD_DOMAIN, POD_NAME, REPLICA_SET, ROOT_PASSWORD } = process.env;
const hosts = Array.from({ length: Number(MEMBERS) }, (_, i) => `${NAME}-${i}.${POD_DOMAIN}:27017`);
const here = '127.0.0.1:27017';
let userIsSet = false;

// What ask(db) gives, on a connection that is closed after it: one for each round would fill the server.
function on(host, ask, user = '', password = '', authSource = 'admin') {
  const login = user && `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
  const db = connect(`mongodb://${login}${host}/admin?directConnection=true&serverSelectionTimeoutMS=3000&authSource=${authSource}`);
  try {
    const answer = ask(db);
    return answer;
  } finally {
    db.getMongo().close();
  }
}

// What ask(db) gives to a user who is logged in, or null when the server does not know the user or the password.
function asUser(ask, user, password, authSource) {
  try {
    const answer = on(here, ask, user, password, authSource);
    return answer;
  } catch (error) {
    if (error.codeName === 'AuthenticationFailed') return null;
    throw error;
  }
}

function setOf(host) {
  const { setName } = on(host, (db) => db.hello());
  return setName;
}

// The first member makes the set, but only when every member answers that it belongs to none: a first member that lost
// its volume must not make a second set.
function initiate() {
  if (POD_NAME !== `${NAME}-0`) return;
  for (const host of hosts) if (setOf(host)) return;
  const members = hosts.map((host, _id) => ({ _id, host }));
  on(here, (db) => db.adminCommand({ replSetInitiate: { _id: REPLICA_SET, members } }));
  print(`made the replica set of ${hosts.join(', ')}`);
}

// Without any user, a client on the same host may make the first one.
function createRoot() {
  on(here, (db) => db.getSiblingDB('admin').createUser({ user: 'root', pwd: ROOT_PASSWORD, roles: ['root'] }));
  print('made the user root');
}

function start() {
  const { setName, isWritablePrimary } = on(here, (db) => db.hello());
  if (!setName) initiate();
  else if (isWritablePrimary) createRoot();
}

function setApplicationUser(db) {
  const users = db.getSiblingDB(APP_AUTH_SOURCE);
  const wanted = { pwd: APP_PASSWORD, roles: [{ role: 'readWrite', db: APP_DATABASE }] };
  if (users.getUser(APP_USERNAME)) {
    users.updateUser(APP_USERNAME, wanted);
  } else {
    users.createUser({ user: APP_USERNAME, ...wanted });
  }
  userIsSet = true;
  print(`set the password of ${APP_USERNAME}`);
}

// One member at a time, as the set demands.
function addMember(db, config, host) {
  if (setOf(host)) return;
  config.members.push({ _id: Math.max(...config.members.map((member) => member._id)) + 1, host });
  config.version += 1;
  db.adminCommand({ replSetReconfig: config });
  print(`added ${host}`);
}

// What root does on this member; true when nothing is left to do but, on a secondary, for the primary's user.
function complete(db) {
  const { isWritablePrimary, secondary } = db.hello();
  const { config } = db.adminCommand({ replSetGetConfig: 1 });
  const known = config.members.map((member) => member.host);
  const missing = hosts.filter((host) => !known.includes(host));
  if (isWritablePrimary) {
    if (!userIsSet) setApplicationUser(db);
    if (missing.length) addMember(db, config, missing[0]);
  }
  return (isWritablePrimary || secondary) && !missing.length;
}

function finished() {
  const done = asUser(complete, 'root', ROOT_PASSWORD, 'admin');
  if (done === null) start();
  if (!done) return false;
  const login = asUser((db) => db.hello(), APP_USERNAME, APP_PASSWORD, APP_AUTH_SOURCE);
  return login !== null;
}

if (!/^[\w.~-]*$/.test(APP_PASSWORD)) {
  print(`OpenIM puts the password of ${APP_USERNAME} into a URI as it is, so it may hold only letters, digits and . _ ~ -`);
  quit(1);
}
let reason = '';
for (let round = 0; round < 60; round += 1) {
  try {
    if (finished()) {
      print('the replica set is complete');
      quit(0);
    }
  } catch (error) {
    if (error.message !== reason) print(error.message);
    reason = error.message;
  }
  sleep(Number(PAUSE || 5000));
}
quit(75);
