package peer;

import com.helger.json.IJsonArray;
import com.helger.json.IJsonObject;
import com.helger.json.JsonArray;
import com.helger.json.JsonObject;
import com.helger.phase4.ebms3header.Ebms3Property;
import com.helger.phase4.ebms3header.Ebms3UserMessage;
import java.util.List;

/** What is printed: one JSON object a line, nothing else (but READY). */
final class Report {
    private Report() {}

    static synchronized void print(IJsonObject event) {
        System.out.println(event.getAsJsonString());
    }

    static IJsonObject event(String name) {
        return new JsonObject().add("event", name);
    }

    /** The header of a message, as far as a business reads it. */
    static IJsonObject header(Ebms3UserMessage m) {
        var collaboration = m.getCollaborationInfo();
        IJsonObject o = event("message")
            .add("id", m.getMessageInfo().getMessageId())
            .add("ref", text(m.getMessageInfo().getRefToMessageId()))
            .add("from", m.getPartyInfo().getFrom().getPartyIdAtIndex(0).getValue())
            .add("to", m.getPartyInfo().getTo().getPartyIdAtIndex(0).getValue())
            .add("agreement", collaboration.getAgreementRef() == null ? "" : text(collaboration.getAgreementRef().getValue()))
            .add("service", collaboration.getService().getValue())
            .add("serviceType", text(collaboration.getService().getType()))
            .add("action", collaboration.getAction())
            .add("conversation", collaboration.getConversationId());
        return o.add("properties", properties(m));
    }

    private static IJsonArray properties(Ebms3UserMessage m) {
        IJsonArray list = new JsonArray();
        for (Ebms3Property p : propertiesOf(m)) {
            list.add(new JsonObject().add("name", p.getName()).add("type", text(p.getType())).add("value", text(p.getValue())));
        }
        return list;
    }

    static List<Ebms3Property> propertiesOf(Ebms3UserMessage m) {
        return m.getMessageProperties() == null ? List.of() : m.getMessageProperties().getProperty();
    }

    static String text(String s) {
        return s == null ? "" : s;
    }
}
