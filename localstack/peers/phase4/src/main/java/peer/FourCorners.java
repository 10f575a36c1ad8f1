package peer;

import com.helger.diagnostics.error.SingleError;
import com.helger.diagnostics.error.list.ErrorList;
import com.helger.phase4.CAS4;
import com.helger.phase4.ebms3header.Ebms3SignalMessage;
import com.helger.phase4.ebms3header.Ebms3UserMessage;
import com.helger.phase4.profile.IAS4ProfileValidator;
import java.util.List;

/** What eDelivery AS4 asks of a user message beyond ebMS: both outer corners (4.1.1), one PartyId a side (3.2.4). */
final class FourCorners implements IAS4ProfileValidator {
    @Override
    public void validateUserMessage(Ebms3UserMessage message, ErrorList errors) {
        for (String corner : List.of(CAS4.ORIGINAL_SENDER, CAS4.FINAL_RECIPIENT)) {
            boolean there = message.getMessageProperties() != null && message.getMessageProperties().getProperty().stream()
                .anyMatch(p -> corner.equals(p.getName()) && p.getValue() != null && !p.getValue().isEmpty());
            check(there, "message property " + corner + " is missing", errors);
        }
        check(message.getPartyInfo().getFrom().getPartyIdCount() == 1, "From needs exactly one PartyId", errors);
        check(message.getPartyInfo().getTo().getPartyIdCount() == 1, "To needs exactly one PartyId", errors);
    }

    @Override
    public void validateSignalMessage(Ebms3SignalMessage message, ErrorList errors) {
        check(message.getMessageInfo() != null && message.getMessageInfo().getMessageId() != null, "MessageId is missing", errors);
    }

    private static void check(boolean right, String otherwise, ErrorList errors) {
        if (!right) {
            errors.add(SingleError.builderError().errorText(otherwise).build());
        }
    }
}
