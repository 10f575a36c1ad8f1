package text_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/vienreiz/vienreiz/shared/text"
)

func table(t *testing.T, lang string) map[string]string {
	t.Helper()
	octets, err := os.ReadFile(strings.ToLower(lang) + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	if err := yaml.Unmarshal(octets, &all); err != nil {
		t.Fatal(err) // also a key that stands twice
	}
	return all
}

var verb = regexp.MustCompile(`%.`)

func TestEveryLanguageHasTheSameTextsWithTheSameVerbs(t *testing.T) {
	english := table(t, "EN")
	for _, lang := range text.Languages() {
		other := table(t, lang)
		for _, key := range slices.Sorted(maps.Keys(english)) {
			said, ok := other[key]
			if !ok || strings.TrimSpace(said) == "" {
				t.Errorf("%s: no text %s", lang, key)
				continue
			}
			if a, b := verb.FindAllString(english[key], -1), verb.FindAllString(said, -1); !slices.Equal(a, b) {
				t.Errorf("%s: %s has the verbs %v, in English %v", lang, key, b, a)
			}
		}
		for key := range other {
			if _, ok := english[key]; !ok {
				t.Errorf("%s: %s is not in English", lang, key)
			}
		}
	}
}

func TestATextIsGivenInTheLanguageElseInEnglishElseAsItsKey(t *testing.T) {
	for _, c := range []struct{ lang, key, want string }{
		{"LV", "question.yes", "Jā"}, {"lv", "question.yes", "Jā"}, {"FR", "question.yes", "Yes"}, {"EN", "no.such", "no.such"},
	} {
		if got := text.In(c.lang, c.key); got != c.want {
			t.Errorf("%s in %s: %q", c.key, c.lang, got)
		}
	}
	if got := text.In("EN", "journey.back", "the portal"); got != "Back to the portal" {
		t.Error(got)
	}
}

func TestAReasonIsSaidByCodeElseByState(t *testing.T) {
	if a, b := text.Reason("EN", "refused", "EDM:ERR:0001"), text.Reason("EN", "refused", "EDM:ERR:9999"); a == b || !strings.Contains(a, "stronger") || b == "" {
		t.Errorf("%q, %q", a, b)
	}
	if got := text.Reason("LV", "no such state", ""); got != "" {
		t.Error(got)
	}
}
