package registry

import (
	"bytes"
	"encoding/json"
	"errors"
)

// longText is from how many octets on a text is left out where only the shape of
// an answer is looked at. Every text but a document's content must be shorter.
const longText = 8 << 10

// shortened is JSON without its long texts, which are empty in it. What is no JSON
// stays none.
func shortened(body []byte) []byte {
	var short []byte
	for {
		begin := bytes.IndexByte(body, '"') + 1
		if begin == 0 {
			return append(short, body...)
		}
		end := begin + textLength(body[begin:])
		if end-begin >= longText && end < len(body) {
			short = append(short, body[:begin]...)
			body = body[end:]
			short, body = append(short, body[0]), body[1:]
			continue
		}
		end = min(end+1, len(body))
		short, body = append(short, body[:end]...), body[end:]
	}
}

// textLength is how many octets stand before the quote that ends a text.
func textLength(b []byte) int {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(b)
}

// breaks is the place at which JSON is none, in octets.
func breaks(body []byte) int64 {
	var none struct{}
	if s, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(body, &none)); ok {
		return s.Offset
	}
	return int64(len(body))
}
