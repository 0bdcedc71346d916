import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.ServerVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands for mongod where no registry has it: {@code Mongod --config FILE [--ipv6]}. It keeps its data below the file's dbPath,
 * demands the key file, and is a replica set of one member, with users who log in by SCRAM-SHA-256. It writes an oplog when the
 * file says how large that may be.
 */
public class Mongod {
    public static void main(String[] arguments) throws Exception {
        boolean ipv6 = arguments.length == 3 && arguments[2].equals("--ipv6");
        if (arguments.length < 2 || arguments.length == 3 != ipv6 || !arguments[0].equals("--config")) {
            System.err.println("usage: mongod --config FILE [--ipv6]");
            System.exit(2);
        }
        String config = Files.readString(Path.of(arguments[1]));
        Path folder = Path.of(setting(config, "dbPath"));
        demandSecretFile(Path.of(setting(config, "keyFile")));
        if (!Files.isDirectory(folder)) {
            System.err.println("Data directory " + folder + " not found");
            System.exit(100);
        }
        Member member = new Member(folder.resolve("data.mv").toString(), setting(config, "replSetName"));
        member.version(ServerVersion.MONGO_5_0);
        // Not always, for nothing here ever shortens it.
        if (config.contains("oplogSizeMB")) member.enableOplog();
        MongoServer server = new MongoServer(member);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        server.bind(ipv6 ? "::" : "0.0.0.0", Integer.parseInt(setting(config, "port")));
        System.out.println("Waiting for connections");
    }

    /** The scalar of a key that the file of settings has once. */
    private static String setting(String config, String key) {
        Matcher line = Pattern.compile("(?m)^\\s*" + key + ":\\s*\"?(.*?)\"?\\s*$").matcher(config);
        if (!line.find()) throw new IllegalArgumentException("the file of settings has no " + key);
        return line.group(1);
    }

    private static void demandSecretFile(Path file) throws Exception {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.stream().anyMatch(p -> !p.name().startsWith("OWNER_"))) {
            System.err.println("permissions on " + file + " are too open");
            System.exit(1);
        }
    }
}
