package availability

import (
	"slices"
	"time"
)

// Report is the computation over a period.
type Report struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Target float64   `json:"target"` // percent
	Met    *bool     `json:"met"`    // null: nothing was counted
	All    Share     `json:"all"`
	Roles  []Share   `json:"roles"`
	// Failures are the exchanges that failed by our fault, the first to end first.
	Failures []Exchange `json:"failures"`
}

// Share is the counts of one role, or of all.
type Share struct {
	Role        string   `json:"role"`
	Served      int      `json:"served"`
	Failed      int      `json:"failed"`
	NotOurs     int      `json:"notOurs"`     // counted neither way
	Maintenance int      `json:"maintenance"` // left out
	Percent     *float64 `json:"percent"`     // served of served and failed; null: there were none
}

// Compute counts the exchanges that ended at or after from and before to, each
// once. With windows, those say what is maintenance; nil: what each line says.
func Compute(exchanges []Exchange, windows []Window, from, to time.Time) *Report {
	r := &Report{From: from, To: to, Target: Target, All: Share{Role: "all"}, Failures: []Exchange{}, Roles: []Share{{Role: "requester"}, {Role: "provider"}}}
	seen := map[string]bool{}
	for _, e := range exchanges {
		if seen[e.Key] || e.Ended.Before(from) || !e.Ended.Before(to) {
			continue
		}
		seen[e.Key] = true
		maintenance := e.Maintenance == "yes"
		if windows != nil {
			maintenance = During(windows, e.Began, e.Ended)
		}
		r.All.count(e.Fault, maintenance)
		for i := range r.Roles {
			if r.Roles[i].Role == e.Role {
				r.Roles[i].count(e.Fault, maintenance)
			}
		}
		if e.Fault == "ours" && !maintenance {
			r.Failures = append(r.Failures, e)
		}
	}
	slices.SortStableFunc(r.Failures, func(a, b Exchange) int { return a.Ended.Compare(b.Ended) })
	r.All.divide()
	for i := range r.Roles {
		r.Roles[i].divide()
	}
	if r.All.Percent != nil {
		met := *r.All.Percent >= Target
		r.Met = &met
	}
	return r
}

func (s *Share) count(fault string, maintenance bool) {
	switch {
	case maintenance:
		s.Maintenance++
	case fault == "none":
		s.Served++
	case fault == "ours":
		s.Failed++
	default:
		s.NotOurs++
	}
}

func (s *Share) divide() {
	if n := s.Served + s.Failed; n > 0 {
		percent := 100 * float64(s.Served) / float64(n)
		s.Percent = &percent
	}
}
