package registries_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/localstack/registries"
	"github.com/vienreiz/vienreiz/shared/registry"
)

// pdfText reads the text out of a PDF, as a screen reader would.
func pdfText(t *testing.T, pdf []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("SKIPPED: pdftotext is not installed; the letters of printed certificates are not checked")
	}
	file := filepath.Join(t.TempDir(), "certificate.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.CommandContext(t.Context(), tool, "-layout", "-enc", "UTF-8", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPrintedLettersAreThoseOfEveryLanguage(t *testing.T) {
	t.Parallel()
	d := open(t, "LV")
	for language, want := range map[string][]string{
		"EN": {"Birth certificate", "TEST – no legal value", "Civil status register", "Data as of", "2026-11-24 00:00 UTC"},
		"LV": {"Dzimšanas apliecība", "TESTS – nav juridiska spēka", "Civilstāvokļa aktu reģistrs", "Izdevējiestāde", "Šarlote Piemēra", "Ģirts Piemērs", "Paraudziņa", "Lappuse 1"},
		"LT": {"Gimimo liudijimas", "Išdavusi institucija", "Duomenys pagal būklę"},
		"ET": {"Sünnitõend", "TEST – puudub õigusjõud"},
		"FI": {"Syntymätodistus", "TESTI – ei oikeudellista merkitystä", "Äiti"},
		"EL": {"Ληξιαρχική πράξη γέννησης", "ΔΟΚΙΜΗ – χωρίς νομική ισχύ", "Ημερομηνία γέννησης"},
		"BG": {"Удостоверение за раждане", "ТЕСТ – без правна сила", "Издаващ орган", "Дата на раждане"},
		"SV": {"Birth certificate"},
	} {
		e := d.get(t, "birth", "anna", []string{language}, []string{"application/pdf"})
		text := pdfText(t, e.Documents[0].Content)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", language, w, text)
			}
		}
		if dir := os.Getenv("VIENREIZ_KEEP_PDF"); dir != "" {
			_ = os.WriteFile(filepath.Join(dir, language+".pdf"), e.Documents[0].Content, 0o600)
		}
	}
	text := pdfText(t, d.get(t, "residence", "tsvetelina", []string{"BG"}, []string{"application/pdf"}).Documents[0].Content)
	if !strings.Contains(text, "Primerova (Примерова)") {
		t.Errorf("no Cyrillic original in\n%s", text)
	}
}

func TestAPDFTellsItsTitleLanguageAndThatItIsATest(t *testing.T) {
	t.Parallel()
	d := open(t, "LV")
	pdf := d.get(t, "diploma", "eleni", []string{"EL"}, []string{"application/pdf"}).Documents[0].Content
	for _, want := range []string{"/Lang (el)", "/Title ", "/Author ", "/Subject ", `xml:lang="el">Δίπλωμα ανώτατης εκπαίδευσης<`, "/CreationDate (D:20261124000000"} {
		if !bytes.Contains(pdf, []byte(want)) {
			t.Errorf("no %s", want)
		}
	}
	if len(pdf) > 200<<10 {
		t.Errorf("%d octets", len(pdf))
	}
}

func TestACertificateCanBeAsLargeAsOOTSAllowsAndStaysTheSame(t *testing.T) {
	t.Parallel()
	d := open(t, "LV")
	d.Scan(registries.MaxScan)
	first := d.get(t, "diploma", "eleni", []string{"EL"}, []string{"application/pdf"}).Documents[0].Content
	again := d.get(t, "diploma", "eleni", []string{"EL"}, []string{"application/pdf"}).Documents[0].Content
	if n := len(first); n < registries.MaxScan || n > registry.MaxDocumentBytes || !bytes.Equal(first, again) {
		t.Errorf("%d octets, the same again: %v", n, bytes.Equal(first, again))
	}
	if text := pdfText(t, first); !strings.Contains(text, "Δίπλωμα") {
		t.Errorf("it cannot be read:\n%.500s", text)
	}
}
