package as4

import (
	"fmt"
	"io"

	"github.com/vienreiz/vienreiz/shared/related"
	"github.com/vienreiz/vienreiz/shared/wssec"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

const (
	contentKeySize = 16
	ivSize         = 12
)

// Package is one attempt's HTTP body: the signed content, encrypted afresh.
type Package struct {
	ContentType string
	Length      int64
	soap        []byte
	outline     related.Outline // no parts: plain SOAP
	signed      *SignedMessage
	key, ivs    []byte
}

// Pack encrypts a signed message for a partner: a new content key, wrapped for
// the partner's certificate, and a new IV for each part. The parts' octets
// pass when it is written.
func Pack(rand io.Reader, m *SignedMessage, p *Partner) (*Package, error) {
	pkg := &Package{ContentType: soapType, signed: m}
	if len(m.Parts) == 0 {
		pkg.soap = m.soap(nil)
		pkg.Length = int64(len(pkg.soap))
		return pkg, nil
	}
	pkg.key, pkg.ivs = make([]byte, contentKeySize), make([]byte, ivSize*len(m.Parts))
	for _, b := range [][]byte{pkg.key, pkg.ivs} {
		if _, err := io.ReadFull(rand, b); err != nil {
			return nil, err
		}
	}
	header, err := encryptionHeader(rand, m, p, pkg.key)
	if err != nil {
		return nil, fmt.Errorf("encrypt for partner %q: %w", p.ID.Value, err)
	}
	pkg.soap = m.soap(header)
	boundary, err := related.NewBoundary(rand)
	if err != nil {
		return nil, err
	}
	pkg.outline = related.Outline{Boundary: boundary, Parts: []related.Entry{{ContentType: soapType, ContentID: "root." + m.MessageID, Size: int64(len(pkg.soap))}}}
	for _, part := range m.Parts {
		pkg.outline.Parts = append(pkg.outline.Parts, related.Entry{ContentType: "application/octet-stream", ContentID: part.CID, Size: part.Size + enc.Overhead})
	}
	pkg.ContentType, pkg.Length = pkg.outline.ContentType(), pkg.outline.ContentLength()
	return pkg, nil
}

// encryptionHeader writes the recipient's token, the EncryptedKey and an
// EncryptedData per part.
func encryptionHeader(rand io.Reader, m *SignedMessage, p *Partner, cek []byte) ([]byte, error) {
	recipient, err := p.encryptionKey()
	if err != nil {
		return nil, err
	}
	key, err := enc.Wrap(rand, cek, recipient)
	if err != nil {
		return nil, err
	}
	chain := p.Encryption[:1]
	tokenID := wsuID("G", m.MessageID)
	key.ID = wsuID("EK-", m.MessageID)
	data := make([]wssec.EncryptedData, len(m.Parts))
	for i, part := range m.Parts {
		data[i] = wssec.EncryptedData{ID: wsuID("ED-", part.CID), MimeType: part.WireType, Key: key.ID, URI: "cid:" + part.CID}
		key.DataReferences = append(key.DataReferences, "#"+data[i].ID)
	}
	dst := wssec.AppendToken(make([]byte, 0, 8<<10), tokenID, chain)
	dst, err = key.AppendXML(dst, wssec.AppendTokenReference(nil, tokenID, chain))
	if err != nil {
		return nil, err
	}
	for _, d := range data {
		dst = wssec.AppendEncryptedData(dst, d)
	}
	return dst, nil
}

// Write writes the body, reading the parts' signed octets from the outbox.
func (pkg *Package) Write(w io.Writer, box Outbox) error {
	if len(pkg.outline.Parts) == 0 {
		_, err := w.Write(pkg.soap)
		return err
	}
	mime, err := related.NewWriter(w, pkg.outline)
	if err != nil {
		return err
	}
	if err := mime.Next(); err != nil {
		return err
	}
	if _, err := mime.Write(pkg.soap); err != nil {
		return err
	}
	for n := range pkg.signed.Parts {
		if err := mime.Next(); err != nil {
			return err
		}
		if err := pkg.encryptPart(mime, n, box); err != nil {
			return fmt.Errorf("encrypt part %d: %w", n+1, err)
		}
	}
	return mime.Close()
}

func (pkg *Package) encryptPart(w io.Writer, n int, box Outbox) error {
	r, err := box.Open(n)
	if err != nil {
		return err
	}
	defer r.Close()
	sealed, err := enc.NewGCMWriter(w, pkg.key, pkg.ivs[n*ivSize:(n+1)*ivSize])
	if err != nil {
		return err
	}
	if err := copyBuffered(sealed, r); err != nil {
		_ = sealed.Close()
		return err
	}
	return sealed.Close()
}
