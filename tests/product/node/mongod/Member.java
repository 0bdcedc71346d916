import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.oplog.NoopOplog;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The one member of a replica set: logins, users and the set's configuration before the database's own commands. */
class Member extends H2Backend {
    private static final Set<String> OPEN_TO_ALL = Set.of(
        "hello", "ismaster", "ping", "buildinfo", "saslstart", "saslcontinue", "logout", "whatsmyuri", "endsessions");
    /** What a client on the same host may do as long as there is no user. */
    private static final Set<String> OPEN_AT_FIRST = Set.of("replsetinitiate", "createuser");

    private final String setName;
    private final Map<String, Document> users;
    private final Map<String, Document> kept;
    private final Map<Channel, String> loggedIn = new ConcurrentHashMap<>();
    private final Map<Channel, Scram> logins = new ConcurrentHashMap<>();
    private final Instant started = Instant.now();

    Member(String file, String setName) {
        super(file);
        this.setName = setName;
        users = getMvStore().openMap("member.users");
        kept = getMvStore().openMap("member.configuration");
    }

    @Override
    public Document handleCommand(Channel channel, String database, String name, Document query) {
        String command = name.toLowerCase(Locale.ROOT);
        allow(channel, database, command);
        Document answer = ofMember(channel, database, command, query);
        if (answer == null) {
            demandSet(command);
            if ("oplog.rs".equals(query.get("find"))) orderOplog((Document) query.get("sort"));
            answer = super.handleCommand(channel, database, name, query);
        }
        // What a client was answered is not lost when this process is killed.
        if (getMvStore().hasUnsavedChanges()) commit();
        return answer;
    }

    @Override
    public void handleClose(Channel channel) {
        loggedIn.remove(channel);
        logins.remove(channel);
        super.handleClose(channel);
    }

    private Document ofMember(Channel channel, String database, String command, Document query) {
        switch (command) {
            case "hello", "ismaster": return hello(query);
            case "saslstart": return startLogin(channel, database, query);
            case "saslcontinue": return continueLogin(channel, query);
            case "replsetinitiate": return initiate(channel, (Document) query.get("replSetInitiate"));
            case "replsetgetconfig": return ok(new Document("config", configuration()));
            case "replsetreconfig": return keep((Document) query.get("replSetReconfig"));
            case "replsetgetstatus": return status();
            case "createuser": return setUser(database, (String) query.get("createUser"), query, false);
            case "updateuser": return setUser(database, (String) query.get("updateUser"), query, true);
            case "usersinfo": return usersInfo(database, query.get("usersInfo"));
            case "applyops": return applyOps(channel, (List<?>) query.get("applyOps"));
            case "logout": loggedIn.remove(channel); return ok(new Document());
            // Every write stands by itself here: a transaction is neither isolated nor undone.
            case "committransaction", "aborttransaction", "endsessions", "refreshsessions": return ok(new Document());
            default: return null;
        }
    }

    private void allow(Channel channel, String database, String command) {
        if (OPEN_TO_ALL.contains(command)) return;
        String user = loggedIn.get(channel);
        if (user == null) {
            boolean here = ((InetSocketAddress) channel.remoteAddress()).getAddress().isLoopbackAddress();
            if (users.isEmpty() && here && OPEN_AT_FIRST.contains(command)) return;
            throw new MongoServerError(13, "Unauthorized", "Command " + command + " requires authentication");
        }
        for (Document role : roles(users.get(user))) {
            if (role.get("role").equals("root") || role.get("db").equals(database)) return;
        }
        if (!command.endsWith("transaction")) {
            throw new MongoServerError(13, "Unauthorized", "not authorized on " + database + " to execute " + command);
        }
    }

    private void demandSet(String command) {
        if (configuration() == null) {
            throw new MongoServerError(10107, "NotWritablePrimary", command + ": not primary");
        }
    }

