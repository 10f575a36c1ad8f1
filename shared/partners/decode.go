package partners

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Parse reads and validates a document. The error for one that can be read but
// not used is an [*Invalid] with everything that is wrong. Warnings do not count:
// see [Document.Validate].
func Parse(octets []byte) (*Document, error) {
	d, err := decode(octets)
	if err != nil {
		return nil, err
	}
	f := findings{list: d.Validate()}
	if problems := f.problems(); len(problems) > 0 {
		return nil, &Invalid{problems}
	}
	return d, nil
}

func decode(octets []byte) (*Document, error) {
	if len(octets) > MaxBytes {
		return nil, fmt.Errorf("partners document has %d octets, at most %d are read (limit.bytes)", len(octets), MaxBytes)
	}
	if err := checkVersion(octets); err != nil {
		return nil, err
	}
	list, err := checkShape(octets)
	if err != nil {
		return nil, fmt.Errorf("read partners document: %w", err)
	}
	if len(list) > 0 {
		return nil, &Invalid{list}
	}
	d := new(Document)
	if err := json.Unmarshal(octets, d); err != nil {
		return nil, fmt.Errorf("read partners document: %w", err)
	}
	return d, nil
}

// checkVersion comes first: another version has other fields.
func checkVersion(octets []byte) error {
	var d struct {
		Version *string `json:"version"`
	}
	err := json.Unmarshal(octets, &d)
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mistyped):
		return fmt.Errorf(`partners document has a %s where an object with "version": %q belongs; write one, or make it with vienreiz partners import`, mistyped.Value, Version)
	case err != nil:
		return fmt.Errorf("partners document is no JSON: %w", err)
	case d.Version == nil:
		return fmt.Errorf(`partners document has no "version"; this program reads version %q: write it, or make the document with vienreiz partners import`, Version)
	case *d.Version != Version:
		return fmt.Errorf("partners document has version %q, this program reads %q; use the program that wrote it, or import the P-Mode again", clip(*d.Version), Version)
	}
	return nil
}

// shape walks a document beside the type that it shall have. encoding/json takes
// names in any case and the last of two equal ones; another reader might not.
type shape struct {
	findings
	dec *json.Decoder
}

func checkShape(octets []byte) ([]Finding, error) {
	s := shape{dec: json.NewDecoder(bytes.NewReader(octets))}
	if err := s.value(reflect.TypeFor[Document](), ""); err != nil {
		return nil, err
	}
	if _, err := s.dec.Token(); err != io.EOF {
		return nil, errors.New("something follows the document; leave it out")
	}
	return s.list, nil
}

// value checks the next value. Its recursion ends where the type does; what is
// unknown is skipped.
func (s *shape) value(t reflect.Type, path string) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	token, err := s.dec.Token()
	if err != nil {
		return err
	}
	want := map[reflect.Kind]string{reflect.Struct: "an object", reflect.Slice: "a list", reflect.String: "a text", reflect.Int: "a number", reflect.Bool: "true or false"}[t.Kind()]
	is, value := "null", fmt.Sprint(token)
	switch token := token.(type) {
	case json.Delim:
		if token == '{' && t.Kind() == reflect.Struct {
			return s.object(t, path)
		}
		if token == '[' && t.Kind() == reflect.Slice {
			return s.array(t.Elem(), path)
		}
		return fmt.Errorf("%s: a %q begins where %s belongs", pathOf(path), token.String(), want)
	case string:
		is = "a text"
	case float64:
		is = "a number"
	case bool:
		is = "true or false"
	case nil:
		value = "null"
	}
	if is != want {
		s.problem(pathOf(path), value, "is not "+want, "write "+want+", or leave an optional field out")
	}
	return nil
}

func (s *shape) object(t reflect.Type, path string) error {
	fields := fieldsOf(t)
	seen := map[string]bool{}
	for s.dec.More() {
		token, err := s.dec.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		at := strings.TrimPrefix(path+"."+clip(printable(name)), ".")
		field, known := fields[name]
		if seen[name] {
			s.problem(at, "", "stands there twice", "write it once")
		}
		seen[name] = true
		if known {
			err = s.value(field, at)
		} else {
			s.problem(at, "", "is no field of this version", "use one of "+strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
			err = s.dec.Decode(new(json.RawMessage))
		}
		if err != nil {
			return err
		}
	}
	_, err := s.dec.Token()
	return err
}

func (s *shape) array(element reflect.Type, path string) error {
	for i := 0; s.dec.More(); i++ {
		if err := s.value(element, fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	_, err := s.dec.Token()
	return err
}

// fieldsOf maps JSON names to the types of fields.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" {
			fields[name] = t.Field(i).Type
		}
	}
	return fields
}

// pathOf names the whole document where the path is empty.
func pathOf(path string) string {
	if path == "" {
		return "document"
	}
	return path
}
