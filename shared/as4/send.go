package as4

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
)

// Sender signs messages, pushes them and judges what comes back. Its fields are
// set before the first message and not changed.
type Sender struct {
	Identity Identity
	Client   *http.Client
	Now      func() time.Time
	Rand     io.Reader
	NewID    func() string // MessageIds and Content-IDs: unique@domain, of [A-Za-z0-9.-]
	Limits   Limits        // what a part may have; Message is not used
}

// Outgoing is a message before it is signed. From and To are filled in; a
// Timestamp and MessageID that are empty are made. Parts follow Contents.
type Outgoing struct {
	ebms.UserMessage
	Contents []Content
}

// Content is one payload.
type Content struct {
	CID          string // Content-ID without brackets; empty: made
	MimeType     string // before compression
	CharacterSet string // of XML; empty leaves the property out
	Compression  Compression
	Properties   []ebms.Property // further part properties
	Open         func() (io.ReadCloser, error)
}

// Outbox keeps what was signed for one message, so that every attempt sends the
// same signed content (architecture rule 3).
type Outbox interface {
	Create(n int) (io.WriteCloser, error) // place for the signed octets of part n
	Open(n int) (io.ReadCloser, error)    // those octets again
	Store(m *SignedMessage) error         // durable from here on
}

// SignedMessage is what a message needs besides its parts' octets to be sent,
// and to have its receipt judged, at any later time.
type SignedMessage struct {
	To        ebms.PartyID
	MessageID string
	signedEnvelope
	Parts []SignedPart
}

// SignedPart describes the signed octets of one part.
type SignedPart struct {
	CID      string
	WireType string // MIME type when signed; application/gzip for a compressed part
	Size     int64  // octets
}

// Sign prepares a message for a partner: properties of its dialect, compression,
// digests, one signature. What is to be sent lies in the outbox when it returns.
func (s *Sender) Sign(ctx context.Context, p *Partner, out Outgoing, box Outbox) (*SignedMessage, error) {
	m := out.UserMessage
	leg, err := s.address(p, &m)
	if err != nil {
		return nil, err
	}
	key, ok := s.Identity.signerFor(p)
	if !ok {
		return nil, fmt.Errorf("none of our signing keys fits profile %s of partner %q", p.Profile.Name, p.ID.Value)
	}
	if len(out.Contents) > MaxParts {
		return nil, fmt.Errorf("message has %d parts, at most %d can be sent", len(out.Contents), MaxParts)
	}
	signed := &SignedMessage{To: p.ID, MessageID: m.MessageID}
	var refs []dsig.Reference
	for n := range out.Contents {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		content := out.Contents[n]
		content.Compression = cmp.Or(content.Compression, leg.Compression)
		part, info, digest, err := s.signPart(n, &content, box)
		if err != nil {
			return nil, fmt.Errorf("prepare part %d: %w", n+1, err)
		}
		m.Parts = append(m.Parts, info)
		signed.Parts = append(signed.Parts, part)
		refs = append(refs, partReference(part.CID, digest))
	}
	if err := m.CheckOutgoing(); err != nil {
		return nil, err
	}
	env, err := signEnvelope(s.Rand, key, m.MessageID, func(id string) []byte { return ebms.AppendUserMessage(nil, id, &m) }, refs)
	if err != nil {
		return nil, err
	}
	signed.signedEnvelope = *env
	return signed, box.Store(signed)
}

// address fills in what the agreement fixes and checks the rest.
func (s *Sender) address(p *Partner, m *ebms.UserMessage) (Leg, error) {
	m.From.ID, m.To.ID = s.Identity.Party, p.ID
	leg, ok := p.leg(m)
	if !ok {
		return leg, fmt.Errorf("service %q with action %q is not agreed with partner %q", m.Service.Value, m.Action, p.ID.Value)
	}
	from, to := leg.roles()
	m.From.Role = cmp.Or(m.From.Role, from, ebms.OOTSRole)
	m.To.Role = cmp.Or(m.To.Role, to, ebms.OOTSRole)
	if m.MessageID == "" {
		m.MessageID = s.NewID()
	}
	if m.Timestamp.IsZero() {
		m.Timestamp = s.Now()
	}
	m.Parts = nil
	if err := ebms.CheckMessageID(m.MessageID); err != nil {
		return leg, err
	}
	return leg, p.Dialect.check(m)
}

func (s *Sender) signPart(n int, c *Content, box Outbox) (SignedPart, ebms.PartInfo, []byte, error) {
	if t, _, err := mime.ParseMediaType(c.MimeType); err != nil || !strings.Contains(t, "/") {
		return SignedPart{}, ebms.PartInfo{}, nil, fmt.Errorf("%q is no MIME type", c.MimeType)
	}
	part := SignedPart{CID: c.CID, WireType: c.MimeType}
	if part.CID == "" {
		part.CID = s.NewID()
	}
	properties := append([]ebms.Property{{Name: ebms.MimeType, Value: c.MimeType}}, c.Properties...)
	if c.CharacterSet != "" {
		properties = append(properties, ebms.Property{Name: ebms.CharacterSet, Value: c.CharacterSet})
	}
	compressed := c.Compression.applies(c.MimeType)
	if compressed {
		part.WireType = ebms.GZIP
		properties = append(properties, ebms.Property{Name: ebms.CompressionType, Value: ebms.GZIP})
	}
	h := sha256.New()
	size, err := s.keep(n, c, compressed, h, box)
	part.Size = size
	return part, ebms.PartInfo{Href: "cid:" + part.CID, Properties: properties}, h.Sum(nil), err
}

// keep writes the signed octets of a part to the outbox and digests them.
func (s *Sender) keep(n int, c *Content, compressed bool, h hash.Hash, box Outbox) (size int64, err error) {
	r, err := c.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	w, err := box.Create(n)
	if err != nil {
		return 0, err
	}
	limits := s.Limits.orDefault()
	in := &meter{r: r, limit: limits.Part}
	out := &partWriter{w: w, limit: limits.Message}
	if compressed {
		err = compress(io.MultiWriter(h, out), in)
	} else {
		err = ruleFor(c.MimeType).feed(h, out, in, limits.Part)
	}
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	if errors.Is(err, errTooLong) {
		err = fmt.Errorf("larger than %d octets (limit.part)", limits.Part)
	}
	return out.n, err
}

// encryptionKey returns the key to encrypt for, when it is of the profile's kind.
func (p *Partner) encryptionKey() (any, error) {
	if len(p.Encryption) == 0 {
		return nil, fmt.Errorf("partner %q has no encryption certificate", p.ID.Value)
	}
	key := publicKey(p.Encryption[0])
	if key == nil {
		return nil, fmt.Errorf("the key in the encryption certificate of partner %q is of a kind that is not known", p.ID.Value)
	}
	return key, nil
}
