package peer;

import com.helger.collection.commons.ICommonsList;
import com.helger.http.header.HttpHeaderMap;
import com.helger.json.IJsonArray;
import com.helger.json.IJsonObject;
import com.helger.json.JsonArray;
import com.helger.json.JsonObject;
import com.helger.phase4.attachment.WSS4JAttachment;
import com.helger.phase4.ebms3header.Ebms3SignalMessage;
import com.helger.phase4.ebms3header.Ebms3UserMessage;
import com.helger.phase4.error.AS4ErrorList;
import com.helger.phase4.incoming.IAS4IncomingMessageMetadata;
import com.helger.phase4.incoming.IAS4IncomingMessageState;
import com.helger.phase4.incoming.spi.AS4MessageProcessorResult;
import com.helger.phase4.incoming.spi.AS4SignalMessageProcessorResult;
import com.helger.phase4.incoming.spi.IAS4IncomingMessageProcessorSPI;
import com.helger.phase4.model.error.EEbmsError;
import com.helger.phase4.model.pmode.IPMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.w3c.dom.Node;

/** The application behind the peer: writes the parts as delivered, prints a line a message, refuses when asked to. */
final class Inbox implements IAS4IncomingMessageProcessorSPI {
    /** A message with this property is refused with EBMS:0004, as an application would. */
    private static final String REFUSE = "peer-refuse";

    private final Path dir;

    Inbox(Path dir) {
        this.dir = dir;
    }

    @Override
    public AS4MessageProcessorResult processAS4UserMessage(IAS4IncomingMessageMetadata metadata, HttpHeaderMap http, Ebms3UserMessage message,
            IPMode mode, Node body, ICommonsList<WSS4JAttachment> attachments, IAS4IncomingMessageState state, AS4ErrorList errors) {
        String id = message.getMessageInfo().getMessageId();
        try {
            IJsonObject line = Report.header(message).add("parts", parts(id, attachments))
                .add("signed", state.isSoapSignatureChecked()).add("decrypted", state.isSoapDecrypted());
            if (state.hasSigningCertificate()) {
                line.add("signer", state.getSigningCertificate().getSubjectX500Principal().getName());
            }
            Report.print(line);
        } catch (IOException | NoSuchAlgorithmException e) {
            // phase4 inflates while the stream is read, so a broken gzip shows only here
            return refuse(id, EEbmsError.EBMS_DECOMPRESSION_FAILURE, "a part cannot be read", errors);
        }
        boolean refuse = Report.propertiesOf(message).stream().anyMatch(p -> REFUSE.equals(p.getName()));
        return refuse ? refuse(id, EEbmsError.EBMS_OTHER, "refused because property " + REFUSE + " says so", errors)
                      : AS4MessageProcessorResult.createSuccess();
    }

    private static AS4MessageProcessorResult refuse(String id, EEbmsError code, String detail, AS4ErrorList errors) {
        errors.add(code.errorBuilder(Locale.ROOT).refToMessageInError(id).errorDetail(detail).build());
        return AS4MessageProcessorResult.createFailure();
    }

    private IJsonArray parts(String id, List<WSS4JAttachment> attachments) throws IOException, NoSuchAlgorithmException {
        IJsonArray list = new JsonArray();
        for (WSS4JAttachment a : attachments == null ? List.<WSS4JAttachment>of() : attachments) {
            Path file = dir.resolve(id.replaceAll("[^A-Za-z0-9.-]", "_") + ".part-" + (list.size() + 1));
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            long size;
            try (InputStream in = new DigestInputStream(a.getSourceStream(), sha256); OutputStream out = Files.newOutputStream(file)) {
                size = in.transferTo(out);
            }
            list.add(new JsonObject().add("mimeType", Report.text(a.getUncompressedMimeType())).add("compressed", a.getCompressionMode() != null)
                .add("size", size).add("sha256", HexFormat.of().formatHex(sha256.digest())).add("file", file.getFileName().toString()));
        }
        return list;
    }

    @Override
    public AS4SignalMessageProcessorResult processAS4SignalMessage(IAS4IncomingMessageMetadata metadata, HttpHeaderMap http, Ebms3SignalMessage signal,
            IPMode mode, IAS4IncomingMessageState state, AS4ErrorList errors) {
        return AS4SignalMessageProcessorResult.createSuccess();
    }

    @Override
    public void processAS4ResponseMessage(IAS4IncomingMessageMetadata metadata, IAS4IncomingMessageState state, String responseId, byte[] response,
            boolean available, AS4ErrorList errors) {
        // only for answers that do not go back in the same HTTP exchange: eDelivery has none
    }
}
