package partners

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	if list, err := checkShape(octets); err != nil || len(list) > 0 {
		if err != nil {
			return nil, fmt.Errorf("read partners document: %w", err)
		}
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

// value checks the next value. Whether a scalar has the right kind is left to
// json.Unmarshal.
func (s *shape) value(t reflect.Type, path string) error {
	token, err := s.dec.Token()
	if err != nil {
		return err
	}
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch token {
	case json.Delim('{'):
		return s.object(t, path)
	case json.Delim('['):
		return s.array(t, path)
	case nil:
		s.problem(cmpPath(path), "null", "stands for nothing", "write a value or leave the field out")
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
		switch {
		case seen[name]:
			s.problem(at, "", "stands there twice", "write it once")
		case fields != nil && !known:
			s.problem(at, "", "is no field of this version", "use one of "+strings.Join(names(fields), ", "))
		}
		seen[name] = true
		if err := s.value(field, at); err != nil {
			return err
		}
	}
	_, err := s.dec.Token()
	return err
}

func (s *shape) array(t reflect.Type, path string) error {
	var element reflect.Type
	if t != nil && t.Kind() == reflect.Slice {
		element = t.Elem()
	}
	for i := 0; s.dec.More(); i++ {
		if err := s.value(element, fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	_, err := s.dec.Token()
	return err
}

// fieldsOf maps JSON names to the types of fields; nil for what is no object.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" {
			fields[name] = t.Field(i).Type
		}
	}
	return fields
}

func names(fields map[string]reflect.Type) []string {
	list := make([]string, 0, len(fields))
	for name := range fields {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// cmpPath names the whole document where the path is empty.
func cmpPath(path string) string {
	if path == "" {
		return "document"
	}
	return path
}
