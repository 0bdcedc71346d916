// Prints the member that a backup is made of: a secondary that is not a minute behind, else the primary.
const { MEMBERS, REPLICA_SET, ROOT_PASSWORD } = process.env;

try {
  const login = `root:${encodeURIComponent(ROOT_PASSWORD)}`;
  const db = connect(`mongodb://${login}@${MEMBERS}/admin?replicaSet=${REPLICA_SET}&authSource=admin`);
  const { members } = db.adminCommand({ replSetGetStatus: 1 });
  const primary = members.find((member) => member.stateStr === 'PRIMARY');
  const fresh = members.filter((m) => m.stateStr === 'SECONDARY' && primary.optimeDate - m.optimeDate < 60000);
  print((fresh[0] || primary).name);
} catch (error) {
  print(`MongoDB at ${MEMBERS} does not answer root: ${error.message}`);
  quit(1);
}
quit(0);
