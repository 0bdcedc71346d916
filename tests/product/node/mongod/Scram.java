import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The server's side of one login by SCRAM-SHA-256 (RFC 5802, RFC 7677). */
class Scram {
    static final String MECHANISM = "SCRAM-SHA-256";
    private static final int ROUNDS = 4096;
    private static final SecureRandom RANDOM = new SecureRandom();

    final String user;
    private final Document credential;
    private final String first;
    private final String challenge;

    Scram(String user, Document credential, String payload) {
        this.user = user;
        this.credential = credential;
        first = bare(payload);
        challenge = "r=" + fields(first).get("r") + base64(random(18)) + ",s=" + base64(bytes(credential, "salt")) + ",i=" + ROUNDS;
    }

    /** What is kept of a password. */
    static Document credential(String password) {
        byte[] salt = random(28);
        byte[] salted = salted(password, salt);
        Document kept = new Document("salt", new BinData(salt));
        kept.put("storedKey", new BinData(hash(mac(salted, "Client Key"))));
        kept.put("serverKey", new BinData(mac(salted, "Server Key")));
        return kept;
    }

    /** The user that a client's first message names. */
    static String name(String payload) {
        return fields(bare(payload)).get("n").replace("=2C", ",").replace("=3D", "=");
    }

    String challenge() {
        return challenge;
    }

    /** The server's signature, or null when the proof is wrong. */
    String prove(String payload) {
        Map<String, String> fields = fields(payload);
        String signed = first + "," + challenge + "," + payload.substring(0, payload.indexOf(",p="));
        byte[] key = Base64.getDecoder().decode(fields.get("p"));
        byte[] signature = mac(bytes(credential, "storedKey"), signed);
        for (int i = 0; i < key.length; i++) key[i] ^= signature[i];
        boolean right = MessageDigest.isEqual(hash(key), bytes(credential, "storedKey"));
        if (!right || !challenge.startsWith("r=" + fields.get("r") + ",")) return null;
        return "v=" + base64(mac(bytes(credential, "serverKey"), signed));
    }

    private static String bare(String payload) {
        return payload.substring(payload.indexOf("n=", 2));
    }

    private static Map<String, String> fields(String message) {
        Map<String, String> found = new HashMap<>();
        for (String field : message.split(",")) found.put(field.substring(0, 1), field.substring(2));
        return found;
    }

    private static byte[] bytes(Document document, String key) {
        return ((BinData) document.get(key)).getData();
    }

    private static byte[] random(int length) {
        byte[] made = new byte[length];
        RANDOM.nextBytes(made);
        return made;
    }

    private static String base64(byte[] data) {
        return Base64.getEncoder().encodeToString(data);
    }

    private static byte[] salted(String password, byte[] salt) {
        try {
            PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, ROUNDS, 256);
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error);
        }
    }

    private static byte[] hash(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(data);
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error);
        }
    }

    private static byte[] mac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error);
        }
    }
}
