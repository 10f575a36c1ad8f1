package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/localstack/commonservices"
)

var updateDirectory = flag.Bool("update", false, "write the golden files anew")

// rehearsal is a simulated world at a loopback address, and the command against it.
type rehearsal struct {
	t     *testing.T
	world *commonservices.World
	sim   *commonservices.Simulator
	base  string
	root  string
}

func newRehearsal(t *testing.T) *rehearsal {
	t.Helper()
	w, err := commonservices.DefaultWorld()
	if err != nil {
		t.Fatal(err)
	}
	s, err := commonservices.New(w, rand.Reader, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	root := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(root, commonservices.PEM(s.Root()), 0o600); err != nil {
		t.Fatal(err)
	}
	return &rehearsal{t, w, s, server.URL, root}
}

// run runs a directory command with the flags that lead to the simulated world.
func (r *rehearsal) run(args ...string) (code int, stdout, stderr string) {
	return vienreizDirectory(append(args, "--eb", r.base+"/eb", "--dsd", r.base+"/dsd", "--sr", r.base+"/sr", "--trust", r.root)...)
}

func vienreizDirectory(args ...string) (code int, stdout, stderr string) {
	var out, complaints bytes.Buffer
	code = runDirectory(context.Background(), args, strings.NewReader(""), &out, &complaints)
	return code, out.String(), complaints.String()
}

func TestDirectoryTablesAreGolden(t *testing.T) {
	t.Parallel()
	r := newRehearsal(t)
	school, before := r.world.Concepts["school"].ID, r.world.Concepts["before-2000"].ID
	for name, args := range map[string][]string{
		"requirements":   {"requirements", "T2", "--country", "LV", "--language", "LV"},
		"alternatives":   {"evidence-types", r.world.RequirementURL("tertiary-qualification"), "--country", "FI"},
		"no-match":       {"evidence-types", "--requirement", r.world.RequirementURL("real-estate"), "--country", "ee"},
		"questions":      {"providers", r.world.EvidenceTypeURL("LV", "school-certificate"), "--country", "LV", "--language", "LV"},
		"answered":       {"providers", r.world.EvidenceTypeURL("LV", "school-certificate"), "--country", "LV", "--answer", school + "=RIGA-1", "--answer", before + "=true", "--explain"},
		"two-providers":  {"providers", r.world.EvidenceTypeURL("FI", "residence"), "--country", "FI", "--loa", "substantial", "--format", "application/pdf"},
		"fee":            {"providers", r.world.EvidenceTypeURL("LV", "real-estate-extract"), "--country", "LV", "--version", "v1.2", "--explain"},
		"resolve":        {"resolve", "T3", "--from", "LV", "--country", "FI", "--loa", "Substantial", "--explain"},
		"resolve-before": {"resolve", "S1", "--from", "LV", "--country", "DE", "--accept-version", "v1.0"},
	} {
		code, out, complaints := r.run(args...)
		if code != exitRight || complaints != "" {
			t.Errorf("%s: exit %d, %s", name, code, complaints)
		}
		file := filepath.Join("testdata", "directory", name+".txt")
		if *updateDirectory {
			if err := os.WriteFile(file, []byte(out), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), out); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestDirectoryExitCodesAndReasons(t *testing.T) {
	t.Parallel()
	r := newRehearsal(t)
	birth, school := r.world.EvidenceTypeURL("LV", "birth"), r.world.EvidenceTypeURL("LV", "school-certificate")
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"a procedure that nobody knows", []string{"requirements", "Z9"}, exitRefused, "EB:ERR:0005"},
		{"a country that nobody knows", []string{"requirements", "T2", "--country", "XX"}, exitRefused, "EB:ERR:0006"},
		{"a requirement that nobody knows", []string{"evidence-types", r.world.Repository + "/requirements/11111111-1111-1111-1111-111111111111"}, exitRefused, "EB:ERR:0002"},
		{"no evidence", []string{"evidence-types", r.world.RequirementURL("social-contributions"), "--country", "CZ"}, exitRefused, "EB:ERR:0001"},
		{"no provider", []string{"providers", birth, "--country", "FI"}, exitRefused, "DSD:ERR:0001"},
		{"a type that nobody knows", []string{"providers", r.world.Repository + "/evidencetypeclassifications/LV/11111111-1111-1111-1111-111111111111", "--country", "LV"}, exitRefused, "DSD:ERR:0002"},
		{"a wrong answer", []string{"providers", school, "--country", "LV", "--answer", r.world.Concepts["school"].ID + "=x"}, exitRefused, "DSD:ERR:0006"},
		{"a sign-in that is too weak", []string{"providers", birth, "--country", "LV", "--loa", "Low"}, exitRefused, "sign in again with Substantial"},
		{"no common line", []string{"providers", birth, "--country", "LV", "--version", "v1.0"}, exitRefused, "no data service fits"},
		{"the own state", []string{"resolve", "T2", "--from", "LV", "--country", "LV"}, exitRefused, "own state"},
		{"two procedures", []string{"requirements", "T2", "T3"}, exitUsage, "one PROCEDURE"},
		{"no requirement", []string{"evidence-types"}, exitUsage, "name one REQUIREMENT"},
		{"no country", []string{"providers", birth}, exitUsage, "--country"},
		{"a procedure that is no code", []string{"requirements", "t 2"}, exitUsage, "no procedure's code"},
		{"an unknown line of the exchange", []string{"providers", birth, "--country", "LV", "--version", "v9"}, exitUsage, "--version"},
		{"an unknown level", []string{"providers", birth, "--country", "LV", "--loa", "Medium"}, exitUsage, "--loa"},
		{"half an answer", []string{"providers", birth, "--country", "LV", "--answer", "x"}, exitUsage, "ID=VALUE"},
		{"an unknown line of the interface", []string{"requirements", "T2", "--accept-version", "v9"}, exitUsage, "--accept-version"},
		{"trust and none", []string{"requirements", "T2", "--unsigned"}, exitUsage, "exclude"},
		{"an unknown environment", []string{"requirements", "T2", "--environment", "test"}, exitUsage, "--environment"},
		{"another signer", []string{"requirements", "T2", "--signer", "EC-OOTS-CS-PROD"}, exitRefused, "signature.chain"},
		{"a missing root", []string{"requirements", "T2", "--trust", "missing.pem"}, exitRefused, "missing.pem"},
		{"resolve without countries", []string{"resolve", "T2"}, exitUsage, "--from"},
	} {
		code, out, complaints := r.run(c.args...)
		if code != c.code || !strings.Contains(complaints, c.says) {
			t.Errorf("%s: exit %d, want %d and %q in %q\n%s", c.name, code, c.code, c.says, complaints, out)
		}
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"requirements", "T2", "--eb", r.base + "/eb"}, "give --trust"},
		{[]string{"requirements", "T2", "--eb", "http://broker.example/", "--trust", r.root}, "https"},
		{[]string{"requirements", "T2", "--eb", "broker.example", "--trust", r.root}, "base URL"},
	} {
		if code, _, complaints := vienreizDirectory(c.args...); code != exitUsage || !strings.Contains(complaints, c.says) {
			t.Errorf("%v: exit %d, %s", c.args, code, complaints)
		}
	}
	if code, _, complaints := vienreizDirectory("requirements", "T2", "--country", "FI", "--eb", "http://127.0.0.1:1/", "--eb", "fi="+r.base+"/eb/FI", "--trust", r.root); code != exitRight {
		t.Errorf("one country's own address: exit %d, %s", code, complaints)
	}
	if code, out, complaints := vienreizDirectory("requirements", "T2", "--eb", r.base+"/eb", "--unsigned"); code != exitRight || !strings.Contains(complaints, "no signature is verified") || out == "" {
		t.Errorf("unsigned: exit %d, %s", code, complaints)
	}
}

