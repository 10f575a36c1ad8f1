package availability

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// Window is announced maintenance: five working days ahead for up to 4 hours, ten for
// up to 12 (Reg. (EU) 2022/1463 art. 27).
type Window struct {
	From time.Time `yaml:"from"`
	To   time.Time `yaml:"to"`
	What string    `yaml:"what,omitempty"`
}

// MaxWindow is the longest that a window may be: the six days a year of
// infrastructure maintenance. What is longer is a wrong date.
const MaxWindow = 6 * 24 * time.Hour

// Check says what is wrong with a window, and what to write.
func (w *Window) Check() error {
	switch length := w.To.Sub(w.From); {
	case w.From.IsZero() || w.To.IsZero():
		return fmt.Errorf("write from and to, such as 2026-12-05T22:00:00Z")
	case length <= 0:
		return fmt.Errorf("to (%s) is not after from (%s); exchange them", w.To.Format(time.RFC3339), w.From.Format(time.RFC3339))
	case length > MaxWindow:
		return fmt.Errorf("it takes %s, at most %s are maintenance (availability.MaxWindow); correct a date", length, MaxWindow)
	}
	return nil
}

// Windows reads the list maintenance of a YAML document. Whatever else the document
// has is left alone, so that a tenant document will do.
func Windows(octets []byte) ([]Window, error) {
	var d struct {
		Maintenance []Window `yaml:"maintenance"`
	}
	if err := yaml.Unmarshal(octets, &d); err != nil {
		return nil, fmt.Errorf("read windows of maintenance: %w", err)
	}
	for i := range d.Maintenance {
		if err := d.Maintenance[i].Check(); err != nil {
			return nil, fmt.Errorf("maintenance[%d]: %w", i, err)
		}
	}
	return d.Maintenance, nil
}

// During reports whether any time from began to ended is in a window.
func During(windows []Window, began, ended time.Time) bool {
	for _, w := range windows {
		if began.Before(w.To) && !ended.Before(w.From) {
			return true
		}
	}
	return false
}
