// Lets the messages of each conversation go on SKIP numbers later, and what users have read with them. A client that has
// messages from after the backup would otherwise take new ones, which have the same numbers again, for those.
const { APP_DATABASE, MEMBERS, REPLICA_SET, ROOT_PASSWORD, SKIP } = process.env;

try {
  const login = `root:${encodeURIComponent(ROOT_PASSWORD)}`;
  const admin = connect(`mongodb://${login}@${MEMBERS}/admin?replicaSet=${REPLICA_SET}&authSource=admin`);
  const db = admin.getSiblingDB(APP_DATABASE);
  const skip = Long.fromString(SKIP);
  const { modifiedCount } = db.seq.updateMany({}, { $inc: { max_seq: skip } });
  db.seq_user.updateMany({}, { $inc: { read_seq: skip } });
  print(`${modifiedCount} conversations go on ${SKIP} numbers later`);
} catch (error) {
  print(`the numbers of messages were not changed: ${error.message}`);
  quit(1);
}
quit(0);
