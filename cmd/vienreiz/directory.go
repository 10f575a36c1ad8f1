package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/edm"
)

var directoryCommand = command{"directory", "ask the Common Services what is required, what proves it and who issues it", runDirectory}

var directoryCommands = []command{
	{"requirements", "list what a procedure requires", runDirectoryRequirements},
	{"evidence-types", "list what proves a requirement in a country", runDirectoryEvidenceTypes},
	{"providers", "list who issues a type of evidence, and choose version, form and provider", runDirectoryProviders},
	{"resolve", "go all the way from a procedure to the providers", runDirectoryResolve},
}

func runDirectory(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return dispatch(ctx, "vienreiz directory", directoryCommands, args, stdin, stdout, stderr)
}

const directoryExit = "\nExit 0: answered; 1: the answer was refused, or the service answered an error or nothing that fits; 2: wrong usage."

// directoryRun is one directory command after its flags are read.
type directoryRun struct {
	fs       *flag.FlagSet
	flags    *directoryFlags
	client   *directory.Client
	versions []directory.Version
	out, err io.Writer
}

// openDirectory reads the flags and opens the client. done is true when the command is over.
func openDirectory(fs *flag.FlagSet, args []string, stdout, stderr io.Writer) (r *directoryRun, positional []string, code int, done bool) {
	flags := &directoryFlags{}
	flags.register(fs)
	positional, code, done = parse(fs, args, stdout, stderr)
	if done {
		return nil, nil, code, true
	}
	places, versions, err := flags.check()
	if err != nil {
		return nil, nil, misuse(fs, stderr, err), true
	}
	client, err := flags.open(places, versions)
	if err != nil {
		return nil, nil, refused(fs, stderr, err), true
	}
	if flags.unsigned {
		fmt.Fprintf(stderr, "%s: no signature is verified; do not act on the answer\n", fs.Name())
	}
	return &directoryRun{fs, flags, client, versions, stdout, stderr}, positional, exitRight, false
}

func runDirectoryRequirements(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz directory requirements", "[PROCEDURE] [--country CC] --trust ROOT.pem [flags]",
		"Asks the Evidence Broker what a procedure requires in the country where it runs. All requirements are due.\nWithout PROCEDURE and --country it lists the whole catalogue."+directoryExit, stderr)
	q := directory.RequirementsQuery{}
	fs.StringVar(&q.Procedure, "procedure", "", "`code` of the procedure, such as T2")
	fs.StringVar(&q.Country, "country", "", "`code` of the country where the procedure runs")
	fs.StringVar(&q.AdminUnitLevel2, "nuts", "", "NUTS `code`, before v2.0")
	fs.StringVar(&q.AdminUnitLevel3, "lau", "", "LAU `code`, before v2.0")
	r, positional, code, done := openDirectory(fs, args, stdout, stderr)
	if done {
		return code
	}
	if len(positional) > 1 || len(positional) == 1 && q.Procedure != "" {
		return misuse(fs, stderr, errors.New("name one PROCEDURE at most"))
	}
	q.Procedure += strings.Join(positional, "")
	q.Country = country(q.Country)
	answer, err := r.client.Requirements(ctx, q)
	if err != nil {
		return r.fail(err, answer.Provenance)
	}
	return r.print(struct {
		Answer       directory.Provenance    `json:"answer"`
		Requirements []directory.Requirement `json:"requirements"`
		Dropped      []directory.Dropped     `json:"dropped,omitempty"`
	}{answer.Provenance, append([]directory.Requirement{}, answer.Items...), answer.Dropped}, func(v directoryView) {
		v.requirements(answer.Items)
		v.dropped("", answer.Dropped)
		v.provenance(answer.Provenance)
	})
}

