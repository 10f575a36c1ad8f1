package world_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/partners"
	"github.com/vienreiz/vienreiz/shared/store"
)

// BenchmarkOneExchange is one whole exchange with a preview, one after the
// other, in empty and in filled stores, with one partner and with sixty: what
// it costs must not grow.
func BenchmarkOneExchange(b *testing.B) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	for _, c := range []struct {
		name             string
		stored, partners int
	}{{"empty stores", 0, 1}, {"100000 exchanges stored", 100_000, 1}, {"60 partners", 0, 60}} {
		b.Run(c.name, func(b *testing.B) {
			r := newRound(b, func(*mortal) {})
			for _, m := range []*mortal{r.lt, r.lv} {
				fill(b, m.side, c.stored)
				befriend(b, r.w, m.Country, c.partners)
			}
			r.time.pass(time.Minute) // the configuration is read again
			r.whole()
			for b.Loop() {
				r.whole()
			}
		})
	}
}

// fill stores exchanges that have ended, with the messages of each.
func fill(b *testing.B, s *side, n int) {
	b.Helper()
	body := make([]byte, 2000)
	for i := range body {
		body[i] = ' '
	}
	copy(body, "{}")
	expires := s.Assembly.Now().Add(conduct.Keep)
	for i := 0; i < n; i += 25 {
		var changes []store.Change
		for j := range 25 {
			for _, kind := range []string{conduct.Kind, "message", "outgoing", "request"} {
				changes = append(changes, store.Change{Record: store.Record{Kind: kind, Key: fmt.Sprintf("stored-%d", i+j), Body: body, Expires: expires}})
			}
		}
		if _, err := s.state.Commit(context.Background(), changes, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// befriend adds partners to a node's document until it has n.
func befriend(b *testing.B, w *world.World, code string, n int) {
	b.Helper()
	file := filepath.Join(w.Running().Data, map[string]string{"LT": "lt", "LV": "lv"}[code], "config", "partners.json")
	octets, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	book, err := partners.Parse(octets)
	if err != nil {
		b.Fatal(err)
	}
	for i := len(book.Partners); i < n; i++ {
		p := book.Partners[0]
		p.ID = fmt.Sprintf("AP_XX_%02d", i)
		keys := as4test.KeysOf(as4test.ECDSA, p.ID)
		p.Profile = "edelivery-as4-2.0-ecc"
		p.Signing, p.Encryption = []partners.Certificate{partners.NewCertificate(keys.SignCert)}, []partners.Certificate{partners.NewCertificate(keys.EncCert)}
		book.Partners = append(book.Partners, p)
	}
	if octets, err = book.Encode(); err == nil {
		err = os.WriteFile(file, octets, 0o600)
	}
	if err != nil {
		b.Fatal(err)
	}
}
