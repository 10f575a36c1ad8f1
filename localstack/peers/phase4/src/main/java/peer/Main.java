package peer;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** An AS4 access point of another make, phase4, for our tests to talk to. README.md tells the options. */
public final class Main {
    private static final String USAGE = """
        usage: peer serve --profile P --key K --cert C [--agree-key K --agree-cert C] --trust CA --dump DIR [--port N] [--until-eof]
               peer send  --profile P --key K --cert C --partner SIGN.pem[,ENC.pem] --trust CA --dump DIR --url U
                          --me ID --to ID [--part 'FILE;type=MIME[;charset=C][;compress=no][;name=N]']... [--property 'NAME=VALUE[;type=T]']...
                          [--test] [--action A] [--message-id I] [--ref I] [--agreement A] [--conversation C] [--stdin]
        P is cef, edelivery2-eddsa or edelivery2-ecdsa. Keys and certificates are PEM files (PKCS#8, X.509).
        --stdin: a message per line, its options separated by tabs, on top of those of the command line.
        """;

    private Main() {}

    public static void main(String[] args) {
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
        preferStreamingGCM();
        System.setProperty("phase4.manager.inmemory", "true");
        if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
        }
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.SEVERE);
        List<String> words = Arrays.asList(args);
        int code = 2;
        try {
            code = run(words);
        } catch (IllegalArgumentException e) {
            System.err.println("peer: " + e.getMessage());
        } catch (Exception e) {
            e.printStackTrace();
            code = 1;
        }
        // phase4 leaves threads behind that would keep the process alive
        System.exit(code);
    }

    /**
     * JDK 17's own AES-GCM keeps a part until its tag is there, and CipherInputStream asks for a buffer of that size again
     * every 512 octets: minutes for 30 MB. Bouncy Castle's gives out what it has.
     */
    private static void preferStreamingGCM() {
        Security.insertProviderAt(new BouncyCastleProvider(), 1);
    }

    private static int run(List<String> words) throws Exception {
        if (words.isEmpty() || words.contains("--help")) {
            System.out.print(USAGE);
            return words.isEmpty() ? 2 : 0;
        }
        Options options = new Options(words.subList(1, words.size()));
        switch (words.get(0)) {
            case "serve":
                Serve.run(options);
                return 0;
            case "send":
                return Send.run(options);
            default:
                throw new IllegalArgumentException("unknown command " + words.get(0) + "; see --help");
        }
    }
}
