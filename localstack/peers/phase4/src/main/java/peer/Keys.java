package peer;

import com.helger.phase4.crypto.AS4CryptoFactoryInMemoryKeyStore;
import com.helger.phase4.crypto.IAS4CryptoFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** PEM files, put into the key stores in memory that phase4 wants. */
final class Keys {
    private static final char[] PASSWORD = "of a key store that is never written".toCharArray();

    private Keys() {}

    /** The key that signs. */
    static IAS4CryptoFactory signing(Options o) throws GeneralSecurityException, IOException {
        return factory(o.need("key"), o.need("cert"), o.need("trust"));
    }

    /** The key that decrypts: in eDelivery AS4 2.0 one of its own, X25519. */
    static IAS4CryptoFactory decrypting(Options o) throws GeneralSecurityException, IOException {
        return factory(o.get("agree-key", o.need("key")), o.get("agree-cert", o.need("cert")), o.need("trust"));
    }

    /** The partner's certificate that its signature must have been made for. */
    static X509Certificate partnerSigns(Options o) throws GeneralSecurityException, IOException {
        return certificate(o.need("partner").split(",")[0]);
    }

    /** The partner's certificate to encrypt for. */
    static X509Certificate partnerDecrypts(Options o) throws GeneralSecurityException, IOException {
        String[] files = o.need("partner").split(",");
        return certificate(files[files.length - 1]);
    }

    private static IAS4CryptoFactory factory(String keyFile, String certFile, String trustFile) throws GeneralSecurityException, IOException {
        X509Certificate certificate = certificate(certFile);
        KeyStore own = empty();
        own.setKeyEntry("own", privateKey(keyFile, certificate), PASSWORD, new Certificate[] {certificate});
        KeyStore trusted = empty();
        trusted.setCertificateEntry("ca", certificate(trustFile));
        return new AS4CryptoFactoryInMemoryKeyStore(own, "own", PASSWORD, trusted);
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static X509Certificate certificate(String file) throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    /** PKCS#8; the certificate tells the kind of key: RSA, EC, EdDSA, XDH. */
    private static PrivateKey privateKey(String file, X509Certificate certificate) throws GeneralSecurityException, IOException {
        String base64 = Files.readString(Path.of(file)).replaceAll("-----[^-]*-----", "");
        return KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
    }
}
