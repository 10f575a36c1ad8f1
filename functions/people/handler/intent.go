package handler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"

	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/store"
)

// intent is who signed in for a journey, and what they answered to the
// directory's questions: personal data, so an object that is deleted once they
// have asked, and that the bucket drops when they never do.
type intent struct {
	requester.Subject
	Answers  map[string]string
	Provider string
}

// Limits of what a person answers.
const (
	maxAnswers = 32
	maxAnswer  = 256 // octets
)

// intentObject is where an intent is kept.
func (v *visit) intentObject(target string) string {
	return "visit/" + v.key + "/" + digest(target)[:32]
}

// intent is what is known of who signed in for a journey.
func (p *pages) intent(ctx context.Context, v *visit, target string) (*intent, error) {
	if !v.Admitted[target] {
		return nil, signFirst
	}
	octets, err := p.Keeper.Read(ctx, v.intentObject(target))
	if errors.Is(err, store.ErrNotFound) {
		return nil, signFirst
	}
	if err != nil {
		return nil, err
	}
	i := new(intent)
	if err := json.Unmarshal(octets, i); err != nil {
		return nil, fmt.Errorf("read who signed in: %w", err)
	}
	return i, nil
}

func (p *pages) remember(ctx context.Context, v *visit, target string, i *intent) error {
	octets, err := json.Marshal(i)
	if err != nil {
		return fmt.Errorf("write who signed in: %w", err)
	}
	return p.Keeper.PutAt(ctx, v.intentObject(target), octets)
}

// take adds the fields "answer.ID" and "provider" of a form; with "again" it forgets all of them.
func (i *intent) take(form url.Values) error {
	if form.Has("again") {
		i.Answers, i.Provider = nil, ""
		return nil
	}
	all := map[string]string{}
	maps.Copy(all, i.Answers)
	for name, v := range form {
		id, ok := strings.CutPrefix(name, "answer.")
		if !ok || v[0] == "" {
			continue
		}
		if len(v[0]) > maxAnswer || len(id) > maxAnswer {
			return &fault{400, "fault.form", fmt.Errorf("an answer has more than %d octets", maxAnswer)}
		}
		all[id] = strings.TrimSpace(v[0])
	}
	if len(all) > maxAnswers {
		return &fault{400, "fault.form", fmt.Errorf("more than %d answers", maxAnswers)}
	}
	if provider := form.Get("provider"); len(provider) <= maxAnswer && provider != "" {
		i.Provider = provider
	}
	i.Answers = all
	return nil
}
