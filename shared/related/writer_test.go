package related

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

func write(w io.Writer, o Outline, contents [][]byte) error {
	m, err := NewWriter(w, o)
	if err != nil {
		return err
	}
	for _, c := range contents {
		if err := m.Next(); err != nil {
			return err
		}
		if _, err := m.Write(c); err != nil {
			return err
		}
	}
	return m.Close()
}

var outline = Outline{Boundary: "=_as4_5e26dcc5", Parts: []Entry{
	{ContentType: "application/soap+xml; charset=UTF-8", ContentID: "root.d8709417@ap-xa-01.example", Size: 6},
	{ContentType: "application/octet-stream", ContentID: "2a741635@ap-xa-01.example", Size: 4},
}}

func TestWriterWritesTheGoldenMessage(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	b.WriteString("Content-Type: " + outline.ContentType() + "\r\n\r\n")
	if err := write(&b, outline, [][]byte{[]byte("<env/>"), {0, 1, 2, 3}}); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "message.golden")
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsWrittenIsReadAndAsLongAsSaid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		contents := rapid.SliceOfN(rapid.SliceOf(rapid.Byte()), 1, 8).Draw(t, "contents")
		o := Outline{Boundary: "=_as4_5e26dcc5"}
		var want []read
		for i, c := range contents {
			id := strings.Repeat("x", i+1) + "@a"
			o.Parts = append(o.Parts, Entry{"application/pdf", id, int64(len(c))})
			want = append(want, read{id, "application/pdf", string(c)})
		}
		var b bytes.Buffer
		if err := write(&b, o, contents); err != nil {
			t.Fatal(err)
		}
		if int64(b.Len()) != o.ContentLength() {
			t.Fatalf("wrote %d octets, said %d", b.Len(), o.ContentLength())
		}
		ct, err := ParseContentType(o.ContentType())
		if err != nil {
			t.Fatal(err)
		}
		got, err := readAll(NewReader(&b, ct, Limits{}))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestTheStandardLibraryReadsWhatIsWritten(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := write(&b, outline, [][]byte{[]byte("<env/>"), {0, 1, 2, 3}}); err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(outline.ContentType())
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(&b, params["boundary"])
	for _, e := range outline.Parts {
		p, err := r.NextRawPart()
		if err != nil || p.Header.Get("Content-ID") != "<"+e.ContentID+">" {
			t.Fatal(p, err)
		}
		if n, err := io.Copy(io.Discard, p); n != e.Size || err != nil {
			t.Error(n, err)
		}
	}
	if _, err := r.NextRawPart(); err != io.EOF {
		t.Error(err)
	}
}

func TestWriterRefusesOutlines(t *testing.T) {
	t.Parallel()
	entry := Entry{ContentType: "a/b", ContentID: "x@a"}
	for name, tt := range map[string]struct {
		o    Outline
		rule string
	}{
		"without a part":               {Outline{Boundary: "b"}, RuleParts},
		"without a boundary":           {Outline{Parts: []Entry{entry}}, RuleBoundary},
		"with an illegal boundary":     {Outline{Boundary: "b\r\n", Parts: []Entry{entry}}, RuleBoundary},
		"with one id twice":            {Outline{Boundary: "b", Parts: []Entry{entry, {"a/b", "x%40a", 0}}}, RuleDuplicate},
		"without an id":                {Outline{Boundary: "b", Parts: []Entry{{"a/b", "", 0}}}, RuleContentID},
		"with a line end in an id":     {Outline{Boundary: "b", Parts: []Entry{{"a/b", "x\r\nY: z", 0}}}, RuleContentID},
		"with a line end in a type":    {Outline{Boundary: "b", Parts: []Entry{{"a/b\r\nY: z", "x@a", 0}}}, RuleContentType},
		"without a type":               {Outline{Boundary: "b", Parts: []Entry{{"", "x@a", 0}}}, RuleContentType},
		"with a part of negative size": {Outline{Boundary: "b", Parts: []Entry{{"a/b", "x@a", -1}}}, RuleOutline},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := NewWriter(io.Discard, tt.o)
			wantRule(t, err, tt.rule)
		})
	}
}

func TestWriterHoldsToItsOutline(t *testing.T) {
	t.Parallel()
	full, short, long := []byte("<env/>"), []byte("<env"), []byte("<env/>.")
	for name, contents := range map[string][][]byte{
		"a part too short":   {short, {0, 1, 2, 3}},
		"a part too long":    {long, {0, 1, 2, 3}},
		"a part missing":     {full},
		"a part too many":    {full, {0, 1, 2, 3}, {}},
		"the last too short": {full, {0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantRule(t, write(io.Discard, outline, contents), RuleOutline)
		})
	}
}

func TestWriterReportsTheErrorBelow(t *testing.T) {
	t.Parallel()
	full := errors.New("connection lost")
	for after := range 5 {
		err := write(&failing{after, full}, outline, [][]byte{[]byte("<env/>"), {0, 1, 2, 3}})
		if !errors.Is(err, full) {
			t.Errorf("after %d writes: got %v", after, err)
		}
	}
}

type failing struct {
	left int
	err  error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.left == 0 {
		return 0, f.err
	}
	f.left--
	return len(p), nil
}

func TestBoundariesAreLegalAndDiffer(t *testing.T) {
	t.Parallel()
	random := strings.NewReader(strings.Repeat("a", 16) + strings.Repeat("b", 16))
	first, err := NewBoundary(random)
	if err != nil || checkBoundary(first) != nil {
		t.Fatal(first, err)
	}
	if second, err := NewBoundary(random); err != nil || second == first {
		t.Error(second, err)
	}
	if _, err := NewBoundary(random); err == nil {
		t.Error("a boundary without randomness")
	}
}