func runDirectoryEvidenceTypes(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz directory evidence-types", "REQUIREMENT [--country CC] --trust ROOT.pem [flags]",
		"Asks the Evidence Broker what proves a requirement, which is named by its URL, in the country that holds the evidence.\nAny list is enough (OR); of one list all types are needed (AND)."+directoryExit, stderr)
	q := directory.EvidenceTypesQuery{}
	fs.StringVar(&q.Requirement, "requirement", "", "`URL` of the requirement")
	fs.StringVar(&q.Country, "country", "", "`code` of the country that holds the evidence; without it the lists of all")
	fs.StringVar(&q.AdminUnitLevel2, "nuts", "", "NUTS `code`, before v1.2")
	fs.StringVar(&q.AdminUnitLevel3, "lau", "", "LAU `code`, before v1.2")
	r, positional, code, done := openDirectory(fs, args, stdout, stderr)
	if done {
		return code
	}
	q.Requirement, q.Country = q.Requirement+strings.Join(positional, ""), country(q.Country)
	if !directory.IsRequirement(q.Requirement) {
		return misuse(fs, stderr, errors.New("name one REQUIREMENT by its URL in the Semantic Repository; see vienreiz directory requirements"))
	}
	answer, err := r.client.EvidenceTypes(ctx, q)
	if err != nil {
		return r.fail(err, answer.Provenance)
	}
	lists := directory.Lists(answer.Items, q.Country)
	return r.print(struct {
		Answer directory.Provenance `json:"answer"`
		directory.Alternatives
	}{answer.Provenance, lists}, func(v directoryView) { v.alternatives(lists); v.provenance(answer.Provenance) })
}

// wishFlags are what the asking side can do.
type wishFlags struct {
	versions, formats, wanted, answers list
	assurance, provider, accessPoint   string
}

func (w *wishFlags) register(fs *flag.FlagSet) {
	fs.Var(&w.versions, "version", "`line` of the exchange that we can write, such as v2.0 (may be repeated, preferred first; default all, newest first)")
	fs.Var(&w.formats, "format", "media `type` that is wanted, such as application/pdf (may be repeated, preferred first; default what the provider names first)")
	fs.Var(&w.wanted, "evidence-language", "`code` of the wished language of the evidence (may be repeated)")
	fs.StringVar(&w.assurance, "loa", "", "`level` of assurance of the user's sign-in: Low, Substantial or High (default not judged)")
	fs.StringVar(&w.provider, "provider", "", "keep the provider with this `identifier`")
	fs.StringVar(&w.accessPoint, "access-point", "", "keep the access point with this `identifier`")
	fs.Var(&w.answers, "answer", "`ID=VALUE`: the user's answer to a question of the directory (may be repeated)")
}

func (w *wishFlags) wish() (directory.Wish, map[string]string, error) {
	wish := directory.Wish{Formats: w.formats, Languages: w.wanted, Provider: w.provider, AccessPoint: w.accessPoint}
	for _, text := range w.versions {
		v, ok := edm.ParseVersion(text)
		if !ok {
			return wish, nil, fmt.Errorf("--version: %q is none of %v", text, edm.Versions())
		}
		wish.Versions = append(wish.Versions, v)
	}
	for _, level := range []string{"Low", "Substantial", "High"} {
		if strings.EqualFold(w.assurance, level) {
			wish.LevelOfAssurance = level
		}
	}
	if w.assurance != "" && wish.LevelOfAssurance == "" {
		return wish, nil, fmt.Errorf("--loa: %q is none of Low, Substantial, High", w.assurance)
	}
	answers := map[string]string{}
	for _, text := range w.answers {
		id, value, ok := strings.Cut(text, "=")
		if !ok || value == "" {
			return wish, nil, errors.New("--answer: write ID=VALUE")
		}
		answers[strings.ToLower(id)] = value
	}
	return wish, answers, nil
}

func runDirectoryProviders(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz directory providers", "EVIDENCE-TYPE --country CC --trust ROOT.pem [flags]",
		"Asks the Data Service Directory who issues a type of evidence, which is named by its URL, and chooses the line of the exchange and the form.\nWhen the directory asks the user, the questions are printed: answer them with --answer."+directoryExit, stderr)
	var kind, where string
	wishes := &wishFlags{}
	fs.StringVar(&kind, "evidence-type", "", "`URL` of the type of evidence")
	fs.StringVar(&where, "country", "", "`code` of the provider's country")
	wishes.register(fs)
	r, positional, code, done := openDirectory(fs, args, stdout, stderr)
	if done {
		return code
	}
	kind += strings.Join(positional, "")
	if !directory.IsEvidenceType(kind) || where == "" {
		return misuse(fs, stderr, errors.New("name one EVIDENCE-TYPE by its URL in the Semantic Repository and --country; see vienreiz directory evidence-types"))
	}
	wish, answers, err := wishes.wish()
	if err != nil {
		return misuse(fs, stderr, err)
	}
	found := r.resolver().Providers(ctx, directory.Search{EvidenceType: kind, Country: country(where), Wish: wish, Answers: answers})
	if found.State == directory.Failed && found.Err != nil {
		return r.fail(found.Err, found.Answer)
	}
	code = r.print(found, func(v directoryView) { v.providers(found, "") })
	if found.State == directory.StepUp || found.State == directory.Nothing || found.Failure != nil && found.Failure.Code == directory.DSDWrongAnswer {
		return refused(fs, stderr, errors.New(found.Why))
	}
	return code
}

