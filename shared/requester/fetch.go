package requester

import (
	"context"
	"fmt"
	"io"
	"mime"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Opened is a document that a portal fetches: its octets, or where they are.
type Opened struct {
	Document
	Shown store.Shown   // what it is given as, in either case
	Body  io.ReadCloser // the octets; nil where there is a Link
	// Link is where the octets are for [conduct.LinkLife], for whoever has it: it is
	// for the portal, and for no log. Empty where there is a Body.
	Link string
}

// Open gives a document that waits for the portal, as often as it is asked for,
// until the portal confirms. That a document leaves is journalled before it does,
// the first time.
func (d *Desk) Open(ctx context.Context, portal, id string, number int) (*Opened, error) {
	_, r, err := d.both(ctx, portal, id)
	if err != nil {
		return nil, err
	}
	if r == nil || r.State != exchange.Delivered {
		return nil, wrongTime(r, onlyDelivered)
	}
	list := documents(r)
	if number < 1 || number > len(list) {
		return nil, &Refusal{Rule: "order.document", Detail: fmt.Sprintf("there is no document %d", number), Do: fmt.Sprintf("use a number from 1 to %d", len(list)), Kind: Unknown}
	}
	if err := d.leaves(ctx, r, portal, number); err != nil {
		return nil, err
	}
	o := &Opened{Document: list[number-1]}
	o.Shown = o.shown()
	if o.Link, err = d.Keeper.Link(ctx, &r.Documents[number-1], o.Shown); err != nil || o.Link != "" {
		return o, err
	}
	o.Body, _, err = d.Objects.Open(ctx, conduct.Bucket, r.Documents[number-1].Key, store.Range{})
	return o, err
}

const onlyDelivered = "evidence can be fetched in state delivered only"

// leaves journals that a document leaves for the portal, unless that was done. An
// exchange that was confirmed or ended meanwhile gives nothing any more.
func (d *Desk) leaves(ctx context.Context, r *conduct.Record, portal string, number int) error {
	if r.Documents[number-1].Fetched {
		return nil
	}
	c := &r.Documents[number-1]
	after, err := d.Keeper.Note(ctx, r.Key, func(r *conduct.Record) bool {
		if x, _ := r.At(d.Now()); x.State != exchange.Delivered || r.Documents[number-1].Fetched {
			return false
		}
		r.Documents[number-1].Fetched = true
		return true
	}, journal.Entry{
		Kind: journal.EvidenceFetched, At: d.Now(), RequestID: r.RequestID(), ResponseID: r.ResponseID,
		Fields: []journal.Field{{Name: "portal", Value: portal}}, Parts: []journal.Part{part(c)},
	})
	if err != nil {
		return err
	}
	if x, _ := after.At(d.Now()); x.State != exchange.Delivered {
		return wrongTime(after, onlyDelivered)
	}
	return nil
}

// part is a document as the journal names it.
func part(c *conduct.Document) journal.Part {
	return journal.Part{ContentID: c.CID, MimeType: c.MediaType, Evidence: c.Identifier, Size: c.Size}
}

// shown makes a document a file: whatever it is, nothing of it runs where it is
// fetched from.
func (d *Document) shown() store.Shown {
	mediaType := "application/octet-stream"
	if is, _, err := mime.ParseMediaType(d.MediaType); err == nil {
		mediaType = is
	}
	return store.Shown{MediaType: mediaType, Disposition: fmt.Sprintf("attachment; filename=%q", fmt.Sprintf("evidence-%d%s", d.Number, extensions[d.MediaType]))}
}

// extensions of the list OOTSMediaTypes.
var extensions = map[string]string{
	"application/json": ".json", "application/pdf": ".pdf", "application/xml": ".xml",
	"image/jpeg": ".jpg", "image/png": ".png", "image/svg+xml": ".svg",
}