    private Document hello(Document query) {
        Document answer = new Document();
        Document configuration = configuration();
        answer.put("helloOk", true);
        answer.put("ismaster", configuration != null);
        answer.put("isWritablePrimary", configuration != null);
        answer.put("secondary", false);
        if (configuration == null) {
            answer.put("isreplicaset", true);
            answer.put("info", "Does not have a valid replica set config");
        } else {
            String host = host();
            answer.put("setName", setName);
            answer.put("setVersion", configuration.getOrDefault("version", 1));
            answer.put("hosts", List.of(host));
            answer.put("primary", host);
            answer.put("me", host);
        }
        answer.put("maxBsonObjectSize", 16 * 1024 * 1024);
        answer.put("maxMessageSizeBytes", 48000000);
        answer.put("maxWriteBatchSize", 100000);
        answer.put("localTime", Instant.now());
        answer.put("logicalSessionTimeoutMinutes", 30);
        answer.put("minWireVersion", 0);
        answer.put("maxWireVersion", 13);
        answer.put("readOnly", false);
        Object asked = query.get("saslSupportedMechs");
        if (asked != null && users.containsKey(asked)) answer.put("saslSupportedMechs", List.of(Scram.MECHANISM));
        return ok(answer);
    }

    private Document configuration() {
        return kept.get("set");
    }

    private String host() {
        List<?> members = (List<?>) configuration().get("members");
        return (String) ((Document) members.get(0)).get("host");
    }

    private Document initiate(Channel channel, Document configuration) {
        if (configuration() != null) throw new MongoServerError(23, "AlreadyInitialized", "already initialized");
        configuration.putIfAbsent("version", 1);
        if (oplog != NoopOplog.get()) {
            // The oplog of a set is never empty.
            Document entry = new Document("ts", new BsonTimestamp(Instant.now(), 1)).append("op", "n").append("ns", "");
            write(channel, "local.oplog.rs", "insert", "documents", entry.append("o", new Document("msg", "initiating set")));
        }
        return keep(configuration);
    }

    private Document keep(Document configuration) {
        if (!setName.equals(configuration.get("_id"))) {
            throw new MongoServerError(93, "InvalidReplicaSetConfig", "the set is called " + setName);
        }
        if (((List<?>) configuration.get("members")).size() != 1) {
            throw new MongoServerError(93, "InvalidReplicaSetConfig", "this stand-in is a set of one member");
        }
        kept.put("set", configuration);
        return ok(new Document());
    }

    /** The order in which mongod keeps its oplog is that of time; here documents have none. */
    private static void orderOplog(Document sort) {
        if (sort != null && sort.containsKey("$natural")) sort.put("ts", sort.remove("$natural"));
    }

    /** Entries of an oplog as mongorestore sends them: documents that were inserted, changed or deleted. */
    private Document applyOps(Channel channel, List<?> entries) {
        for (Object one : entries) {
            Document entry = (Document) one;
            String namespace = (String) entry.get("ns");
            Document document = (Document) entry.get("o");
            Document same = new Document("_id", document.get("_id"));
            switch ((String) entry.get("op")) {
                case "i" -> write(channel, namespace, "update", "updates",
                    new Document("q", same).append("u", document).append("upsert", true));
                case "u" -> write(channel, namespace, "update", "updates",
                    new Document("q", entry.get("o2")).append("u", document));
                case "d" -> write(channel, namespace, "delete", "deletes", new Document("q", same).append("limit", 1));
                default -> throw new MongoServerError(2, "BadValue", "this stand-in does not apply " + entry);
            }
        }
        return ok(new Document());
    }

    private void write(Channel channel, String namespace, String command, String what, Document one) {
        String[] names = namespace.split("\\.", 2);
        super.handleCommand(channel, names[0], command, new Document(command, names[1]).append(what, List.of(one)));
    }

