package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// ParseFound reads and judges the answer to a search about that kind of subject. The error is an *Error.
func ParseFound(body []byte, subject Subject, now time.Time) (*Found, error) {
	f := &Found{}
	if err := decode(body, f); err != nil {
		return nil, err
	}
	if f.Entries == nil {
		return nil, bad("entries", "the answer has no list of entries; it is empty when nobody is found")
	}
	if err := f.check(subject, now); err != nil {
		return nil, err
	}
	return f, nil
}

// ParseEvidence reads and judges the answer to a fetch of these formats (none: any). What may be left out is
// filled in: classifications and whose companion a document is. The error is an *Error.
func ParseEvidence(body []byte, formats []string, now time.Time) (*Evidence, error) {
	e := &Evidence{}
	if err := decode(body, e); err != nil {
		return nil, err
	}
	if err := e.check(formats, now); err != nil {
		return nil, err
	}
	return e, nil
}

// decode reads one JSON object strictly. Whether it has the right shape is seen
// without its long texts: so a document is in memory twice and no more, in the
// answer and decoded.
func decode[V any](body []byte, into *V) error {
	if len(body) > MaxAnswerBytes {
		return bad("limit.answer", "the answer has more than %d octets", MaxAnswerBytes)
	}
	if !utf8.Valid(body) {
		return bad("json", "the answer is no UTF-8")
	}
	short := shortened(body)
	if err := walk(short, body); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(short))
	d.DisallowUnknownFields()
	if err := d.Decode(new(V)); err != nil {
		return shapeless(err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return shapeless(err)
	}
	return nil
}

// shapeless says what is wrong without quoting a value.
func shapeless(err error) error {
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return bad("json.type", "the field %.80s has a value of the wrong type", t.Field)
	}
	return bad("json.field", "a field is not of the operation, or a value cannot be read: names are written as in registry.yaml, content is base64, times are RFC 3339")
}

// level is an object or a list that is open while the answer is walked through.
type level struct {
	names map[string]bool // nil in a list
	name  bool            // a name comes next
}

// walk holds what the decoder lets through: one value, no name twice, not deep, not many.
func walk(short, body []byte) error {
	d := json.NewDecoder(bytes.NewReader(short))
	var open []level
	for count := 1; ; count++ {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && count > 1 && len(open) == 0:
			return nil
		case err != nil:
			return bad("json", "the answer is no JSON object: it breaks at octet %d", breaks(body))
		case count == 1 && token != json.Delim('{'), count > 1 && len(open) == 0:
			return bad("json", "the answer is not one JSON object")
		case count > MaxValues:
			return bad("limit.values", "the answer has more than %d names and values", MaxValues)
		}
		if open, err = step(open, token); err != nil {
			return err
		}
	}
}

func step(open []level, token json.Token) ([]level, error) {
	top := len(open) - 1
	if top >= 0 && open[top].name {
		if name, ok := token.(string); ok {
			lower := strings.ToLower(name) // the decoder does not mind case
			if open[top].names[lower] {
				return nil, bad("json.twice", "a name stands twice in one object, %d deep", len(open))
			}
			open[top].names[lower], open[top].name = true, false
			return open, nil
		}
	}
	switch token {
	case json.Delim('{'), json.Delim('['):
		if len(open) == MaxDepth {
			return nil, bad("limit.depth", "the answer is more than %d deep", MaxDepth)
		}
		l := level{}
		if token == json.Delim('{') {
			l = level{names: map[string]bool{}, name: true}
		}
		return append(open, l), nil
	case json.Delim('}'), json.Delim(']'):
		open = open[:top]
	}
	if top = len(open) - 1; top >= 0 {
		open[top].name = open[top].names != nil
	}
	return open, nil
}

// at is the place of a value in an answer.
func at(list string, i int, field string) string { return fmt.Sprintf("%s[%d].%s", list, i, field) }
