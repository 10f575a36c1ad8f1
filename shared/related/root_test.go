package related

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func threeParts(first string) string {
	return crlf("--b\nContent-ID: <1@a>\n\n" + first + "\n--b\nContent-ID: <2@a>\n\ntwo\n--b\nContent-ID: <3@a>\n\nthree\n--b--\n")
}

func TestRootIsReadFirstWhereverItStands(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		start, root string
		others      []read
	}{
		"no start":           {"", "one", []read{{"2@a", "", "two"}, {"3@a", "", "three"}}},
		"the first":          {"1@a", "one", []read{{"2@a", "", "two"}, {"3@a", "", "three"}}},
		"in between":         {"<2@a>", "two", []read{{"1@a", "", "one"}, {"3@a", "", "three"}}},
		"the last":           {"3@a", "three", []read{{"1@a", "", "one"}, {"2@a", "", "two"}}},
		"written with %40":   {"2%40a", "two", []read{{"1@a", "", "one"}, {"3@a", "", "three"}}},
		"the last as a cid:": {"cid:3@a", "three", []read{{"1@a", "", "one"}, {"2@a", "", "two"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := NewReader(strings.NewReader(threeParts("one")), ContentType{Boundary: "b", Start: tt.start}, Limits{})
			root, err := r.Root()
			if err != nil {
				t.Fatal(err)
			}
			if content, err := io.ReadAll(root); string(content) != tt.root || err != nil {
				t.Errorf("root is %q, %v", content, err)
			}
			others, err := readAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.others, others); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRootIsRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ start, first, rule string }{
		"when no part has the id that start names": {"4@a", "one", RuleStart},
		"when too much comes before it":            {"2@a", strings.Repeat("x", DefaultRootBuffer), RuleRootBuffer},
		"when all too much comes before it":        {"2@a", strings.Repeat("x", 10*bufferSize), RuleRootBuffer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := NewReader(strings.NewReader(threeParts(tt.first)), ContentType{Boundary: "b", Start: tt.start}, Limits{})
			_, err := r.Root()
			wantRule(t, err, tt.rule)
			_, err = r.Next()
			wantRule(t, err, tt.rule)
		})
	}
	r := NewReader(strings.NewReader(threeParts("one")), ct, Limits{})
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Root(); err == nil {
		t.Error("Root after Next is accepted")
	}
}

func TestHeadersOfPartsBeforeTheRootCountToo(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("--b\r\nX: "+strings.Repeat("y", 7<<10)+"\r\n\r\n\r\n", 12) + crlf("--b\nContent-ID: <r@a>\n\nroot\n--b--\n")
	_, err := NewReader(strings.NewReader(body), ContentType{Boundary: "b", Start: "r@a"}, Limits{}).Root()
	wantRule(t, err, RuleRootBuffer)
}
