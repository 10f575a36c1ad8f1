package edm_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: -want +got\n%s", name, diff)
	}
}

func TestTheBytesAndTheSummaryOfASample(t *testing.T) {
	t.Parallel()
	for _, v := range []edm.Version{edm.V12, edm.V20} {
		for name, m := range edmtest.Messages(v) {
			file := strings.ReplaceAll(name, " ", "-") + "-" + v.Line()
			b, err := edm.Encode(m)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, file+".xml", b)
			golden(t, file+".txt", []byte(edm.Summary(m)))
		}
	}
}

func TestASummaryDoesNotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	m := edmtest.Failure(edm.V20)
	m.Exceptions[0].Detail = "\x1b[2Jgone\r\nError  none"
	if s := edm.Summary(m); strings.ContainsAny(s, "\x1b\r") || strings.Contains(s, "\nError") {
		t.Errorf("got %q", s)
	}
}
