// Refuses a restore where databases have data, or deletes them when OVERWRITE is yes. A set that was just made may have no
// primary yet, so it is waited for.
const { MEMBERS, OVERWRITE, PATIENCE, REPLICA_SET, ROOT_PASSWORD } = process.env;

// What a database has, in words; empty when it has no document.
function contents(db) {
  const full = [];
  for (const name of db.getCollectionNames()) {
    if (!name.startsWith('system.') && db.getCollection(name).findOne()) full.push(name);
  }
  return full.length ? `${db.getName()} (${full.join(', ')})` : '';
}

function makeRoom() {
  const login = `root:${encodeURIComponent(ROOT_PASSWORD)}`;
  const wait = `serverSelectionTimeoutMS=${PATIENCE || 120000}`;
  const admin = connect(`mongodb://${login}@${MEMBERS}/admin?replicaSet=${REPLICA_SET}&authSource=admin&${wait}`);
  const names = admin.adminCommand({ listDatabases: 1, nameOnly: true }).databases.map((database) => database.name);
  const found = [];
  for (const name of names.filter((one) => !['admin', 'config', 'local'].includes(one))) {
    const db = admin.getSiblingDB(name);
    const data = contents(db);
    if (data) found.push(data);
    if (data && OVERWRITE === 'yes') {
      db.dropDatabase();
      print(`deleted the database ${data}`);
    }
  }
  if (!found.length || OVERWRITE === 'yes') return true;
  print(`there is data in ${found.join(' and ')}; stop what writes to it, then set OVERWRITE to yes to delete all of it`);
  return false;
}

try {
  const free = makeRoom();
  quit(free ? 0 : 1);
} catch (error) {
  print(`MongoDB at ${MEMBERS} does not do what root asks: ${error.message}`);
  quit(1);
}
