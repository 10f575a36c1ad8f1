package observe_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm/codelist"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/registry"
	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/sending"
)

// TestClosedSetsAreThoseOfTheirSources: what a dimension leaves out is counted as
// something else, and nobody notices.
func TestClosedSetsAreThoseOfTheirSources(t *testing.T) {
	t.Parallel()
	codes := []string{
		"none", ebms.DeliveryFailure.Code, ebms.MissingReceipt.Code,
		requester.CodeChoose, requester.CodeStepUp, requester.CodeNobody, requester.CodeInvalid, requester.CodeForeign, requester.CodeBroken,
	}
	for _, c := range []directory.Code{
		directory.EBNothingFound, directory.EBUnknownRequirement, directory.EBBadParameters, directory.EBUnknownJurisdiction, directory.EBUnknownProcedure, directory.EBUnknownCountry, directory.EBUnknownQuery,
		directory.DSDNothingFound, directory.DSDUnknownEvidenceType, directory.DSDBadParameters, directory.DSDUnknownQuery, directory.DSDAdditionalInput, directory.DSDWrongAnswer,
	} {
		codes = append(codes, string(c))
	}
	for _, line := range []string{"1.0", "2.0"} {
		for _, c := range codelist.Of("EDMErrorCodes", line).Codes() {
			if !slices.Contains(codes, c.Code) {
				codes = append(codes, c.Code)
			}
		}
	}
	var table []string
	for _, c := range ebms.Codes {
		table = append(table, c.Code)
	}
	var states []string
	for _, s := range []exchange.State{
		exchange.Created, exchange.Request1Sent, exchange.PreviewRequired, exchange.Request2Sent, exchange.Delivered, exchange.Confirmed, exchange.Unmatched, exchange.Deferred, exchange.Undelivered,
		exchange.Cancelled, exchange.Received, exchange.Offered, exchange.Bound, exchange.Decided, exchange.Answering, exchange.Answered, exchange.Declined, exchange.Refused, exchange.Expired,
	} {
		if s.Final() {
			states = append(states, string(s))
		}
	}
	for _, c := range []struct {
		metric observe.Metric
		at     int
		want   []string
	}{
		{observe.ExchangesEnded, 0, []string{string(exchange.Requester), string(exchange.Provider)}},
		{observe.ExchangesEnded, 1, states},
		{observe.ExchangesEnded, 2, codes},
		{observe.MessagesRefused, 0, table},
		{observe.MessagesSent, 0, []string{string(sending.Acknowledged), string(sending.Refused), string(sending.Undelivered), string(sending.ProbablyDelivered)}},
		{observe.Pushes, 0, []string{string(as4.Acknowledged), string(as4.Refused), string(as4.Again), string(as4.ProbablyDelivered)}},
		{observe.RegistryCalls, 1, []string{"right", string(registry.Unreachable), string(registry.Slow), string(registry.Erring), string(registry.BadAnswer), string(registry.Misconfigured)}},
	} {
		d := c.metric.Dimensions[c.at]
		got, want := slices.Sorted(slices.Values(d.Values)), slices.Sorted(slices.Values(c.want))
		if !slices.Equal(got, want) {
			t.Errorf("%s of %s is\n%s, and its source has\n%s", d.Name, c.metric.Name, strings.Join(got, " "), strings.Join(want, " "))
		}
	}
}
