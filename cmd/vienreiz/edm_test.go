package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
)

// edmFiles writes messages, a header and broken files, and returns the folder.
func edmFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range []edm.Version{edm.V12, edm.V20} {
		for name, m := range edmtest.Messages(v) {
			b, err := edm.Encode(m)
			if err != nil {
				t.Fatal(err)
			}
			write(strings.ReplaceAll(name, " ", "-")+"-"+v.Line()+".xml", b)
			if name == "request" {
				write("wrong-"+v.Line()+".xml", bytes.Replace(b, []byte("T3"), []byte("X8"), 1))
			}
		}
	}
	write("header.xml", edmtest.Header(edm.KindResponse, edm.V20))
	write("other-header.xml", edmtest.Header(edm.KindError, edm.V20))
	write("text.xml", []byte("no XML"))
	return dir
}

// vienreizEDM runs the command in a folder of its files: names ending in .xml are taken from there.
func vienreizEDM(dir, stdin string, args ...string) (code int, stdout, stderr string) {
	for i, a := range args {
		if strings.HasSuffix(a, ".xml") {
			args[i] = filepath.Join(dir, a)
		}
	}
	var out, complaints bytes.Buffer
	code = runEDM(context.Background(), args, strings.NewReader(stdin), &out, &complaints)
	return code, out.String(), complaints.String()
}

func TestEDMExitCodes(t *testing.T) {
	t.Parallel()
	dir := edmFiles(t)
	for _, c := range []struct {
		name string
		args []string
		want int
	}{
		{"a right message", []string{"check", "request-2.0.xml"}, exitRight},
		{"many right messages", []string{"check", "request-2.0.xml", "failure-1.2.xml", "deferred-2.0.xml"}, exitRight},
		{"a right answer with header and request", []string{"check", "--header", "header.xml", "response-2.0.xml", "--against", "request-2.0.xml"}, exitRight},
		{"one wrong among right ones", []string{"check", "request-2.0.xml", "wrong-2.0.xml"}, exitRefused},
		{"a file that is no XML", []string{"check", "text.xml"}, exitRefused},
		{"a file that is not there", []string{"check", "missing.xml"}, exitRefused},
		{"a header that is not there", []string{"check", "request-2.0.xml", "--header", "missing.xml"}, exitRefused},
		{"the header of another message", []string{"check", "response-2.0.xml", "--header", "other-header.xml"}, exitRefused},
		{"an answer to another line", []string{"check", "failure-1.2.xml", "--against", "request-2.0.xml"}, exitRefused},
		{"no file", []string{"check", "--json"}, exitUsage},
		{"an unknown flag", []string{"check", "--xml", "request-2.0.xml"}, exitUsage},
		{"help on check", []string{"check", "--help"}, exitRight},
		{"help on convert", []string{"convert", "--help"}, exitRight},
		{"help on show", []string{"show", "--help"}, exitRight},
		{"help", []string{"--help"}, exitRight},
		{"nothing", nil, exitUsage},
		{"an unknown command", []string{"sign"}, exitUsage},
		{"converting", []string{"convert", "response-2.0.xml", "--to", "v1.2"}, exitRight},
		{"converting to nowhere", []string{"convert", "--to", "v3", "response-2.0.xml"}, exitUsage},
		{"converting nothing", []string{"convert", "--to", "v1.2"}, exitUsage},
		{"converting what cannot be", []string{"convert", "--to", "v2.0", "request-1.2.xml"}, exitRefused},
		{"converting no XML", []string{"convert", "--to", "v2.0", "text.xml"}, exitRefused},
		{"showing", []string{"show", "request-2.0.xml"}, exitRight},
		{"showing no XML", []string{"show", "request-2.0.xml", "text.xml"}, exitRefused},
	} {
		code, out, complaints := vienreizEDM(dir, "", c.args...)
		if code != c.want {
			t.Errorf("%s: exit code %d, want %d\n%s%s", c.name, code, c.want, out, complaints)
		}
	}
}

func TestEDMCheckPrintsFindingsAsJSON(t *testing.T) {
	t.Parallel()
	dir := edmFiles(t)
	_, out, _ := vienreizEDM(dir, "", "check", "--json", "request-2.0.xml", "wrong-2.0.xml", "text.xml")
	var got []map[string]string
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := []map[string]string{
		{
			"file": filepath.Join(dir, "wrong-2.0.xml"), "rule": "R-EDM-REQ-C003", "level": "fatal",
			"place": "/query:QueryRequest/rim:Slot[@name='Procedure']/rim:SlotValue/rim:Value", "value": "X8", "fix": "send a code such as T3",
		},
		{
			"file": filepath.Join(dir, "text.xml"), "rule": "xml.root", "level": "fatal",
			"place": "line 1, octet 0", "value": "text before the root element", "fix": "send exactly one root element and nothing after it",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, out, _ := vienreizEDM(dir, "", "check", "request-2.0.xml", "--json"); strings.TrimSpace(out) != "[]" {
		t.Errorf("a right message: %s", out)
	}
}

func TestEDMCheckPrintsForPeople(t *testing.T) {
	t.Parallel()
	dir := edmFiles(t)
	_, out, _ := vienreizEDM(dir, "", "check", "request-2.0.xml", "wrong-2.0.xml")
	for _, want := range []string{"request-2.0.xml: right", "wrong-2.0.xml: fatal R-EDM-REQ-C003", "is   X8", "fix  send a code"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestEDMReadsStandardInput(t *testing.T) {
	t.Parallel()
	b, err := edm.Encode(edmtest.Failure(edm.V20))
	if err != nil {
		t.Fatal(err)
	}
	if code, out, _ := vienreizEDM("", string(b), "show", "-"); code != exitRight || !strings.Contains(out, "EDM:ERR:0004 (Object not found)") {
		t.Errorf("%d\n%s", code, out)
	}
}

func TestEDMConvertTellsWhatIsLost(t *testing.T) {
	t.Parallel()
	dir := edmFiles(t)
	code, out, lost := vienreizEDM(dir, "", "convert", "--to", "v1.2", "response-2.0.xml")
	if code != exitRight || strings.Count(lost, "lost: ") != 3 || !strings.Contains(lost, "Annex") {
		t.Errorf("%d\n%s", code, lost)
	}
	if code, findings, _ := vienreizEDM("", out, "check", "-"); code != exitRight {
		t.Errorf("the converted message is wrong:\n%s", findings)
	}
}
