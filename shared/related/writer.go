package related

import (
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// Entry is one part to be written, with binary transfer encoding.
type Entry struct {
	ContentType string // may have parameters
	ContentID   string // without <>; of letters, digits, ".", "-" and "@", peers escape the rest in several ways
	Size        int64  // octets of the content
}

// Outline is a message before it is written: enough to tell its length, which
// HTTP wants first (the P-Modes of OOTS forbid chunks).
type Outline struct {
	Boundary string  // must not be in any content: draw it with [NewBoundary]
	Parts    []Entry // the first is the root
}

// NewBoundary draws a boundary of 128 random bits. Its "=_" is in no base64 and
// no quoted-printable content.
func NewBoundary(rand io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fmt.Errorf("draw boundary: %w", err)
	}
	return "=_as4_" + hex.EncodeToString(b[:]), nil
}

// ContentType returns the value of the message's Content-Type field.
func (o Outline) ContentType() string {
	ct := ContentType{Boundary: o.Boundary}
	if len(o.Parts) > 0 {
		ct.Type = mediaType(o.Parts[0].ContentType)
		ct.Start = o.Parts[0].ContentID
	}
	return ct.String()
}

// ContentLength returns the octets that a [Writer] will write.
func (o Outline) ContentLength() int64 {
	n := int64(len(o.closing()))
	for i, e := range o.Parts {
		n += int64(len(o.opening(i))) + e.Size
	}
	return n
}

func (o Outline) opening(i int) string {
	e := o.Parts[i]
	var b strings.Builder
	if i > 0 {
		b.WriteString("\r\n")
	}
	b.WriteString("--" + o.Boundary + "\r\n")
	b.WriteString("Content-Type: " + e.ContentType + "\r\n")
	b.WriteString("Content-Transfer-Encoding: binary\r\n")
	b.WriteString("Content-ID: <" + e.ContentID + ">\r\n\r\n")
	return b.String()
}

func (o Outline) closing() string { return "\r\n--" + o.Boundary + "--\r\n" }

func (o Outline) check() error {
	if len(o.Parts) == 0 {
		return refuse(RuleParts, "an outline needs a root part")
	}
	if err := checkBoundary(o.Boundary); err != nil {
		return err
	}
	seen := make(map[string]bool)
	for _, e := range o.Parts {
		if err := checkContentID(e.ContentID); err != nil {
			return err
		}
		if id := CanonicalID(e.ContentID); seen[id] {
			return refuse(RuleDuplicate, "two parts have the Content-ID %q", e.ContentID)
		} else {
			seen[id] = true
		}
		if badOctet(e.ContentType, false) >= 0 || strings.ContainsAny(e.ContentType, "\r\n") || !strings.Contains(e.ContentType, "/") {
			return refuse(RuleContentType, "%q is no media type", e.ContentType)
		}
		if e.Size < 0 {
			return refuse(RuleOutline, "part %q has a negative size", e.ContentID)
		}
	}
	return nil
}

// Writer writes a message as its outline says.
type Writer struct {
	w       io.Writer
	outline Outline
	next    int
	left    int64 // of the current part
}

// NewWriter checks the outline: boundary, Content-IDs and their uniqueness, types.
func NewWriter(w io.Writer, o Outline) (*Writer, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	return &Writer{w: w, outline: o}, nil
}

// Next begins the next part of the outline; its content then goes to Write.
// Errors: the part before is not complete, there is no further part.
func (w *Writer) Next() error {
	if err := w.complete(); err != nil {
		return err
	}
	if w.next == len(w.outline.Parts) {
		return refuse(RuleOutline, "no part is left, the outline has %d", w.next)
	}
	if _, err := io.WriteString(w.w, w.outline.opening(w.next)); err != nil {
		return fmt.Errorf("write multipart: %w", err)
	}
	w.left = w.outline.Parts[w.next].Size
	w.next++
	return nil
}

// Write adds content to the current part, and refuses more than its size.
func (w *Writer) Write(p []byte) (int, error) {
	if int64(len(p)) > w.left {
		return 0, refuse(RuleOutline, "%d octets are left in the part, %d were written", w.left, len(p))
	}
	n, err := w.w.Write(p)
	w.left -= int64(n)
	if err != nil {
		return n, fmt.Errorf("write multipart: %w", err)
	}
	return n, nil
}

// Close writes the closing boundary, once every part is complete.
func (w *Writer) Close() error {
	if err := w.complete(); err != nil {
		return err
	}
	if w.next < len(w.outline.Parts) {
		return refuse(RuleOutline, "%d of %d parts were written", w.next, len(w.outline.Parts))
	}
	if _, err := io.WriteString(w.w, w.outline.closing()); err != nil {
		return fmt.Errorf("write multipart: %w", err)
	}
	return nil
}

func (w *Writer) complete() error {
	if w.left > 0 {
		return refuse(RuleOutline, "%d octets of part %d are missing", w.left, w.next)
	}
	return nil
}
