package strict

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"
)

type thing struct {
	Name  string            `json:"name"`
	At    time.Time         `json:"at,omitempty,omitzero"`
	Inner *inner            `json:"inner,omitempty"`
	More  map[string]string `json:"more,omitempty,omitzero"`
	List  []inner           `json:"list,omitempty,omitzero"`
}

type inner struct {
	Done bool `json:"done"`
	Kind kind `json:"kind,omitempty,omitzero"`
}

type kind string

func (k kind) Valid() bool { return k == "a" }

func TestAFaultNamesWhereItIs(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		`{"name":"x","inner":{"done":true,"kind":"a"},"more":{"k":"v"},"list":[{"done":false}],"at":"2026-11-24T12:00:00.5+02:00"}`: "",
		`{"name":"x","list":[{"done":true},{"done":1}]}`: "list[1].done is not true or false",
		`{"name":"x","list":[{}]}`:                       "list[0].done is missing",
		`{"name":"x","inner":{"done":true,"kind":"b"}}`:  "inner.kind is none of the values",
		`{"name":"x","more":{"k":{}}}`:                   "more.k is not a text",
		`{"name":"x","more":{"k":""}}`:                   "more.k is empty",
		`{"name":"x","at":"2026-11-24T12:00:00,5Z"}`:     "at is no date and time",
		`{"name":"x","inner":null}`:                      "inner is not an object",
		`{"name":"x"`:                                    "the body is no complete JSON",
		`{"name":"x",}`:                                  "the body is no JSON at octet",
		`[]`:                                             " is not an object",
		``:                                               "the body is no complete JSON",
		`{"name":"x"} x`:                                 "something follows",
		"{\"name\":\"\xff\"}":                            "the body is no UTF-8",
		`{"` + strings.Repeat("n", 100) + `":1}`:         strings.Repeat("n", 64) + "… is not known",
		`{"name":` + strings.Repeat("[", 5000) + `}`:     "name is not a text",
		`{"inner":` + strings.Repeat(`{"inner":`, 5000) + `}`: "inner.inner is not known",
	} {
		err := JSON([]byte(document), new(thing))
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), strings.TrimSpace(want))) {
			t.Errorf("%.60s: %v, want %q", document, err, want)
		}
	}
}

func TestAParameterIsReadInOneForm(t *testing.T) {
	t.Parallel()
	var n int
	for value, right := range map[string]bool{"7": true, "07": false, "+7": false, "7.0": false, "": false, "99999999999999999999": false} {
		err := BindStyledParameterWithOptions("simple", "number", value, &n, BindStyledParameterOptions{})
		var f *Fault
		if right != (err == nil) || err != nil && !errors.As(err, &f) {
			t.Errorf("%q: %v", value, err)
		}
	}
	if err := BindStyledParameterWithOptions("simple", "number", "7", new(float64), BindStyledParameterOptions{}); err == nil {
		t.Error("a type that is not read was")
	}
}

func TestAFormIgnoresWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	type form struct {
		Name string `json:"name"`
	}
	var f form
	if err := BindForm(&f, url.Values{"name": {"x"}, "other": {"y"}}, nil, nil); err != nil || f.Name != "x" {
		t.Errorf("%+v, %v", f, err)
	}
	if err := BindForm(&f, url.Values{"other": {"y", "z"}}, nil, nil); err == nil || !strings.Contains(err.Error(), "other stands more than once") {
		t.Error(err)
	}
}
