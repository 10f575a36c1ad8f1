package functions_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/localstack/portal/client"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/gate"
)

// order asks Latvia for test evidence about Anna, without a preview.
func order(w *world.World) client.Order {
	anna := w.Residents.Persons["anna"].Person("LT", "Substantial")
	return client.Order{
		Procedure: "00", Requirement: w.Published().RequirementURL("test"), Country: "LV", Language: "EN", ReturnUrl: w.URL() + "/return", NoPreview: true,
		Subject: &api.Subject{NaturalPerson: &api.NaturalPerson{
			LevelOfAssurance: "Substantial", PersonIdentifier: anna.Identifier.Value, FamilyName: anna.FamilyName.Value, FirstName: anna.GivenName.Value, DateOfBirth: anna.DateOfBirth,
		}},
		ExplicitRequest: &api.ExplicitRequest{At: time.Now(), Language: "EN", Text: "I ask for it."},
	}
}

// TestEvidenceGoesFromOneNodeToTheOtherByEventsAlone: what Lambda would be given
// is all that moves two nodes, from the portal's order to its confirmation.
func TestEvidenceGoesFromOneNodeToTheOtherByEventsAlone(t *testing.T) {
	t.Parallel()
	w, all := clouds(t)
	c := direct(t, w, all["LT"])
	v, err := c.Create(t.Context(), "key", order(w))
	if err != nil {
		t.Fatal(err)
	}
	settle(t, all)
	if v, err = c.View(t.Context(), v.Id); err != nil || v.State != api.StateDelivered || len(v.Documents) != 1 {
		t.Fatalf("%+v, %v", v, err)
	}
	e, err := c.Fetch(t.Context(), v.Id, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	octets, err := io.ReadAll(e)
	if err != nil || int64(len(octets)) != v.Documents[0].Size {
		t.Errorf("%d octets of %d, %v", len(octets), v.Documents[0].Size, err)
	}
	if v, err = c.Confirm(t.Context(), v.Id); err != nil || v.State != api.StateConfirmed {
		t.Errorf("%+v, %v", v, err)
	}
	settle(t, all)
	for country, asked := range map[string][]string{"LT": {"portal", "resolve", "as4-send", "as4-receive", "exchange"}, "LV": {"as4-receive", "exchange", "provide", "as4-send"}} {
		for _, function := range asked {
			if all[country].calls[function].Load() == 0 {
				t.Errorf("%s of %s had nothing to do", function, country)
			}
		}
	}
}

// settle lets both nodes work until no queue has anything.
func settle(t *testing.T, all map[string]*cloud) {
	t.Helper()
	for moved := true; moved; {
		moved = false
		for _, c := range all {
			for function := range c.queues {
				moved = c.drain(t, function) || moved
			}
			if err := c.clock(t.Context(), read[events.CloudWatchEvent](t, "clock")); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestEveryEventOfAGatewayIsAnsweredAsItStands(t *testing.T) {
	t.Parallel()
	_, all := clouds(t)
	for name, want := range map[string]struct {
		status int
		says   []string
	}{
		"as4-receive":    {200, []string{"Envelope", "EBMS:0103"}},
		"people-preview": {404, []string{"<html", `lang="lv"`}},
		"portal-token":   {401, []string{`"error":"invalid_client"`}},
		"portal-create":  {401, []string{`"rule":"token.invalid"`, `"do":`}},
	} {
		a, err := all["LV"].gates[ofFunction(name)](t.Context(), read[events.APIGatewayProxyRequest](t, name))
		if err != nil {
			t.Fatal(err)
		}
		octets, err := gate.Octets(a)
		if err != nil || a.StatusCode != want.status {
			t.Errorf("%s: %d, want %d: %s, %v", name, a.StatusCode, want.status, octets, err)
		}
		for _, words := range want.says {
			if !strings.Contains(strings.ToLower(string(octets)), strings.ToLower(words)) {
				t.Errorf("%s does not say %q: %s", name, words, octets)
			}
		}
	}
}

// TestAnItemOfNothingComesAgainAndHarmsNoOther: the items of the folder are of
// exchanges that no node has.
func TestAnItemOfNothingComesAgainAndHarmsNoOther(t *testing.T) {
	t.Parallel()
	_, all := clouds(t)
	for name, handle := range all["LV"].queues {
		e := read[events.SQSEvent](t, name)
		a, err := handle(t.Context(), e)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		failed := map[string]bool{}
		for _, f := range a.BatchItemFailures {
			failed[f.ItemIdentifier] = true
		}
		for _, r := range e.Records {
			if !failed[r.MessageId] {
				t.Errorf("%s: the item %s of nothing counts as done", name, r.Body)
			}
		}
	}
	if err := all["LV"].clock(t.Context(), read[events.CloudWatchEvent](t, "clock")); err != nil {
		t.Error(err)
	}
}
