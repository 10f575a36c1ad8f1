package handler

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/preview"
	"github.com/vienreiz/vienreiz/shared/store"
)

// piece is one piece of evidence on the page: the person decides on it as a whole.
type piece struct {
	Number    int
	Title     string
	Documents []shown
}

// shown is one document of a piece.
type shown struct {
	Link, Title, MediaType, Language, Issued, From, Until, Authority string

	Companion, ShownOnly bool
	Readable             bool // a version of the main document to read
	Size                 int64
	Inline               string // how the page shows it itself: "pdf", "image" or ""
	Rows                 []row  // of structured evidence
}

// MaxInline bounds a document that the page shows itself and this function gives,
// in octets. A larger one is shown from the store's own origin, or has a link only.
const MaxInline = conduct.LinkAbove

// pieces are what the person decides on, with documents from elsewhere if there
// is an elsewhere.
func (p *pages) pieces(ctx context.Context, v *visit, x *conduct.Record, target string, elsewhere bool) []piece {
	var list []piece
	for i := range x.Documents {
		d := &x.Documents[i]
		at := slices.IndexFunc(list, func(p piece) bool { return p.Number == d.Piece })
		if at < 0 {
			list = append(list, piece{Number: d.Piece, Title: d.Title})
			at = len(list) - 1
		}
		s := describe(d, fmt.Sprintf("%s%s/document/%d", v.root, target, i+1), v.lang)
		if d.Size > MaxInline && !elsewhere {
			s.Inline = ""
		}
		s.Rows = p.rows(ctx, x, i+1)
		list[at].Documents = append(list[at].Documents, s)
	}
	return list
}

func describe(d *conduct.Document, link, lang string) shown {
	s := shown{
		Link: link, Title: d.Title, MediaType: d.MediaType, Language: d.Language, Issued: d.IssuingDate, From: d.ValidFrom, Until: d.ValidUntil,
		Authority: nameIn(d.Authority, lang), Companion: d.Classification != edm.MainEvidence, ShownOnly: d.ShownOnly,
		Readable: d.Classification == edm.HumanReadableVersion, Size: d.Size,
	}
	switch d.MediaType {
	case "application/pdf":
		s.Inline = "pdf"
	case "image/png", "image/jpeg":
		s.Inline = "image"
	}
	return s
}

// rows are structured evidence as a table; none when it is no XML that can be shown like that.
func (p *pages) rows(ctx context.Context, x *conduct.Record, number int) []row {
	d := &x.Documents[number-1]
	if !isXML(d.MediaType) || d.Size > MaxReadable {
		return nil
	}
	body, err := p.Preview.Document(ctx, x, number)
	if err != nil {
		slog.WarnContext(ctx, "a document cannot be shown as a table", slog.String("error", err.Error()))
		return nil
	}
	defer body.Close()
	octets, err := io.ReadAll(io.LimitReader(body, MaxReadable+1))
	if err != nil {
		return nil
	}
	return readable(octets)
}

// elsewhere is the origin of the store, when documents of the exchange are shown
// from there; empty when none is.
func (p *pages) elsewhere(ctx context.Context, x *conduct.Record) (string, error) {
	for i := range x.Documents {
		link, err := p.Preview.Link(ctx, x, i+1, asFile(&x.Documents[i]))
		if err != nil {
			return "", err
		}
		if u, err := url.Parse(link); err == nil && u.Host != "" {
			return u.Scheme + "://" + u.Host, nil
		}
	}
	return "", nil
}

// document gives the octets of one document, which no script can read, or leads
// to where they are.
func (p *pages) document(v *visit, w http.ResponseWriter, r *http.Request) error {
	x, target, err := p.record(v, r)
	if err != nil {
		return err
	}
	if !v.Admitted[target] {
		return signFirst
	}
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return notFound
	}
	if number < 1 || number > len(x.Documents) {
		return preview.ErrOver
	}
	d := &x.Documents[number-1]
	link, err := p.Preview.Link(r.Context(), x, number, asFile(d))
	if err != nil {
		return err
	}
	if link != "" {
		w.Header().Set("Location", link)
		w.WriteHeader(http.StatusSeeOther)
		return nil
	}
	body, err := p.Preview.Document(r.Context(), x, number)
	if err != nil {
		return err
	}
	defer body.Close()
	serve(w.Header(), d)
	_, _ = io.Copy(w, body) // the status is out: a break is seen by the length
	return nil
}

// asFile is what a document is given as: PDF and pictures are shown; anything that
// could be a page is text, and what is not known a download.
func asFile(d *conduct.Document) store.Shown {
	kind, disposition, ending := safeType(d.MediaType)
	return store.Shown{MediaType: kind, Disposition: mime.FormatMediaType(disposition, map[string]string{"filename": d.Identifier + ending})}
}

// serve sets how a browser treats a document, which our own pages can show too:
// nothing in it runs.
func serve(h http.Header, d *conduct.Document) {
	as := asFile(d)
	restrict := "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; object-src 'self'; frame-ancestors 'self'"
	if d.MediaType != "application/pdf" {
		restrict += "; sandbox"
	}
	h.Set("Content-Security-Policy", restrict)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Type", as.MediaType)
	h.Set("Content-Disposition", as.Disposition)
	h.Set("Content-Length", strconv.FormatInt(d.Size, 10))
}

func safeType(mediaType string) (kind, disposition, ending string) {
	switch {
	case mediaType == "application/pdf":
		return mediaType, "inline", ".pdf"
	case mediaType == "image/png":
		return mediaType, "inline", ".png"
	case mediaType == "image/jpeg":
		return mediaType, "inline", ".jpg"
	case isXML(mediaType):
		return "text/plain; charset=utf-8", "inline", ".xml"
	case mediaType == "application/json":
		return "text/plain; charset=utf-8", "inline", ".json"
	case mediaType == "text/plain":
		return "text/plain; charset=utf-8", "inline", ".txt"
	}
	return "application/octet-stream", "attachment", ""
}

func isXML(mediaType string) bool { return mediaType == "application/xml" || mediaType == "text/xml" }
