package client_test

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/vienreiz/vienreiz/localstack/portal/client"
)

type stepOf func(context.Context, string) (*client.View, error)

func TestAnOrderGoesItsWayByTheContract(t *testing.T) {
	t.Parallel()
	c, ctx := newNode(t).client(t, nil), t.Context()
	v, err := c.Create(ctx, "key-1", order)
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Create(ctx, "key-1", order)
	if err != nil || again.Id != v.Id {
		t.Errorf("the same order again: %+v, %v", again, err)
	}
	if seen, err := c.View(ctx, v.Id); err != nil || seen.State != "delivered" || len(seen.Documents) != 1 {
		t.Fatalf("%+v, %v", seen, err)
	}
	e, err := c.Fetch(ctx, v.Id, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	octets, err := io.ReadAll(e)
	if err != nil || !bytes.Equal(octets, document) || e.MediaType != "application/pdf" || e.Size != int64(len(document)) || e.SHA256 != v.Documents[0].Sha256 {
		t.Errorf("%d octets of %+v, %v", len(octets), e, err)
	}
	for state, step := range map[string]stepOf{"request2-sent": c.Continue, "confirmed": c.Confirm, "cancelled": c.Cancel} {
		if v, err := step(ctx, v.Id); err != nil || string(v.State) != state {
			t.Errorf("%s: %+v, %v", state, v, err)
		}
	}
}
