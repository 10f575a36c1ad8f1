package world_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/functions"
	receive "github.com/vienreiz/vienreiz/functions/as4-receive/handler"
	"github.com/vienreiz/vienreiz/localstack/provision"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/store/aws"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

// onAWS moves a side's node onto a table, queues and buckets of its own, where
// AWS_ENDPOINT_URL points to.
func onAWS(t *testing.T, s *side, now func() time.Time) *side {
	t.Helper()
	ctx := context.Background()
	tenant := provision.Tenant{Prefix: fmt.Sprintf("world-%s-%d", s.line.name, time.Now().UnixNano()), MaxReceives: 50, Locked: []string{"journal"}}
	for name := range functions.All().Queues {
		tenant.Queues = append(tenant.Queues, name)
	}
	for name, b := range functions.All().Buckets {
		if b.Lock == 0 {
			tenant.Buckets = append(tenant.Buckets, name)
		}
	}
	c, err := provision.Make(ctx, tenant)
	if err != nil {
		t.Fatal(err)
	}
	c.Now = now
	opened, err := aws.Open(ctx, c, provision.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	moved := *s
	moved.state, moved.queues, moved.objects, moved.hidden = opened.State, opened.Queues, opened.Objects, time.Second
	return &moved
}

// The same over AWS: both nodes on tables, queues and buckets of an emulator.
func TestWhereverANodeOnAWSIsKilledTheExchangeComesToItsEnd(t *testing.T) {
	if os.Getenv("AWS_ENDPOINT_URL") == "" {
		t.Skip("SKIPPED: AWS_ENDPOINT_URL is not set; no node was killed over AWS; make contract-aws does it")
	}
	quiet(t)
	r := &round{t: t, time: &handTime{now: time.Now()}, life: map[string]*storetest.Life{"LT": {}, "LV": {}}, side: map[string]*side{}, pause: 1200 * time.Millisecond}
	lines := map[string]*line{"LT": {name: "lt"}, "LV": {name: "lv"}}
	r.w = open(t, world.Options{Still: true, Now: r.time.Now, Wire: func(c string) world.Wire { return lines[c] }})
	for c, tenant := range r.w.Tenants {
		r.side[c] = mortal(onAWS(t, newSide(tenant, lines[c]), r.time.Now), r.life[c])
	}
	lines["LT"].other = func() http.Handler { return receive.New(r.side["LV"].Assembly) }
	lines["LV"].other = func() http.Handler { return receive.New(r.side["LT"].Assembly) }
	stride := 47 // VIENREIZ_SLOW takes every third call
	if os.Getenv("VIENREIZ_SLOW") != "" {
		stride = 3
	}
	r.killEverywhere(stride)
}
