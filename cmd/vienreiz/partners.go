package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/vienreiz/vienreiz/shared/keys/file"
	"github.com/vienreiz/vienreiz/shared/partners"
)

var partnersCommand = command{"partners", "import, show and check what is agreed with partners", runPartners}

var partnersCommands = []command{
	{"import", "make a partners document of a Domibus P-Mode and a trust store", runPartnersImport},
	{"show", "list partners, legs and how long certificates last", runPartnersShow},
	{"check", "judge a document and the dates of its certificates", runPartnersCheck},
}

func runPartners(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return dispatch(ctx, "vienreiz partners", partnersCommands, args, stdin, stdout, stderr)
}

func runPartnersShow(_ context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz partners show", "FILE [--json]", "Lists the partners of a document: endpoint, profile, dialect, legs, certificates and the days they have left.", stderr)
	asJSON := fs.Bool("json", false, "print one JSON object")
	files, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if len(files) != 1 {
		return misuse(fs, stderr, errors.New("name one FILE"))
	}
	doc, err := readPartners(files[0])
	if err != nil {
		return refused(fs, stderr, err)
	}
	view := viewOf(doc, time.Now())
	if *asJSON {
		err = printJSON(stdout, view)
	} else {
		err = view.print(stdout)
	}
	if err != nil {
		return refused(fs, stderr, err)
	}
	return exitRight
}

func readPartners(path string) (*partners.Document, error) {
	octets, err := file.Read(path)
	if err != nil {
		return nil, err
	}
	doc, err := partners.Parse(octets)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return doc, nil
}

// partnersVerdict is what `partners check --json` prints.
type partnersVerdict struct {
	Right    bool               `json:"right"`
	Findings []partners.Finding `json:"findings"`
}

func runPartnersCheck(_ context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz partners check", "FILE [--days N] [--json]", "Judges a document and the dates of its certificates, a finding per line.\nExit 0: no problem, though perhaps warnings; 1: a problem.", stderr)
	days := fs.Int("days", partners.SoonDays, "a certificate with fewer than `N` days left is a problem")
	asJSON := fs.Bool("json", false, "print one JSON object")
	files, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if len(files) != 1 || *days < 0 {
		return misuse(fs, stderr, errors.New("name one FILE, and no negative --days"))
	}
	octets, err := file.Read(files[0])
	if err != nil {
		return refused(fs, stderr, err)
	}
	found, err := partners.Check(octets, time.Now(), *days)
	if err != nil {
		found = []partners.Finding{{Severity: partners.Problem, Path: "document", Detail: err.Error(), Do: "give a partners document"}}
	}
	verdict := partnersVerdict{!partners.Worst(found, partners.Problem), append([]partners.Finding{}, found...)}
	if err := verdict.print(stdout, *asJSON); err != nil {
		return refused(fs, stderr, err)
	}
	if !verdict.Right {
		return refused(fs, stderr, fmt.Errorf("%s has problems", files[0]))
	}
	return exitRight
}

func (v partnersVerdict) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return printJSON(w, v)
	}
	for _, f := range v.Findings {
		fmt.Fprintln(w, f)
	}
	if v.Right {
		fmt.Fprintln(w, "right")
	}
	return nil
}

// writeFile replaces a file at once, so that a reader never sees half of it.
func writeFile(path string, octets []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	_, err = temp.Write(octets)
	if err := errors.Join(err, temp.Chmod(0o644), temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
