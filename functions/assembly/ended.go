package assembly

import (
	"context"
	"errors"
	"log/slog"
	"regexp"

	"github.com/vienreiz/vienreiz/shared/availability"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Ended tells the log and the metrics how an exchange has ended. It is called
// once, and again only when an item of the queue came again.
func (a *Assembly) Ended(ctx context.Context, key string) error {
	r, err := a.Keeper.Load(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil || !r.State.Final() {
		return err
	}
	fault, code, maintenance := r.Fault(), spoken(r.Code), "no"
	if c, err := a.Tenant.Configuration(ctx); err == nil && availability.During(c.Maintenance, r.Began, r.EndedAt) {
		maintenance = "yes"
	}
	slog.InfoContext(ctx, availability.Message,
		slog.String("role", string(r.Role)), slog.String("state", string(r.State)), slog.String("code", code), slog.String("fault", string(fault)),
		slog.Time("began", r.Began), slog.Time("ended", r.EndedAt), slog.String("maintenance", maintenance))
	observe.ExchangesEnded.Add(ctx, 1, string(r.Role), string(r.State), code)
	if fault == conduct.Others || maintenance == "yes" {
		return nil
	}
	observe.Counted.Add(ctx, 1)
	if fault == conduct.None {
		observe.Succeeded.Add(ctx, 1)
	}
	return nil
}

var codeForm = regexp.MustCompile(`^[A-Za-z0-9:._-]{1,64}$`)

// spoken is a code as it may stand in a log: a partner may have sent anything.
func spoken(code string) string {
	switch {
	case code == "":
		return "none"
	case !codeForm.MatchString(code):
		return observe.Other
	}
	return code
}