func (r *directoryRun) resolver() directory.Resolver {
	return directory.Resolver{Ask: r.client, Versions: r.versions}
}

func runDirectoryResolve(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz directory resolve", "PROCEDURE --from CC --country CC --trust ROOT.pem [flags]",
		"Goes from a procedure that runs in one country to the providers of all its evidence in another."+directoryExit, stderr)
	c := directory.Case{}
	wishes := &wishFlags{}
	var only list
	fs.StringVar(&c.RequesterCountry, "from", "", "`code` of the country where the procedure runs")
	fs.StringVar(&c.ProviderCountry, "country", "", "`code` of the country that holds the evidence")
	fs.StringVar(&c.Framework, "framework", "", "`UUID` of the portal's own procedure declaration")
	fs.Var(&only, "requirement", "`URL` of a requirement to resolve (may be repeated; default all)")
	wishes.register(fs)
	r, positional, code, done := openDirectory(fs, args, stdout, stderr)
	if done {
		return code
	}
	var err error
	c.Wish, c.Answers, err = wishes.wish()
	if len(positional) != 1 || c.RequesterCountry == "" || c.ProviderCountry == "" {
		err = errors.New("name one PROCEDURE, --from and --country")
	}
	if err != nil {
		return misuse(fs, stderr, err)
	}
	c.Procedure, c.Requirements = positional[0], only
	c.RequesterCountry, c.ProviderCountry = country(c.RequesterCountry), country(c.ProviderCountry)
	out, err := r.resolver().Resolve(ctx, c)
	if err != nil {
		return r.fail(err, directory.Provenance{})
	}
	code = r.print(out, func(v directoryView) { v.outcome(out) })
	for _, q := range out.Requirements {
		if q.State == directory.Failed {
			code = refused(fs, stderr, fmt.Errorf("%s: %s", q.Requirement.Name.In(r.flags.languages...), q.Why))
		}
	}
	return code
}

// directoryError is what --json prints about an answer that is not used, or that is an error.
type directoryError struct {
	Refusal *directory.Refusal   `json:"refusal,omitempty"`
	Failure *directory.Failure   `json:"failure,omitempty"`
	Do      string               `json:"do,omitempty"`
	Outage  string               `json:"outage,omitempty"`
	Answer  directory.Provenance `json:"answer,omitzero"`
}

// fail says why there is no answer.
func (r *directoryRun) fail(err error, p directory.Provenance) int {
	if _, ok := errors.AsType[*directory.WrongQuery](err); ok {
		return misuse(r.fs, r.err, err)
	}
	if r.flags.asJSON {
		view := directoryError{Answer: p}
		if x, ok := errors.AsType[*directory.Refusal](err); ok {
			view.Refusal, view.Do = x, x.Do()
		} else if x, ok := errors.AsType[*directory.Failure](err); ok {
			m, _ := directory.MeaningOf(x.Code)
			view.Failure, view.Do = x, m.Do
		} else {
			view.Outage = err.Error()
		}
		if err := printJSON(r.out, view); err != nil {
			return refused(r.fs, r.err, err)
		}
	}
	return refused(r.fs, r.err, err)
}

// print writes JSON, or the table.
func (r *directoryRun) print(v any, table func(directoryView)) int {
	var err error
	if r.flags.asJSON {
		err = printJSON(r.out, v)
	} else {
		view := newDirectoryView(r.out, r.flags.languages, r.flags.explain)
		table(view)
		err = view.tw.Flush()
	}
	if err != nil {
		return refused(r.fs, r.err, err)
	}
	return exitRight
}