    private Document status() {
        if (configuration() == null) throw new MongoServerError(94, "NotYetInitialized", "no replset config has been received");
        Document self = new Document("_id", 0);
        self.put("name", host());
        self.put("health", 1.0);
        self.put("state", 1);
        self.put("stateStr", "PRIMARY");
        self.put("uptime", (int) (Instant.now().getEpochSecond() - started.getEpochSecond()));
        self.put("optimeDate", Instant.now());
        self.put("electionDate", started);
        self.put("self", true);
        Document answer = new Document("set", setName);
        answer.put("date", Instant.now());
        answer.put("myState", 1);
        answer.put("members", List.of(self));
        return ok(answer);
    }

    private Document setUser(String database, String name, Document query, boolean known) {
        demandSet("createUser");
        String id = database + "." + name;
        if (users.containsKey(id) != known) {
            throw known
                ? new MongoServerError(11, "UserNotFound", "Could not find user " + id)
                : new MongoServerError(51003, "Location51003", "User \"" + name + "@" + database + "\" already exists");
        }
        Document user = known ? users.get(id).clone() : new Document();
        user.put("user", name);
        user.put("db", database);
        if (query.get("pwd") != null) user.put("credential", Scram.credential((String) query.get("pwd")));
        if (query.get("roles") != null) user.put("roles", rolesIn(database, (List<?>) query.get("roles")));
        users.put(id, user);
        return ok(new Document());
    }

    private static List<Document> rolesIn(String database, List<?> given) {
        List<Document> roles = new ArrayList<>();
        for (Object role : given) {
            Document one = new Document("role", role instanceof Document ? ((Document) role).get("role") : role);
            one.put("db", role instanceof Document ? ((Document) role).get("db") : database);
            roles.add(one);
        }
        return roles;
    }

    @SuppressWarnings("unchecked")
    private static List<Document> roles(Document user) {
        return (List<Document>) user.get("roles");
    }

    private Document usersInfo(String database, Object asked) {
        String name = asked instanceof Document ? (String) ((Document) asked).get("user") : (String) asked;
        Object at = asked instanceof Document ? ((Document) asked).getOrDefault("db", database) : database;
        List<Document> found = new ArrayList<>();
        Document user = users.get(at + "." + name);
        if (user != null) {
            Document shown = new Document("_id", at + "." + name);
            for (String key : List.of("user", "db", "roles")) shown.put(key, user.get(key));
            found.add(shown);
        }
        return ok(new Document("users", found));
    }

    private Document startLogin(Channel channel, String database, Document query) {
        if (!Scram.MECHANISM.equals(query.get("mechanism"))) {
            throw new MongoServerError(2, "BadValue", "this stand-in knows " + Scram.MECHANISM + " only");
        }
        String payload = text(query);
        Document user = users.get(database + "." + Scram.name(payload));
        if (user == null) throw failed();
        Scram login = new Scram(database + "." + user.get("user"), (Document) user.get("credential"), payload);
        logins.put(channel, login);
        return payload(login.challenge(), false);
    }

    private Document continueLogin(Channel channel, Document query) {
        Scram login = logins.get(channel);
        if (login == null) throw failed();
        String payload = text(query);
        // After the proof some clients ask once more, with nothing.
        if (!payload.isEmpty()) {
            String signature = login.prove(payload);
            if (signature == null) throw failed();
            loggedIn.put(channel, login.user);
            return payload(signature, true);
        }
        return payload("", true);
    }

    private static MongoServerError failed() {
        return new MongoServerError(18, "AuthenticationFailed", "Authentication failed.");
    }

    private static String text(Document query) {
        Object payload = query.get("payload");
        byte[] data = payload instanceof BinData ? ((BinData) payload).getData() : (byte[]) payload;
        return new String(data, StandardCharsets.UTF_8);
    }

    private static Document payload(String text, boolean done) {
        Document answer = new Document("conversationId", 1);
        answer.put("done", done);
        answer.put("payload", new BinData(text.getBytes(StandardCharsets.UTF_8)));
        return ok(answer);
    }

    private static Document ok(Document answer) {
        answer.put("ok", 1.0);
        return answer;
    }
}
