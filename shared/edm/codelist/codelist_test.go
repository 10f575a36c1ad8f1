package codelist

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestTheEditionOfTheLineIsUsed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		list, line, code string
		want             bool
	}{
		{"Procedures", "1.0", "T3", true},
		{"Procedures", "2.0", "X8", false},
		{"Procedures", "2.0", "00", true},
		{"EAS", "1.0", "9906", true},
		{"EAS", "2.0", "9906", false},
		{"EAS", "2.0", "0240", true},
		{"Gender", "1.2", "9", false},
		{"Gender", "2.0", "9", true},
		{"LanguageCode", "2.0", "EN", true},
		{"LanguageCode", "2.0", "en", false},
		{"CountryIdentificationCode", "2.0", "EL", true},
		{"CountryIdentificationCode", "2.0", "GR", true},
		{"OOTSCountry", "2.0", "GR", false},
		{"PreviewMethod", "1.1", "PUT", false},
		{"PreviewMethod", "1.2", "PUT", true},
		{"NUTS", "2.0", "LV00C", true},
		{"AssociatedDocumentRequest", "1.2", "Annex", false},
	} {
		if got := Of(c.list, c.line).Has(c.code); got != c.want {
			t.Errorf("%s %s has %q: %v, want %v", c.list, c.line, c.code, got, c.want)
		}
	}
}

func TestACodeHasItsNameAndType(t *testing.T) {
	t.Parallel()
	got, ok := Of("EDMErrorCodes", "2.0").Find("EDM:ERR:0008")
	want := Code{"EDM:ERR:0008", "Invalid query syntax or semantics that must be corrected", "query:QueryExceptionType"}
	if !ok || got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestEveryListNamesItsVersionAndSource(t *testing.T) {
	t.Parallel()
	for _, l := range All() {
		if l.Version == "" || l.Source == "" || len(l.Codes()) == 0 {
			t.Errorf("%s of %s: version %q, source %q, %d codes", l.ShortName, l.Line, l.Version, l.Source, len(l.Codes()))
		}
	}
}

func TestTheTablesAreThoseOfTheDataFiles(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "tables_gen.go")
	if b, err := exec.Command("go", "run", "./gen", "-o", out, "data").CombinedOutput(); err != nil {
		t.Fatalf("generate: %v\n%s", err, b)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("tables_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("tables_gen.go is not what the data files give; run go generate")
	}
}
