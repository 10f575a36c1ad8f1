//go:build mutants

package world_test

import (
	"testing"

	"github.com/vienreiz/vienreiz/localstack/mutants"
)

// list are mistakes in carrying an exchange. `make mutants` runs them.
var list = []mutants.Mutant{
	mutants.Of("the outbox is skipped", "../../shared/conduct/keeper.go", `append([]store.Change{change}, effect.Changes...), effect.Commands); err != nil {`, `append([]store.Change{change}, effect.Changes...), nil); err != nil {`, ".", "TestWhereverANodeIsKilledTheExchangeComesToItsEnd"),
	mutants.Of("what is late is sent", "../../shared/sending/late.go", `return !m.State.Final() && `, `return m.State.Final() && `, "../../shared/sending", "TestAMessageThatIsLateIsNotSentAnyMore"),
	mutants.Of("what a queue loses is waited for", "../../shared/store/check.go", `return c.From(now).Add(Patience)`, `return c.From(now).Add(Buried)`, ".", "TestWhateverAQueueLosesTheExchangeComesToItsEnd"),
	mutants.Of("the receiver's outbox is skipped", "../../shared/reception/inbox.go", `a.inbox.State.Commit(ctx, []store.Change{change}, commands)`, `a.inbox.State.Commit(ctx, []store.Change{change}, nil)`, "../../shared/reception", "TestRule01ReceiptMeansDurableWhicheverCallFails"),
	mutants.Of("the clock sends nothing again", "../../functions/clock/handler/handler.go", `errors.Join(resend(ctx, a), sweep(ctx, a), queues.look(ctx), wake(ctx, a), push(ctx, a), warn(ctx, a))`, `errors.Join(sweep(ctx, a), queues.look(ctx), wake(ctx, a), push(ctx, a), warn(ctx, a))`, ".", "TestWhereverANodeIsKilledTheExchangeComesToItsEnd"),
	mutants.Of("the clock wakes no exchange", "../../functions/clock/handler/handler.go", `errors.Join(resend(ctx, a), sweep(ctx, a), queues.look(ctx), wake(ctx, a), push(ctx, a), warn(ctx, a))`, `errors.Join(resend(ctx, a), sweep(ctx, a), queues.look(ctx), push(ctx, a), warn(ctx, a))`, ".", "TestEveryTimerEndsAnExchangeByItself"),
	mutants.Of("a closed access point takes messages", "../../functions/assembly/assembly.go", `c.Closed != ""`, `c.Closed == "-"`, ".", "TestRule15ARestoredStoreStaysClosedUntilItKnowsItsMessages"),
	mutants.Of("nothing is journalled before the effect", "../../shared/conduct/keeper.go", `	if err := k.journal(ctx, r, s.Entries); err != nil {
		return err
	}`, `	_ = k.journal`, ".", "TestEveryInterleavingEndsWithNothingLostOrDoubled"),
	mutants.Of("the numbers of the dead are not stepped over", "../../shared/conduct/keeper.go", `if version == taken {`, `if version == taken && false {`, ".", "TestWhereverANodeIsKilledTheExchangeComesToItsEnd"),
	mutants.Of("evidence is gone before the portal confirms", "../../shared/exchange/requester.go", `{from: Request2Sent, on: EvidenceArrived, to: Delivered,`, `{from: Request2Sent, on: EvidenceArrived, to: Confirmed,`, ".", "TestEachWayThroughAnExchangeEndsInItsNamedState"),
	mutants.Of("evidence is deleted before its message has gone", "../../shared/conduct/end.go", `err != nil || !sent {`, `err != nil || sent && !sent {`, ".", "TestEvidenceStaysUntilItsMessageHasGone"),
	mutants.Of("what is personal stays after the end", "../../shared/conduct/end.go", `	return k.purge(ctx, r)
}`, `	_ = k.purge
	return nil
}`, ".", "TestRule10EvidenceDoesNotStay"),
	mutants.Of("used request ids are forgotten", "../../shared/provider/take.go", `conduct.Step{Effect: conduct.Effect{Changes: []store.Change{used}}})
	if errors.Is`, `conduct.Step{})
	if errors.Is`, ".", "TestARequestIdThatWasUsedBeforeIsRefused"),
	mutants.Of("answers to other exchanges are taken", "../../shared/requester/take.go", `case r.Version == edm.V20 && l.ExchangeID() != r.ID:`, `case false:`, ".", "TestAnAnswerToAnotherExchangeIsDropped"),
	mutants.Of("whoever comes to the preview is let in", "../../shared/preview/preview.go", `	if same(q, p) {
		return true, nil`, `	if same(q, p) || true {
		return true, nil`, ".", "TestEachWayThroughAnExchangeEndsInItsNamedState"),
	mutants.Of("several persons are as good as one", "../../shared/provider/match.go", `if m.Outcome != identity.One {`, `if m.Outcome == identity.None {`, ".", "TestEachWayThroughAnExchangeEndsInItsNamedState"),
	mutants.Of("what was refused in the preview is sent", "../../shared/conduct/record.go", `return d.Accepted && !d.ShownOnly`, `return !d.ShownOnly`, ".", "TestOnlyThePiecesThatWereAcceptedAreSent"),
}

func TestEveryMutantOfTheExchangeIsCaught(t *testing.T) { mutants.Run(t, list) }
