package peer;

import com.helger.base.state.ETriState;
import com.helger.phase4.CAS4;
import com.helger.phase4.crypto.AS4CryptParams;
import com.helger.phase4.crypto.AS4SigningParams;
import com.helger.phase4.crypto.ECryptoAlgorithmCrypt;
import com.helger.phase4.crypto.ECryptoAlgorithmSign;
import com.helger.phase4.crypto.ECryptoAlgorithmSignDigest;
import com.helger.phase4.mgr.MetaAS4Manager;
import com.helger.phase4.model.EMEP;
import com.helger.phase4.model.EMEPBinding;
import com.helger.phase4.model.pmode.IPModeIDProvider;
import com.helger.phase4.model.pmode.PMode;
import com.helger.phase4.model.pmode.PModeParty;
import com.helger.phase4.model.pmode.PModeReceptionAwareness;
import com.helger.phase4.model.pmode.leg.EPModeSendReceiptReplyPattern;
import com.helger.phase4.model.pmode.leg.PModeLeg;
import com.helger.phase4.model.pmode.leg.PModeLegBusinessInformation;
import com.helger.phase4.model.pmode.leg.PModeLegErrorHandling;
import com.helger.phase4.model.pmode.leg.PModeLegProtocol;
import com.helger.phase4.model.pmode.leg.PModeLegSecurity;
import com.helger.phase4.model.pmode.resolve.IAS4PModeResolver;
import com.helger.phase4.profile.AS4Profile;
import com.helger.phase4.wss.EWSSVersion;
import java.util.Arrays;

/**
 * The eDelivery AS4 profiles as phase4 names them: 1.15, 2.0, and 2.0 with NIST curves. Their own modules are not
 * published for phase4-lib 4.4, so their values stand here; what goes over the wire is phase4-lib's work.
 */
enum Profile {
    CEF("cef", ECryptoAlgorithmSign.RSA_SHA_256) {
        @Override
        void encryptionKey(AS4CryptParams params) {
            // phase4's default is what 1.15 wants: RSA-OAEP, SHA-256, MGF1 with SHA-256
        }
    },
    EDDSA("edelivery2-eddsa", ECryptoAlgorithmSign.EDDSA_ED25519) {
        @Override
        void encryptionKey(AS4CryptParams params) {
            params.setEDelivery2KeyAgreementX25519();
        }
    },
    ECDSA("edelivery2-ecdsa", ECryptoAlgorithmSign.ECDSA_SHA_256) {
        @Override
        void encryptionKey(AS4CryptParams params) {
            params.setEDelivery2KeyAgreementECDHES();
        }
    };

    final String id;
    private final ECryptoAlgorithmSign signature;

    Profile(String id, ECryptoAlgorithmSign signature) {
        this.id = id;
        this.signature = signature;
    }

    abstract void encryptionKey(AS4CryptParams params);

    static Profile of(Options o) {
        String id = o.need("profile");
        return Arrays.stream(values()).filter(p -> p.id.equals(id)).findAny()
            .orElseThrow(() -> new IllegalArgumentException("profile " + id + " is unknown; see --help"));
    }

    /** Tells phase4 about this profile, once its managers are there. */
    void register() {
        MetaAS4Manager.getProfileMgr().registerProfile(new AS4Profile(id, "eDelivery AS4, " + id, FourCorners::new,
            (from, to, url) -> mode(from, to, "", url), IPModeIDProvider.DEFAULT_DYNAMIC, false, false));
    }

    AS4SigningParams apply(AS4SigningParams params) {
        return params.setAlgorithmSign(signature).setAlgorithmSignDigest(ECryptoAlgorithmSignDigest.DIGEST_SHA_256);
    }

    AS4CryptParams apply(AS4CryptParams params) {
        encryptionKey(params.setAlgorithmCrypt(ECryptoAlgorithmCrypt.AES_128_GCM));
        return params;
    }

    /** Any agreement, service, action and party will do: our side is the one that checks them. */
    IAS4PModeResolver anyMode() {
        return (modeId, service, action, from, to, agreement, url) -> mode(from, to, agreement, url);
    }

    private PMode mode(String from, String to, String agreement, String url) {
        // One-Way/Push has one leg; phase4 looks for a second as soon as a message has a RefToMessageId
        return new PMode("interop", PModeParty.createSimple(from, CAS4.DEFAULT_INITIATOR_URL), PModeParty.createSimple(to, CAS4.DEFAULT_RESPONDER_URL),
            agreement == null ? "" : agreement, EMEP.ONE_WAY, EMEPBinding.PUSH, leg(url), leg(url), null,
            new PModeReceptionAwareness(ETriState.TRUE, ETriState.FALSE, 0, 0, ETriState.TRUE));
    }

    private PModeLeg leg(String url) {
        return new PModeLeg(PModeLegProtocol.createForDefaultSoapVersion(url),
            PModeLegBusinessInformation.create((String) null, CAS4.DEFAULT_ACTION_URL, (Long) null, CAS4.DEFAULT_MPC_ID),
            new PModeLegErrorHandling(null, null, ETriState.TRUE, ETriState.TRUE, ETriState.TRUE, ETriState.TRUE), null, security());
    }

    private PModeLegSecurity security() {
        PModeLegSecurity s = new PModeLegSecurity();
        s.setWSSVersion(EWSSVersion.WSS_111);
        s.setX509SignatureAlgorithm(signature);
        s.setX509SignatureHashFunction(ECryptoAlgorithmSignDigest.DIGEST_SHA_256);
        s.setX509EncryptionAlgorithm(ECryptoAlgorithmCrypt.AES_128_GCM);
        s.setX509EncryptionMinimumStrength(128);
        s.setPModeAuthorize(false);
        s.setSendReceipt(true);
        s.setSendReceiptNonRepudiation(true);
        s.setSendReceiptReplyPattern(EPModeSendReceiptReplyPattern.RESPONSE);
        return s;
    }
}
