package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/rules"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

var edmCommand = command{"edm", "check, convert and show evidence messages", runEDM}

var edmCommands = []command{
	{"check", "judge messages by the business rules", runEDMCheck},
	{"convert", "write a message in another line of the specification", runEDMConvert},
	{"show", "tell in words what a message says", runEDMShow},
}

func runEDM(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return dispatch(ctx, "vienreiz edm", edmCommands, args, stdin, stdout, stderr)
}

// finding is a rules.Finding as edm check --json prints it.
type finding struct {
	File  string      `json:"file"`
	Rule  string      `json:"rule"`
	Level rules.Level `json:"level"`
	Place string      `json:"place"`
	Value string      `json:"value"`
	Fix   string      `json:"fix"`

	text string
}

func runEDMCheck(_ context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz edm check", "FILE… [--against REQUEST] [--header EBMS.xml] [--json]",
		"Judges evidence requests, evidence responses and error responses (\"-\" is standard input) by the rules of the line that each names.\n"+
			"Exit code 0: nothing fatal. 1: a fatal finding, or a file that cannot be read. 2: wrong usage.", stderr)
	against := fs.String("against", "", "evidence request that the messages answer")
	header := fs.String("header", "", "ebMS header (or SOAP envelope) that carried the message")
	asJSON := fs.Bool("json", false, "print findings as a JSON array of file, rule, level, place, value, fix")
	files, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if len(files) == 0 {
		return misuse(fs, stderr, errors.New("give at least one file"))
	}
	found, fatal := checkFiles(files, *header, *against, stdin)
	if err := printFindings(stdout, found, files, *asJSON); err != nil {
		fmt.Fprintf(stderr, "vienreiz edm check: %v\n", err)
		return exitRefused
	}
	if fatal {
		return exitRefused
	}
	return exitRight
}

// checkFiles judges every file, and reports what is wrong with the header and the request once, under their own names.
func checkFiles(files []string, headerFile, requestFile string, stdin io.Reader) (found []finding, fatal bool) {
	add := func(file string, all ...rules.Finding) {
		for _, f := range all {
			found = append(found, finding{file, f.Rule, f.Level, f.Place, f.Value, f.Fix, f.Text})
		}
		fatal = fatal || !rules.IsValid(all)
	}
	var header *rules.Header
	var request *edm.Document
	if headerFile != "" {
		b, err := readInput(headerFile, stdin)
		if err == nil {
			header, err = rules.ParseHeader(b)
		}
		if err != nil {
			add(headerFile, rules.Unreadable(err))
		}
	}
	if requestFile != "" {
		b, err := readInput(requestFile, stdin)
		if err == nil {
			request, err = edm.Parse(b)
		}
		if err != nil {
			add(requestFile, rules.Unreadable(err))
		}
	}
	for _, file := range files {
		b, err := readInput(file, stdin)
		if err != nil {
			add(file, rules.Unreadable(err))
			continue
		}
		add(file, rules.Examine(b, header, request)...)
	}
	return found, fatal
}

// readInput reads a file, or standard input for "-", one byte beyond the limit at most, so that the parser names the limit.
func readInput(file string, stdin io.Reader) ([]byte, error) {
	r := stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		r = f
	}
	return io.ReadAll(io.LimitReader(r, regrep.LimitBytes+1))
}

func printFindings(w io.Writer, found []finding, files []string, asJSON bool) error {
	if asJSON {
		if found == nil {
			found = []finding{}
		}
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(found)
	}
	wrong := map[string]bool{}
	for _, f := range found {
		wrong[f.File] = true
		fmt.Fprintf(w, "%s: %s %s: %s\n  at   %s\n", f.File, f.Level, f.Rule, f.text, f.Place)
		if f.Value != "" {
			fmt.Fprintf(w, "  is   %s\n", f.Value)
		}
		fmt.Fprintf(w, "  fix  %s\n", f.Fix)
	}
	for _, file := range files {
		if !wrong[file] {
			fmt.Fprintf(w, "%s: right\n", file)
		}
	}
	return nil
}

func runEDMConvert(_ context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz edm convert", "--to VERSION FILE",
		"Writes the message in another line to standard output and tells on standard error what is lost.", stderr)
	to := fs.String("to", "", "line to write: v1.0, v1.1, v1.2 or v2.0")
	files, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	version, ok := edm.ParseVersion(*to)
	if !ok || len(files) != 1 {
		return misuse(fs, stderr, fmt.Errorf("give --to with one of %v, and one file", edm.Versions()))
	}
	b, lost, err := convertFile(files[0], version, stdin)
	for _, l := range lost {
		fmt.Fprintf(stderr, "lost: %s: %s\n", l.Place, l.Detail)
	}
	if err != nil {
		fmt.Fprintf(stderr, "vienreiz edm convert: %v\n", err)
		return exitRefused
	}
	if _, err := stdout.Write(b); err != nil {
		return exitRefused
	}
	return exitRight
}

func convertFile(file string, to edm.Version, stdin io.Reader) ([]byte, []edm.Loss, error) {
	m, err := decodeFile(file, stdin)
	if err != nil {
		return nil, nil, err
	}
	m, lost, err := edm.Convert(m, to, func() string { return as4.NewUUID(rand.Reader) })
	if err != nil {
		return nil, lost, err
	}
	b, err := edm.Encode(m)
	return b, lost, err
}

func decodeFile(file string, stdin io.Reader) (edm.Message, error) {
	b, err := readInput(file, stdin)
	if err != nil {
		return nil, err
	}
	d, err := edm.Parse(b)
	if err != nil {
		return nil, err
	}
	return d.Decode()
}

func runEDMShow(_ context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz edm show", "FILE…",
		"Tells in words what messages say, for a case worker. It prints personal data.", stderr)
	files, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if len(files) == 0 {
		return misuse(fs, stderr, errors.New("give at least one file"))
	}
	for _, file := range files {
		m, err := decodeFile(file, stdin)
		if err != nil {
			fmt.Fprintf(stderr, "vienreiz edm show: %s: %v\n", file, err)
			code = exitRefused
			continue
		}
		fmt.Fprintf(stdout, "%s\n%s", file, edm.Summary(m))
	}
	return code
}
