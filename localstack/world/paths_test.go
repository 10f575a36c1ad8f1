package world_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/localstack/registries"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/preview"
	"github.com/vienreiz/vienreiz/shared/requester"
)

// path is one way through an exchange, to a named end.
type path struct {
	name        string
	procedure   string
	requirement string
	subject     func(w *world.World) *requester.Subject
	noPreview   bool
	fault       string // of the registry
	present     string // who comes to the preview; empty: nobody comes
	want        exchange.State
	code        string
}

func natural(key string) func(*world.World) *requester.Subject {
	return func(w *world.World) *requester.Subject {
		return &requester.Subject{Person: w.Residents.Persons[key].Person("LT", "High")}
	}
}

// company is one that is represented by a natural person.
func company(key, representative string) func(*world.World) *requester.Subject {
	return func(w *world.World) *requester.Subject {
		p := w.Residents.Persons[representative].Person("LT", "High")
		p.Gender = "Female"
		return &requester.Subject{LegalPerson: w.Residents.Companies[key].LegalPerson("LT", "High"), Representative: p}
	}
}

var paths = []path{
	{name: "evidence with a preview", procedure: "T3", requirement: "tertiary-qualification", subject: natural("anna"), present: "anna", want: exchange.Delivered},
	{name: "evidence without a preview", procedure: "00", requirement: "test", subject: natural("anna"), noPreview: true, want: exchange.Delivered},
	{name: "a company with its representative", procedure: "X1", requirement: "legal-person", subject: company("ziemelu-vejs", "anna"), noPreview: true, want: exchange.Delivered},
	{name: "a company with a preview by its representative", procedure: "X1", requirement: "legal-person", subject: company("ziemelu-vejs", "anna"), present: "anna", want: exchange.Delivered},
	{name: "nobody by that name", procedure: "T3", requirement: "tertiary-qualification", subject: natural("nobody"), want: exchange.Unmatched},
	{name: "two by that name", procedure: "T3", requirement: "tertiary-qualification", subject: natural("jonas-vilnius"), want: exchange.Refused, code: "EDM:ERR:0004"},
	{name: "evidence that needs time", procedure: "U4", requirement: "real-estate", subject: natural("janis"), want: exchange.Deferred},
	{name: "another person at the preview", procedure: "T3", requirement: "tertiary-qualification", subject: natural("anna"), present: "janis", want: exchange.Refused, code: "EDM:ERR:0004"},
	{name: "nobody comes to the preview", procedure: "T3", requirement: "tertiary-qualification", subject: natural("anna"), want: exchange.Expired},
	{name: "a registry that errs", procedure: "T3", requirement: "tertiary-qualification", subject: natural("anna"), fault: "error 500", want: exchange.Refused, code: "EDM:ERR:0008"},
	{name: "a registry that answers garbage", procedure: "T3", requirement: "tertiary-qualification", subject: natural("anna"), fault: "garbage", want: exchange.Refused, code: "EDM:ERR:0008"},
	{name: "a registry that answers for another person", procedure: "T3", requirement: "tertiary-qualification", subject: natural("anna"), fault: "other person", want: exchange.Unmatched},
}

func TestEachWayThroughAnExchangeEndsInItsNamedState(t *testing.T) {
	quiet(t)
	now := &handTime{now: time.Now()}
	w, sides := still(t, now, func(string, *assembly.Ports) {})
	for _, p := range paths {
		for _, line := range []string{"v2.0", "v1.2"} {
			t.Run(p.name+", "+line, func(t *testing.T) {
				speak(t, w, now, line)
				w.Fault("LV", registries.Fault{Broken: p.fault})
				v := p.walk(t, w, sides, now)
				if v.State != p.want || v.Code != p.code {
					t.Errorf("it ended as %s with %q, not %s with %q", v.State, v.Code, p.want, p.code)
				}
				if v.Reason == "" {
					t.Error("the citizen is told nothing")
				}
			})
		}
	}
}

// walk goes the path as far as it leads.
func (p *path) walk(t *testing.T, w *world.World, sides map[string]*side, now *handTime) *requester.View {
	t.Helper()
	ctx := context.Background()
	desk, space := sides["LT"].Assembly.Requester, sides["LV"].Assembly.Preview
	portal, err := sides["LT"].Assembly.Tenant.Portal(ctx, world.DirectID)
	if err != nil {
		t.Fatal(err)
	}
	o := requester.Order{
		Procedure: p.procedure, Requirement: w.Published().RequirementURL(p.requirement), Country: "LV", Language: "EN", ReturnURL: "https://127.0.0.1/return", NoPreview: p.noPreview,
		Subject: p.subject(w), ExplicitRequest: &requester.ExplicitRequest{At: now.Now(), Language: "EN", Text: "I ask for it."},
	}
	v, err := desk.Create(ctx, *portal, fmt.Sprint(p.name, now.Now()), o)
	if err != nil {
		t.Fatal(err)
	}
	look := func() *requester.View {
		for range 6 { // what comes again comes after its visibility time
			settle(sides["LT"], sides["LV"])
			if v, err = desk.View(ctx, world.DirectID, v.ID); err != nil {
				t.Fatal(err)
			}
			if v.State != exchange.Request1Sent && v.State != exchange.Request2Sent {
				break
			}
			now.pass(40 * time.Second)
		}
		return v
	}
	if look(); v.State != exchange.PreviewRequired {
		return v
	}
	if p.present == "" {
		now.pass(17 * time.Minute)
		return look()
	}
	if _, err := desk.Continue(ctx, world.DirectID, v.ID); err != nil {
		t.Fatal(err)
	}
	x, err := sides["LT"].Assembly.Keeper.Load(ctx, conduct.Key(exchange.Requester, v.ID))
	if err != nil {
		t.Fatal(err)
	}
	r, err := space.Find(ctx, x.PreviewLink)
	if err != nil {
		t.Fatal(err)
	}
	present := w.Residents.Persons[p.present].Person("LV", "High")
	ok, err := space.Admit(ctx, r, preview.Present{Person: present})
	if err != nil {
		t.Fatal(err)
	}
	if ok {
		if r, err = space.Evidence(ctx, r); err == nil {
			_, err = space.Decide(ctx, r, []int{1})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return look()
}

// speak lets the asking node prefer a line from now on, without a restart.
func speak(t *testing.T, w *world.World, now *handTime, line string) {
	t.Helper()
	if _, ok := edm.ParseVersion(line); !ok {
		t.Fatal(line)
	}
	if err := w.Speak("LT", line); err != nil {
		t.Fatal(err)
	}
	now.pass(time.Minute)
}
