package world_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/localstack/commonservices"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/preview"
	"github.com/vienreiz/vienreiz/shared/requester"
)

func open(t testing.TB, o world.Options) *world.World {
	t.Helper()
	o.Data = t.TempDir()
	if o.Names == nil {
		o.Names = []string{"LT", "LV"}
	}
	w, err := world.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func order(t testing.TB, w *world.World, requirement string) requester.Order {
	t.Helper()
	now := time.Now()
	return requester.Order{
		Procedure: "T3", Requirement: w.Published().RequirementURL(requirement), Country: "LV", Language: "EN", ReturnURL: "https://127.0.0.1/return",
		Subject:         &requester.Subject{Person: w.Residents.Persons["anna"].Person("LT", "Substantial")},
		ExplicitRequest: &requester.ExplicitRequest{At: now, Language: "EN", Text: "I ask for it."},
	}
}

// create orders at the asking country's portal that knows its people.
func create(t *testing.T, w *world.World, o requester.Order) *requester.View {
	t.Helper()
	a := w.Tenants["LT"].Assembly
	portal, err := a.Tenant.Portal(context.Background(), world.DirectID)
	if err != nil {
		t.Fatal(err)
	}
	v, err := a.Requester.Create(context.Background(), *portal, "", o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func published(t *testing.T) *commonservices.World {
	t.Helper()
	p, err := commonservices.DefaultWorld()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// until waits for a state of an order, within a bound.
func until(t *testing.T, w *world.World, country, id string, want exchange.State) *requester.View {
	t.Helper()
	var v *requester.View
	for range 300 {
		var err error
		if v, err = w.Tenants[country].Assembly.Requester.View(context.Background(), world.DirectID, id); err != nil {
			t.Fatal(err)
		}
		if v.State == want {
			return v
		}
		if v.Final {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("the order is %s (%s, %s), not %s", v.State, v.Code, v.Reason, want)
	return nil
}

func TestEvidenceGoesFromOneCountryToTheOtherWithoutAPreview(t *testing.T) {
	w := open(t, world.Options{})
	ctx := context.Background()
	o := order(t, w, "test")
	o.Procedure, o.NoPreview = "00", true
	desk := w.Tenants["LT"].Assembly.Requester
	portal, err := w.Tenants["LT"].Assembly.Tenant.Portal(ctx, world.DirectID)
	if err != nil {
		t.Fatal(err)
	}
	v, err := desk.Create(ctx, *portal, "", o)
	if err != nil {
		t.Fatal(err)
	}
	v = until(t, w, "LT", v.ID, exchange.Delivered)
	if len(v.Documents) == 0 {
		t.Fatal("delivered without documents")
	}
	d, err := desk.Open(ctx, world.DirectID, v.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	octets, _ := io.ReadAll(d.Body)
	d.Body.Close()
	if int64(len(octets)) != d.Size {
		t.Errorf("%d octets of %d", len(octets), d.Size)
	}
	if v, err = desk.Confirm(ctx, world.DirectID, v.ID); err != nil || v.State != exchange.Confirmed {
		t.Errorf("confirmed: %+v, %v", v, err)
	}
}

func TestEvidenceGoesAfterThePersonAcceptedItInThePreview(t *testing.T) {
	for _, line := range []string{"v2.0", "v1.2"} {
		for name, accept := range map[string][]int{"accepted": {1}, "declined": nil} {
			t.Run(line+" "+name, func(t *testing.T) {
				w := open(t, world.Options{Speak: line})
				ctx := context.Background()
				desk, space := w.Tenants["LT"].Assembly.Requester, w.Tenants["LV"].Assembly.Preview
				portal, err := w.Tenants["LT"].Assembly.Tenant.Portal(ctx, world.DirectID)
				if err != nil {
					t.Fatal(err)
				}
				v, err := desk.Create(ctx, *portal, "", order(t, w, "tertiary-qualification"))
				if err != nil {
					t.Fatal(err)
				}
				until(t, w, "LT", v.ID, exchange.PreviewRequired)
				if v, err = desk.Continue(ctx, world.DirectID, v.ID); err != nil {
					t.Fatal(err)
				}
				link, _, _ := strings.Cut(v.PersonURL, "?")
				r, err := space.Find(ctx, link)
				if err != nil {
					t.Fatal(err)
				}
				if ok, err := space.Admit(ctx, r, preview.Present{Person: w.Residents.Persons["anna"].Person("LV", "Substantial")}); err != nil || !ok {
					t.Fatalf("not admitted, %v", err)
				}
				if r, err = space.Evidence(ctx, r); err != nil {
					t.Fatal(err)
				}
				if _, err = space.Decide(ctx, r, accept); err != nil {
					t.Fatal(err)
				}
				want := exchange.Delivered
				if accept == nil {
					want = exchange.Declined
				}
				v = until(t, w, "LT", v.ID, want)
				t.Logf("%d documents", len(v.Documents))
			})
		}
	}
}
