package peer;

import com.helger.collection.commons.CommonsArrayList;
import com.helger.http.EHttpMethod;
import com.helger.phase4.attachment.IAS4IncomingAttachmentFactory;
import com.helger.phase4.crypto.AS4CryptParams;
import com.helger.phase4.crypto.AS4SigningParams;
import com.helger.phase4.crypto.IAS4CryptoFactory;
import com.helger.phase4.dump.AS4DumpManager;
import com.helger.phase4.dump.AS4IncomingDumperFileBased;
import com.helger.phase4.dump.AS4OutgoingDumperFileBased;
import com.helger.phase4.incoming.AS4IncomingProfileSelectorConstant;
import com.helger.phase4.incoming.AS4IncomingReceiverConfiguration;
import com.helger.phase4.incoming.AS4RequestHandler;
import com.helger.phase4.incoming.AS4ServerInitializer;
import com.helger.phase4.incoming.crypto.AS4IncomingSecurityConfiguration;
import com.helger.phase4.incoming.mgr.AS4ProfileSelector;
import com.helger.phase4.servlet.AS4UnifiedResponse;
import com.helger.phase4.servlet.AS4XServletHandler;
import com.helger.phase4.servlet.IAS4ServletRequestHandlerCustomizer;
import com.helger.photon.io.WebFileIO;
import com.helger.web.scope.IRequestWebScopeWithoutResponse;
import com.helger.web.scope.mgr.WebScopeManager;
import com.helger.xservlet.AbstractXServlet;
import com.helger.xservlet.requesttrack.RequestTrackerSettings;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Receives on http://127.0.0.1:PORT/as4. DIR/in has requests as they came, DIR/out the answers, DIR/parts what was in them. */
final class Serve {
    private Serve() {}

    static void run(Options o) throws Exception {
        Profile profile = Profile.of(o);
        Path dump = Path.of(o.need("dump")).toAbsolutePath();
        AS4XServletHandler handler = new AS4XServletHandler();
        handler.setRequestHandlerCustomizer(new Customizer(profile, Keys.signing(o), Keys.decrypting(o), new Inbox(folder(dump, "parts"))));
        ServletContextHandler context = new ServletContextHandler();
        context.setContextPath("/");
        context.addEventListener(new Lifetime(profile, handler, folder(dump, "in"), folder(dump, "out")));
        Server server = new Server(new InetSocketAddress("127.0.0.1", Integer.parseInt(o.get("port", "0"))));
        server.setHandler(context);
        server.start();
        System.out.println("READY http://127.0.0.1:" + ((ServerConnector) server.getConnectors()[0]).getLocalPort() + "/as4");
        if (o.has("until-eof")) {
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
            server.stop();
        }
        server.join();
    }

    private static Path folder(Path dump, String name) throws IOException {
        return Files.createDirectories(dump.resolve(name));
    }

    /** phase4's own servlet takes keys and rules from configuration files; this one is told. */
    private static final class Endpoint extends AbstractXServlet {
        Endpoint(AS4XServletHandler handler) {
            settings().setMultipartEnabled(false);
            handlerRegistry().registerHandler(EHttpMethod.POST, handler);
        }
    }

    /** Sets each request up with our keys, profile and application. */
    private record Customizer(Profile profile, IAS4CryptoFactory signing, IAS4CryptoFactory decrypting, Inbox inbox)
            implements IAS4ServletRequestHandlerCustomizer {
        @Override
        public void customizeBeforeHandling(IRequestWebScopeWithoutResponse scope, AS4UnifiedResponse response, AS4RequestHandler request) {
            request.setCryptoFactorySign(signing);
            request.setCryptoFactoryCrypt(decrypting);
            request.setPModeResolver(profile.anyMode());
            request.setIncomingAttachmentFactory(IAS4IncomingAttachmentFactory.DEFAULT_INSTANCE);
            request.setIncomingReceiverConfiguration(new AS4IncomingReceiverConfiguration());
            request.setIncomingProfileSelector(new AS4IncomingProfileSelectorConstant(profile.id, true));
            request.setIncomingSecurityConfiguration(new AS4IncomingSecurityConfiguration()
                .setSigningParams(profile.apply(new AS4SigningParams())).setCryptParams(profile.apply(new AS4CryptParams())));
            request.setProcessorSupplier(() -> new CommonsArrayList<>(inbox));
            request.setErrorConsumer((metadata, state, errors, message) -> errors.forEach(e -> Report.print(Report.event("refused")
                .add("code", Report.text(e.getEbmsError().getErrorCode())).add("detail", Report.text(e.getEbmsError().getErrorDetail())))));
        }

        @Override
        public void customizeAfterHandling(IRequestWebScopeWithoutResponse scope, AS4UnifiedResponse response, AS4RequestHandler request) {}
    }

    /** What phase4 needs before the first request and after the last. */
    private record Lifetime(Profile profile, AS4XServletHandler handler, Path in, Path out) implements ServletContextListener {
        @Override
        public void contextInitialized(ServletContextEvent event) {
            WebScopeManager.onGlobalBegin(event.getServletContext());
            RequestTrackerSettings.setLongRunningRequestsCheckEnabled(false);
            RequestTrackerSettings.setParallelRunningRequestsCheckEnabled(false);
            // asked for, though nothing is written there while the managers are in memory
            WebFileIO.initPaths(in.toFile(), in.toString(), false);
            AS4ProfileSelector.setCustomDefaultAS4ProfileID(profile.id);
            profile.register();
            AS4ServerInitializer.initAS4Server();
            // not before: a servlet of this kind looks for the global scope when it is made
            event.getServletContext().addServlet("as4", new Endpoint(handler)).addMapping("/as4");
            AtomicInteger count = new AtomicInteger();
            AS4DumpManager.setIncomingDumper(new AS4IncomingDumperFileBased(
                (metadata, headers) -> new File(in.toFile(), "%04d.http".formatted(count.incrementAndGet()))));
            AS4DumpManager.setOutgoingDumper(new AS4OutgoingDumperFileBased(
                (mode, id, attempt) -> new File(out.toFile(), "%04d.http".formatted(count.get()))));
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            AS4ServerInitializer.shutdownAS4Server();
            WebFileIO.resetPaths();
            WebScopeManager.onGlobalEnd();
        }
    }
}
