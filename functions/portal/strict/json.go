package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// BindJSONBody reads a request's body into a struct, strictly: see [JSON]. The
// caller has limited the body.
func BindJSONBody(r *http.Request, dest any) error {
	octets, err := io.ReadAll(r.Body)
	if err != nil {
		return fmt.Errorf("read body: %w", err)
	}
	return JSON(octets, dest)
}

// JSON reads a document into a struct. encoding/json takes names in any case,
// the last of two equal ones, null for anything, and leaves out what is missing;
// here each of these is a [Fault], and so are unknown names and other values
// than those that a type lists.
func JSON(octets []byte, dest any) error {
	if !utf8.Valid(octets) {
		return &Fault{"", "the body is no UTF-8", "send JSON in UTF-8"}
	}
	w := walker{json.NewDecoder(bytes.NewReader(octets))}
	if err := w.value(reflect.TypeOf(dest).Elem(), ""); err != nil {
		return err
	}
	if _, err := w.Token(); err != io.EOF {
		return &Fault{"", "something follows the JSON document", "send one object"}
	}
	if err := json.Unmarshal(octets, dest); err != nil {
		return &Fault{"", "the body cannot be read as the contract has it", "compare it with the contract, openapi.yaml"}
	}
	return nil
}

// walker goes through a document beside the type that it shall have. It goes no
// deeper than the type does.
type walker struct{ *json.Decoder }

func (w walker) next() (json.Token, error) {
	token, err := w.Token()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return nil, &Fault{"", fmt.Sprintf("the body is no JSON at octet %d", syntax.Offset), "send one JSON object"}
	}
	if err != nil {
		return nil, &Fault{"", "the body is no complete JSON document", "send one JSON object"}
	}
	return token, nil
}

var moment = reflect.TypeFor[time.Time]()

func (w walker) value(t reflect.Type, path string) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	token, err := w.next()
	if err != nil {
		return err
	}
	switch {
	case t == moment:
		return atMoment(token, path)
	case t.Kind() == reflect.Struct && token == json.Delim('{'):
		return w.object(t, path)
	case t.Kind() == reflect.Map && token == json.Delim('{'):
		return w.entries(t.Elem(), path)
	case t.Kind() == reflect.Slice && token == json.Delim('['):
		return w.list(t.Elem(), path)
	}
	return scalar(token, t, path)
}

// wanted says in words what a kind is written as.
var wanted = map[reflect.Kind]string{
	reflect.Struct: "an object", reflect.Map: "an object", reflect.Slice: "a list",
	reflect.String: "a text", reflect.Bool: "true or false",
}

func scalar(token json.Token, t reflect.Type, path string) error {
	switch token := token.(type) {
	case string:
		if t.Kind() == reflect.String {
			return text(token, t, path)
		}
	case bool:
		if t.Kind() == reflect.Bool {
			return nil
		}
	}
	want := wanted[t.Kind()]
	return &Fault{path, "is not " + want, "write " + want + ", or leave it out if it is optional"}
}

// text holds a text to the values of its type, where the contract lists them. No
// text of the contract may be empty, so that one that is left out is the only
// empty one.
func text(s string, t reflect.Type, path string) error {
	if s == "" {
		return &Fault{path, "is empty", "write it, or leave it out if it is optional"}
	}
	v, lists := reflect.ValueOf(s).Convert(t).Interface().(interface{ Valid() bool })
	if lists && !v.Valid() {
		return &Fault{path, "is none of the values that the contract lists", "write one of them; openapi.yaml has the list"}
	}
	return nil
}

func atMoment(token json.Token, path string) error {
	s, _ := token.(string)
	if _, err := time.Parse(time.RFC3339, s); err != nil || strings.Contains(s, ",") { // Go takes a comma before fractions
		return &Fault{path, "is no date and time", "write it as RFC 3339 has it, as 2026-11-24T12:00:00Z"}
	}
	return nil
}

func (w walker) object(t reflect.Type, path string) error {
	seen := make([]bool, t.NumField())
	for w.More() {
		name, err := w.name()
		if err != nil {
			return err
		}
		at := join(path, shown(name))
		i, known := member(t, name)
		if !known {
			return &Fault{at, "is not known", "leave it out; known here: " + strings.Join(members(t), ", ")}
		}
		if seen[i] {
			return &Fault{at, "stands there twice", "write it once"}
		}
		seen[i] = true
		if err := w.value(t.Field(i).Type, at); err != nil {
			return err
		}
	}
	for i := range t.NumField() {
		if name, needed := tag(t.Field(i)); needed && !seen[i] {
			return &Fault{join(path, name), "is missing", "write it"}
		}
	}
	_, err := w.next()
	return err
}

func (w walker) entries(t reflect.Type, path string) error {
	seen := map[string]bool{}
	for w.More() {
		name, err := w.name()
		if err != nil {
			return err
		}
		at := join(path, shown(name))
		if seen[name] {
			return &Fault{at, "stands there twice", "write it once"}
		}
		seen[name] = true
		if err := w.value(t, at); err != nil {
			return err
		}
	}
	_, err := w.next()
	return err
}

func (w walker) list(t reflect.Type, path string) error {
	for i := 0; w.More(); i++ {
		if err := w.value(t, fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	_, err := w.next()
	return err
}

// name reads the name of a member.
func (w walker) name() (string, error) {
	token, err := w.next()
	if err != nil {
		return "", err
	}
	name, _ := token.(string)
	return name, nil
}

func members(t reflect.Type) []string {
	names := make([]string, t.NumField())
	for i := range names {
		names[i], _ = tag(t.Field(i))
	}
	return names
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// shown is a foreign name as an answer or a log can hold it.
func shown(name string) string {
	const most = 64
	name = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, name)
	if runes := []rune(name); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return name
}
