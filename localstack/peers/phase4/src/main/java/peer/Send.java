package peer;

import com.helger.httpclient.HttpClientSettings;
import com.helger.json.IJsonArray;
import com.helger.json.IJsonObject;
import com.helger.json.JsonArray;
import com.helger.json.JsonObject;
import com.helger.mime.parse.MimeTypeParser;
import com.helger.phase4.attachment.AS4OutgoingAttachment;
import com.helger.phase4.dump.AS4IncomingDumperFileBased;
import com.helger.phase4.dump.AS4OutgoingDumperFileBased;
import com.helger.phase4.ebms3header.Ebms3Error;
import com.helger.phase4.ebms3header.Ebms3SignalMessage;
import com.helger.phase4.incoming.IAS4IncomingMessageState;
import com.helger.phase4.model.MessageProperty;
import com.helger.phase4.sender.AS4Sender;
import com.helger.phase4.sender.EAS4UserMessageSendResult;
import com.helger.phase4.sender.IAS4SignalMessageValidationResultHandler;
import com.helger.servlet.mock.MockServletContext;
import com.helger.web.scope.mgr.WebScopeManager;
import com.helger.web.scope.mgr.WebScoped;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.util.Timeout;

/** Sends messages with the constants of OOTS and judges each answer as strictly as phase4 lets us. */
final class Send {
    private static final String EBMS = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/";
    private static final String PARTY_TYPE = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:oots";
    private static final String ROLE = "http://sdg.europa.eu/edelivery/gateway";
    private static final String SERVICE_TYPE = "urn:oasis:names:tc:ebcore:ebrs:ebms:binding:1.0";
    private static final List<String> CORNERS = List.of("originalSender=C1", "finalRecipient=C4");

    private final Options o;
    private final IJsonObject line = Report.event("answer");
    private final IJsonArray errors = new JsonArray();
    private boolean signed;
    private String references = "not compared";

    private Send(Options o) {
        this.o = o;
    }

