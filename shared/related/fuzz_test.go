package related

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"strings"
	"testing"
)

// FuzzReader compares with mime/multipart where both accept, and with itself
// when the octets arrive in other pieces.
func FuzzReader(f *testing.F) {
	f.Add([]byte(crlf(soap+"--b\nContent-Type: application/pdf\nContent-ID: <1@a>\n\none\ntwo\n\n--b--\n")), "b", 7)
	f.Add([]byte(soap+"--b--"), "b", 1)
	f.Add([]byte(crlf("preamble\n--b \nX: y\n z\n\n--bx\n--b\n\n--b--\nepilogue")), "b", 3)
	f.Add([]byte(crlf("--b\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--b--\n")), "b", 2)
	f.Add([]byte("--b\n\nx\r\n--b\n--b\r\n\r\n\n--b--"), "b", 5)
	f.Add([]byte(crlf("--a:b\n\n--a\n--a:b--\n")), "a:b", 4)
	f.Fuzz(func(t *testing.T, body []byte, boundary string, split int) {
		ct := ContentType{Boundary: boundary}
		got, err := rawParts(NewReader(bytes.NewReader(body), ct, Limits{}))
		again, againErr := rawParts(NewReader(&splitReader{body, 1 + split&0xFF}, ct, Limits{}))
		if fmt.Sprint(err) != fmt.Sprint(againErr) || fmt.Sprint(got) != fmt.Sprint(again) {
			t.Fatalf("whole: %q, %v\nin pieces: %q, %v", got, err, again, againErr)
		}
		if err != nil {
			return
		}
		want, err := standardParts(body, boundary)
		if err != nil {
			return
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Fatalf("got %q\nmime/multipart %q", got, want)
		}
	})
}

type splitReader struct {
	rest []byte
	n    int
}

func (s *splitReader) Read(p []byte) (int, error) {
	n := copy(p[:min(len(p), s.n)], s.rest)
	s.rest = s.rest[n:]
	if len(s.rest) == 0 {
		return n, io.EOF
	}
	return n, nil
}

// rawParts gives type, id and the octets on the wire of each part.
func rawParts(r *Reader) ([][3]string, error) {
	var parts [][3]string
	for {
		p, err := r.Next()
		if err == io.EOF {
			return parts, nil
		}
		if err != nil {
			return parts, err
		}
		content, err := io.ReadAll(p.raw)
		if err != nil {
			return parts, err
		}
		parts = append(parts, [3]string{p.Header.Get("Content-Type"), p.Header.Get("Content-ID"), string(content)})
	}
}

func standardParts(body []byte, boundary string) ([][3]string, error) {
	var parts [][3]string
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return parts, nil
		}
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(p)
		if err != nil {
			return nil, err
		}
		parts = append(parts, [3]string{strings.TrimSpace(p.Header.Get("Content-Type")), strings.TrimSpace(p.Header.Get("Content-ID")), string(content)})
	}
}

// FuzzContentType looks for panics, and for what does not survive writing and reading.
func FuzzContentType(f *testing.F) {
	f.Add(`multipart/related; type="application/soap+xml"; boundary="=_as4_5e26"; start="<r@a>"; start-info="a\"b"`)
	f.Add("multipart/related;\r\n\tboundary=----=_Part_0")
	f.Fuzz(func(t *testing.T, field string) {
		ct, err := ParseContentType(field)
		if err != nil {
			return
		}
		if err := checkBoundary(ct.Boundary); err != nil {
			t.Fatal(err)
		}
		ct.Charset = ""
		if again, err := ParseContentType(ct.String()); err == nil && again.Boundary != ct.Boundary {
			t.Fatalf("%+v is written and read as %+v", ct, again)
		}
	})
}
