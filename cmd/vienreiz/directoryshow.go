package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/vienreiz/vienreiz/shared/directory"
)

// directoryView prints answers as tables.
type directoryView struct {
	tw        *tabwriter.Writer
	languages []string
	explain   bool
}

func newDirectoryView(w io.Writer, languages []string, explain bool) directoryView {
	return directoryView{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0), languages, explain}
}

// row prints cells, in which foreign text cannot break the table or the terminal.
func (v directoryView) row(cells ...string) {
	for i, c := range cells {
		cells[i] = strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
				return ' '
			}
			return r
		}, c)
	}
	fmt.Fprintln(v.tw, strings.Join(cells, "\t"))
}

// rest starts something else: columns do not go on.
func (v directoryView) rest(format string, args ...any) {
	_ = v.tw.Flush()
	v.row(fmt.Sprintf(format, args...))
}

func (v directoryView) text(t directory.Texts) string { return t.In(v.languages...) }

func (v directoryView) requirements(all []directory.Requirement) {
	v.row("REQUIREMENT", "NAME", "PROCEDURE", "COUNTRY", "FRAMEWORK")
	for _, q := range all {
		lead := []string{q.Identifier, v.text(q.Name)}
		for _, f := range q.ReferenceFramework {
			v.row(append(lead, f.Procedure, f.Jurisdiction.AdminUnitLevel1, f.Identifier)...)
			lead = []string{"", ""}
		}
	}
}

func (v directoryView) alternatives(a directory.Alternatives) {
	if a.NoMatch {
		v.row("no match: " + cmp.Or(v.text(a.MatchDescription), "the state says that nothing of its own fits"))
	} else {
		v.row("ALTERNATIVE", "COUNTRY", "EVIDENCE TYPE", "TITLE")
	}
	for i, l := range a.Alternatives {
		lead := fmt.Sprintf("%d %s", i+1, v.text(l.Name))
		where := l.Jurisdiction.AdminUnitLevel1
		for _, t := range l.EvidenceType {
			if where == "" && len(t.Jurisdiction) > 0 {
				where = t.Jurisdiction[0].AdminUnitLevel1
			}
			v.row(lead, where, t.EvidenceTypeClassification, v.text(t.Title))
			lead = "  and"
		}
	}
	v.dropped("", a.Dropped)
}

func (v directoryView) provenance(p directory.Provenance) {
	if p.Stale {
		v.rest("! an old answer of %s: the %s is out of reach", p.FetchedAt.UTC().Format(time.RFC3339), p.Service)
	}
	if !v.explain {
		return
	}
	signed := "not verified"
	if p.Verified {
		signed = "signed by " + p.Signed.By + " at " + p.Signed.At.Format(time.RFC3339)
	}
	v.rest("answer of the %s in %s, %s", p.Service, p.Version, signed)
}

// dropped tells what was not chosen, with --explain.
func (v directoryView) dropped(indent string, all []directory.Dropped) {
	if !v.explain {
		return
	}
	for _, d := range all {
		v.rest("%sdropped: %s: %s (%s)", indent, d.What, d.Why, d.Reason)
	}
}

func (v directoryView) providers(p directory.Providers, indent string) {
	v.rest("%sstate: %s", indent, strings.TrimSuffix(string(p.State)+": "+p.Why, ": "))
	if p.Stale {
		v.rest("%s! an old answer: the directory is out of reach", indent)
	}
	if len(p.Candidates) > 0 {
		v.row(indent+"PROVIDER", "NAME", "ACCESS POINT", "VERSION", "FORM", "ASSURANCE", "DATA SERVICE")
	}
	for _, c := range p.Candidates {
		s := c.Service
		v.row(indent+s.AccessService.Publisher.Identifier.Value, v.text(s.AccessService.Publisher.Name), s.AccessService.Identifier.Value, string(c.Version),
			strings.Join(c.Form.Format, ""), cmp.Or(s.AuthenticationLevelOfAssurance, "-"), s.Identifier)
		if n := v.text(s.Note); n != "" {
			v.rest("%s  note: %s", indent, n)
		}
	}
	v.questions(p.Questions, indent)
	if v.explain {
		v.explained(p, indent)
	}
}

func (v directoryView) questions(all []directory.Question, indent string) {
	if len(all) > 0 {
		v.row(indent+"QUESTION", "TYPE", "TEXT")
	}
	for _, q := range all {
		v.row(indent+q.ID, strings.TrimSpace(q.Type+" "+q.Level), v.text(q.Text))
		for _, o := range q.Options {
			v.row(indent+"  "+o.Code, "", o.Name)
		}
		for _, note := range []string{q.Again, q.NoOptions} {
			if note != "" {
				v.row(indent+"  !", "", note)
			}
		}
	}
}

func (v directoryView) explained(p directory.Providers, indent string) {
	for _, s := range p.Steps {
		v.rest("%sasked for %s: %s", indent, s.Asked, s.Answered)
	}
	for _, c := range p.Candidates {
		for _, choice := range c.Choices {
			v.rest("%s%s: %s %s: %s", indent, c.Service.AccessService.Publisher.Identifier.Value, choice.About, choice.Chosen, choice.Why)
			v.dropped(indent+"  ", choice.Dropped)
		}
	}
	v.dropped(indent, p.Dropped)
}

func (v directoryView) outcome(o *directory.Outcome) {
	for _, q := range o.Requirements {
		v.rest("%s %s", v.text(q.Requirement.Name), q.Requirement.Identifier)
		v.rest("  state: %s", strings.TrimSuffix(string(q.State)+": "+cmp.Or(v.text(q.Texts), q.Why), ": "))
		for i, a := range q.Alternatives {
			mark := " "
			if i == q.Chosen {
				mark = "*"
			}
			v.rest("  %s alternative %d %s: %s", mark, i+1, v.text(a.List.Name), a.State)
			for j, t := range a.Types {
				v.rest("    %s %s", v.text(a.List.EvidenceType[j].Title), t.EvidenceType)
				v.providers(t, "      ")
			}
		}
		v.dropped("  ", q.Dropped)
	}
	v.dropped("", o.Dropped)
	if o.Stale {
		v.rest("! an old answer was used: a catalogue is out of reach")
	}
}
