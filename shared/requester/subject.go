package requester

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/vienreiz/vienreiz/shared/conduct"
)

// putSubject stores whose evidence is asked for under a key of its own: of two
// who begin at once, only the subject of the one whose commit holds is used.
func (d *Desk) putSubject(ctx context.Context, r *conduct.Record, s *Subject) error {
	octets, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write subject: %w", err)
	}
	r.Subject, err = d.Keeper.Put(ctx, r.Folder(), "subject", octets)
	return err
}

func (d *Desk) subject(ctx context.Context, r *conduct.Record) (*Subject, error) {
	key := r.Subject
	if key == "" {
		key = r.Folder() + "/subject" // where the first release put it
	}
	octets, err := d.Keeper.Read(ctx, key)
	if err != nil {
		return nil, err
	}
	s := new(Subject)
	if err := json.Unmarshal(octets, s); err != nil {
		return nil, fmt.Errorf("read subject: %w", err)
	}
	return s, nil
}

// Assurance is the level of the sign-in.
func (s *Subject) Assurance() string {
	switch {
	case s.LegalPerson != nil:
		return s.LegalPerson.LevelOfAssurance
	case s.Person != nil:
		return s.Person.LevelOfAssurance
	}
	return ""
}