    /** Returns the exit code: 0 only when every answer was a good receipt. */
    static int run(Options o) throws Exception {
        WebScopeManager.onGlobalBegin(MockServletContext.create());
        Profile.of(o).register();
        if (!o.has("stdin")) {
            return new Send(o).send() ? 0 : 1;
        }
        boolean good = true;
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            List<String> words = line.isEmpty() ? List.of() : Arrays.asList(line.split("\t", -1));
            good &= new Send(o.with(new Options(words))).send();
        }
        return good ? 0 : 1;
    }

    private boolean send() throws Exception {
        EAS4UserMessageSendResult result;
        try (WebScoped scope = new WebScoped()) {
            result = builder().sendMessageAndCheckForReceipt(e -> line.add("exception", String.valueOf(e)));
        }
        // phase4 takes an unsigned receipt for good, so success is not enough
        boolean receipt = result == EAS4UserMessageSendResult.SUCCESS && signed && "equal".equals(references);
        Report.print(line.add("result", result.getID()).add("receipt", receipt).add("signed", signed).add("references", references).add("errors", errors));
        return receipt;
    }

    private AS4Sender.BuilderUserMessage builder() throws Exception {
        String host = URI.create(o.need("url")).getHost();
        if (!"127.0.0.1".equals(host)) {
            throw new IllegalArgumentException("127.0.0.1 only, not " + host);
        }
        Profile profile = Profile.of(o);
        X509Certificate expected = Keys.partnerSigns(o);
        AS4Sender.BuilderUserMessage b = AS4Sender.builderUserMessage();
        b.as4ProfileID(profile.id).pmodeResolver(profile.anyMode())
            .cryptoFactorySign(Keys.signing(o)).cryptoFactoryCrypt(Keys.decrypting(o)).receiverCertificate(Keys.partnerDecrypts(o))
            .withSigningParams(profile::apply).withCryptParams(profile::apply)
            // the default of 10 s is too short for a big part
            .httpClientFactory(new HttpClientSettings().setResponseTimeout(Timeout.ofMinutes(2)))
            .endpointURL(o.need("url"))
            .signalMsgConsumer((signal, metadata, state) -> answered(signal, state, expected))
            .signalMsgValidationResultHdl(new References());
        header(b);
        dumps(b);
        for (String property : o.all("property").isEmpty() ? CORNERS : o.all("property")) {
            b.addMessageProperty(property(property));
        }
        for (int i = 0; i < o.all("part").size(); i++) {
            AS4OutgoingAttachment part = part(o.all("part").get(i));
            // the first one is the payload in phase4's words; on the wire they are alike
            b = i == 0 ? b.payload(part) : b.addAttachment(part);
        }
        return b;
    }

    private void header(AS4Sender.BuilderUserMessage b) {
        boolean test = o.has("test");
        b.fromPartyIDType(PARTY_TYPE).fromPartyID(o.need("me")).fromRole(ROLE).toPartyIDType(PARTY_TYPE).toPartyID(o.need("to")).toRole(ROLE)
            .service(test ? null : SERVICE_TYPE, test ? EBMS + "service" : "QueryManager")
            .action(test ? EBMS + "test" : o.get("action", "ExecuteQueryRequest"))
            .agreementRef(o.get("agreement", null)).messageID(o.get("message-id", null))
            .refToMessageID(o.get("ref", null)).conversationID(o.get("conversation", null));
    }

    private void dumps(AS4Sender.BuilderUserMessage b) throws Exception {
        Path dir = Files.createDirectories(Path.of(o.need("dump")));
        b.outgoingDumper(new AS4OutgoingDumperFileBased((mode, id, attempt) -> {
            Path request = dir.resolve(System.nanoTime() + ".http");
            line.add("id", id).add("request", request.toString());
            return request.toFile();
        })).incomingDumper(new AS4IncomingDumperFileBased((metadata, headers) -> dir.resolve(System.nanoTime() + ".answer.http").toFile()));
    }

    private static MessageProperty.Builder property(String spec) {
        int type = spec.lastIndexOf(";type=");
        String pair = type < 0 ? spec : spec.substring(0, type);
        int at = pair.indexOf('=');
        return MessageProperty.builder().name(pair.substring(0, at)).value(pair.substring(at + 1)).type(type < 0 ? null : spec.substring(type + 6));
    }

    private static AS4OutgoingAttachment part(String spec) throws Exception {
        Map<String, String> fields = Options.fields(spec);
        Path file = Path.of(fields.get(""));
        AS4OutgoingAttachment.Builder b = AS4OutgoingAttachment.builder().data(Files.readAllBytes(file))
            .mimeType(MimeTypeParser.parseMimeType(fields.get("type"))).filename(fields.getOrDefault("name", file.getFileName().toString()));
        if (fields.containsKey("charset")) {
            b.charset(Charset.forName(fields.get("charset")));
        }
        return "no".equals(fields.get("compress")) ? b.build() : b.compressionGZIP().build();
    }

    private void answered(Ebms3SignalMessage signal, IAS4IncomingMessageState state, X509Certificate expected) {
        signed = state.isSoapSignatureChecked() && expected.equals(state.getSigningCertificate());
        line.add("ref", Report.text(signal.getMessageInfo().getRefToMessageId()));
        for (Ebms3Error e : signal.getError()) {
            errors.add(new JsonObject().add("code", e.getErrorCode()).add("severity", e.getSeverity())
                .add("short", Report.text(e.getShortDescription())).add("detail", Report.text(e.getErrorDetail())));
        }
    }

    /** phase4's comparison of the receipt's references with those that were sent. */
    private final class References implements IAS4SignalMessageValidationResultHandler {
        @Override
        public void onSuccess() {
            if ("not compared".equals(references)) {
                references = "equal";
            }
        }

        @Override
        public void onError(String what) {
            references = what;
        }

        @Override
        public void onNotApplicable() {
            references = "none in the answer";
        }
    }
}