func TestDirectoryHelpOfEachCommand(t *testing.T) {
	t.Parallel()
	for _, c := range directoryCommands {
		code, out, _ := vienreizDirectory(c.name, "--help")
		if code != exitRight || !strings.Contains(out, "-trust") || !strings.Contains(out, "Exit 0") {
			t.Errorf("%s: exit %d, %s", c.name, code, out)
		}
	}
}

func TestDirectoryRefusesWhatIsBrokenWithItsRule(t *testing.T) {
	t.Parallel()
	r := newRehearsal(t)
	for broken, rule := range map[string]string{
		"body": "signature.digest", "signature": "signature.value", "unsigned": "signature.header", "old signature": "signature.iat", "redirect": "http.redirect",
		"content type": "http.content-type", "truncated": "xml.", "deep": "xml.limit.depth", "huge": "xml.limit.bytes", "doctype": "xml.doctype", "version": "answer.version",
	} {
		r.sim.Set(commonservices.Fault{Broken: broken})
		code, out, complaints := r.run("requirements", "T2", "--json")
		var view directoryError
		if err := json.Unmarshal([]byte(out), &view); err != nil || view.Refusal == nil || !strings.HasPrefix(view.Refusal.Rule, rule) || code != exitRefused || !strings.Contains(complaints, rule) {
			t.Errorf("%s: exit %d, %s %s", broken, code, out, complaints)
		}
	}
}

func TestDirectoryJSONHasTheAnswerAndItsProvenance(t *testing.T) {
	t.Parallel()
	r := newRehearsal(t)
	_, out, _ := r.run("requirements", "T2", "--country", "LV", "--json")
	var requirements struct {
		Answer struct {
			Version  string
			Verified bool
		}
		Requirements []struct {
			Identifier         string
			Name               []struct{ Lang, Text string }
			ReferenceFramework []struct{ Procedure string }
		}
	}
	if err := json.Unmarshal([]byte(out), &requirements); err != nil || len(requirements.Requirements) != 2 || !requirements.Answer.Verified || requirements.Answer.Version != "oots-cs:v2.0" ||
		requirements.Requirements[0].ReferenceFramework[0].Procedure != "T2" || requirements.Requirements[0].Name[0].Lang != "EN" {
		t.Errorf("%v: %s", err, out)
	}
	_, out, _ = r.run("providers", r.world.EvidenceTypeURL("FI", "residence"), "--country", "FI", "--json")
	var providers struct {
		State      string
		Answer     struct{ Verified bool }
		Candidates []struct {
			Version string
			Form    struct{ Format []string }
			Service struct {
				AccessService struct {
					Identifier struct{ SchemeID, Value string }
					Publisher  struct{ Identifier struct{ Value string } }
				}
			}
			Choices []struct{ About, Chosen string }
		}
	}
	if err := json.Unmarshal([]byte(out), &providers); err != nil || providers.State != "choose" || !providers.Answer.Verified || len(providers.Candidates) != 2 || providers.Candidates[0].Service.AccessService.Identifier.Value != "AP_FI_01" ||
		providers.Candidates[0].Form.Format[0] != "application/pdf" || len(providers.Candidates[0].Choices) != 2 {
		t.Errorf("%v: %s", err, out)
	}
	code, out, _ := r.run("requirements", "Z9", "--json")
	var failure directoryError
	if err := json.Unmarshal([]byte(out), &failure); err != nil || code != exitRefused || failure.Failure == nil || failure.Failure.Code != "EB:ERR:0005" || !failure.Answer.Verified {
		t.Errorf("%v: %s", err, out)
	}
}
