package assembly

import (
	"context"
	"errors"
	"time"

	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/registry"
)

// measure counts a call of a registry that began at a time and has ended, and
// notes whether it was right. A caller that gave up says nothing of the registry.
func (r registries) measure(ctx context.Context, id string, began time.Time, err error) {
	observe.RegistryDuration.Add(ctx, float64(r.a.Now().Sub(began).Microseconds())/1000, id)
	result := resultOf(err)
	observe.RegistryCalls.Add(ctx, 1, id, result)
	if ctx.Err() == nil || result == string(registry.Slow) {
		r.a.saw(context.WithoutCancel(ctx), Registry(id), err == nil)
	}
}

// resultOf is the kind of a registry's error.
func resultOf(err error) string {
	if e := (*registry.Error)(nil); errors.As(err, &e) {
		return string(e.Kind)
	}
	if err != nil {
		return observe.Other
	}
	return "right"
}
