package c14n

import (
	"bytes"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/beevik/etree"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

// wholeDocument is the canonical form of a document by its tree.
func wholeDocument(d *etree.Document) ([]byte, error) {
	var out []byte
	rooted := false
	for _, c := range d.Child {
		switch c := c.(type) {
		case *etree.Element:
			var err error
			if out, err = AppendElement(out, c, nil); err != nil {
				return nil, err
			}
			rooted = true
		case *etree.ProcInst:
			pi := "<?" + c.Target + "?>"
			if c.Inst != "" {
				pi = "<?" + c.Target + " " + c.Inst + "?>"
			}
			if rooted {
				out = append(append(out, '\n'), pi...)
			} else {
				out = append(append(out, pi...), '\n')
			}
		}
	}
	return out, nil
}

func TestTreeAndStreamAgree(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2000) {
		doc, _ := document(seed)
		agree(t, []byte(doc), seed)
	}
}

// agree checks what must hold of each accepted document: tree and stream agree,
// however the stream is read; the canonical form is its own canonical form.
func agree(t *testing.T, doc []byte, seed uint64) {
	t.Helper()
	tree, err := xmlsafe.ParseBytes(doc, wide)
	var s bytes.Buffer
	if streamErr := Stream(&s, randomReads(doc, seed), wide); (err == nil) != (streamErr == nil) {
		t.Fatalf("tree: %v, stream: %v\n%s", err, streamErr, doc)
	}
	if err != nil {
		return
	}
	canonical, err := wholeDocument(tree)
	if err != nil {
		t.Fatalf("%v\n%s", err, doc)
	}
	if !bytes.Equal(canonical, s.Bytes()) {
		t.Fatalf("tree\n%s\nstream\n%s\ndocument\n%s", canonical, s.Bytes(), doc)
	}
	var again bytes.Buffer
	if err := Stream(&again, bytes.NewReader(canonical), wide); err != nil || !bytes.Equal(again.Bytes(), canonical) {
		t.Fatalf("error %v, canonical\n%s\nagain\n%s", err, canonical, again.Bytes())
	}
}

type pieces struct {
	r    io.Reader
	rand *rand.Rand
}

func (p *pieces) Read(b []byte) (int, error) { return p.r.Read(b[:min(len(b), 1+p.rand.IntN(9))]) }

func randomReads(doc []byte, seed uint64) io.Reader {
	return &pieces{bytes.NewReader(doc), rand.New(rand.NewPCG(seed, 9))}
}

// TestElementsStandAlone: the form of an element in its place is a document of
// its own with that very form.
func TestElementsStandAlone(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		doc, _ := document(seed)
		for i, el := range allElements(parse(t, doc).Root()) {
			form, err := AppendElement(nil, el, nil)
			if err != nil {
				t.Fatalf("%s: %v\n%s", describe(seed, i+1, nil), err, doc)
			}
			again, err := AppendElement(nil, parse(t, string(form)).Root(), nil)
			if err != nil || !bytes.Equal(form, again) {
				t.Fatalf("%s: error %v\n%s\n%s", describe(seed, i+1, nil), err, form, again)
			}
		}
	}
}

// TestOrderOfPrefixListDoesNotMatter, nor does repetition.
func TestOrderOfPrefixListDoesNotMatter(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		doc, n := document(seed)
		el := allElements(parse(t, doc).Root())[int(seed)%n]
		list := prefixList(seed)
		one, err := AppendElement(nil, el, list)
		slices.Reverse(list)
		other, otherErr := AppendElement(nil, el, append(list, list...))
		if err != nil || otherErr != nil || !bytes.Equal(one, other) {
			t.Fatalf("%s: errors %v, %v\n%s\n%s", describe(seed, 0, list), err, otherErr, one, other)
		}
	}
}

func TestStreamCostsConstantMemory(t *testing.T) {
	t.Parallel()
	w := &largest{}
	doc := soapLike(4 << 20)
	if err := Stream(w, bytes.NewReader(doc), wide); err != nil {
		t.Fatal(err)
	}
	if w.most > 2*flushAt || w.total < len(doc)/2 {
		t.Errorf("largest write %d octets of %d", w.most, w.total)
	}
}

type largest struct{ most, total int }

func (l *largest) Write(b []byte) (int, error) {
	l.most = max(l.most, len(b))
	l.total += len(b)
	return len(b), nil
}

func FuzzStream(f *testing.F) {
	for _, tc := range forms {
		f.Add([]byte(tc.doc), uint64(1))
	}
	for seed := range uint64(20) {
		doc, _ := document(seed)
		f.Add([]byte(doc), seed)
	}
	f.Fuzz(func(t *testing.T, doc []byte, seed uint64) { agree(t, doc, seed) })
}
