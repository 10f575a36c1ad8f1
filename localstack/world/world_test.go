package world_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/requester"
)

func open(t *testing.T, o world.Options) *world.World {
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

func order(t *testing.T, w *world.World, requirement string) requester.Order {
	t.Helper()
	now := time.Now()
	return requester.Order{
		Procedure: "T3", Requirement: w.Published().RequirementURL(requirement), Country: "LV", Language: "EN", ReturnURL: "https://127.0.0.1/return",
		Subject:         &requester.Subject{Person: w.Residents.Persons["anna"].Person("LT", "Substantial")},
		ExplicitRequest: &requester.ExplicitRequest{At: now, Language: "EN", Text: "I ask for it."},
	}
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
	body, d, err := desk.Open(ctx, world.DirectID, v.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	octets, _ := io.ReadAll(body)
	body.Close()
	if int64(len(octets)) != d.Size {
		t.Errorf("%d octets of %d", len(octets), d.Size)
	}
	if v, err = desk.Confirm(ctx, world.DirectID, v.ID); err != nil || v.State != exchange.Confirmed {
		t.Errorf("confirmed: %+v, %v", v, err)
	}
}
