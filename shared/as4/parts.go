package as4

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/related"
	"github.com/vienreiz/vienreiz/shared/wssec"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

// partPlan says, before any part is read, what each will have to be.
type partPlan struct {
	byCID map[string]*plannedPart
	left  int
}

type plannedPart struct {
	index     int
	info      *ebms.PartInfo
	reference *dsig.Reference
	data      *wssec.EncryptedData
	key       []byte // content key; unwrapped once per EncryptedKey
	seen      bool
}

// planParts checks coverage and encryption of every PartInfo and unwraps the
// content keys. It runs after the signature was verified: private keys work for
// partners only.
func (rc *reception) planParts(v *verified) (*partPlan, error) {
	plan := &partPlan{byCID: make(map[string]*plannedPart, len(rc.header.Parts)), left: len(rc.header.Parts)}
	encrypted := make(map[string]*wssec.EncryptedData, len(v.header.EncryptedData))
	for i := range v.header.EncryptedData {
		d := &v.header.EncryptedData[i]
		cid := related.CanonicalID(d.URI)
		if encrypted[cid] != nil {
			return nil, unencrypted("xenc.coverage", fmt.Sprintf("two EncryptedData name the part %q", d.URI))
		}
		encrypted[cid] = d
	}
	signed := make(map[string]*dsig.Reference, len(v.parts))
	for uri, ref := range v.parts {
		signed[related.CanonicalID(uri)] = ref
	}
	for i := range rc.header.Parts {
		if err := plan.add(i, &rc.header.Parts[i], signed, encrypted); err != nil {
			return nil, err
		}
	}
	if len(encrypted) > len(plan.byCID) {
		return nil, unencrypted("xenc.coverage", "an EncryptedData names a part that no PartInfo has")
	}
	return plan, rc.unwrapKeys(v, plan)
}

func (p *partPlan) add(index int, info *ebms.PartInfo, signed map[string]*dsig.Reference, encrypted map[string]*wssec.EncryptedData) error {
	cid := related.CanonicalID(info.Href)
	part := &plannedPart{index: index, info: info, reference: signed[cid], data: encrypted[cid]}
	switch {
	case p.byCID[cid] != nil:
		return ebms.ValueInconsistent.Refuse("ebms.partinfo.unique", fmt.Sprintf("two PartInfo name %q", info.Href), "name every part once")
	case part.reference == nil:
		return uncovered("dsig.coverage.part", fmt.Sprintf("part %q is not signed", info.Href))
	case part.data == nil:
		return unencrypted("xenc.coverage", fmt.Sprintf("part %q is not encrypted", info.Href))
	}
	if mime, _ := info.Property(ebms.MimeType); part.data.MimeType == ebms.GZIP && mime != ebms.GZIP && !info.Compressed() {
		return ebms.ValueInconsistent.Refuse("as4.compressiontype", fmt.Sprintf("part %q travels as %s, and no part property CompressionType says so", info.Href, ebms.GZIP), "write CompressionType for every part that was compressed")
	}
	p.byCID[cid] = part
	return nil
}

// unwrapKeys gives every part its content key. Which step of it fails is not told.
func (rc *reception) unwrapKeys(v *verified, plan *partPlan) error {
	keys := make(map[string][]byte, len(v.header.EncryptedKeys))
	for _, ek := range v.header.EncryptedKeys {
		cek, err := rc.unwrap(v.header, ek)
		if errors.Is(err, enc.ErrUnavailable) {
			return notDelivered("unwrap the content key", err)
		}
		if err != nil {
			return undecrypted()
		}
		if keys[ek.ID] != nil {
			return unencrypted("xenc.key", "two EncryptedKeys have one Id")
		}
		keys[ek.ID] = cek
	}
	used := make(map[string]bool, len(keys))
	for _, part := range plan.byCID {
		part.key = keys[part.data.Key]
		used[part.data.Key] = true
	}
	if len(used) < len(keys) {
		return unencrypted("xenc.key", "an EncryptedKey serves no part")
	}
	return nil
}

func (rc *reception) unwrap(h *wssec.Header, ek *enc.EncryptedKey) ([]byte, error) {
	if len(ek.Recipient) != 1 {
		return nil, enc.ErrDecrypt
	}
	cert, err := h.Match(ek.Recipient[0], rc.Identity.certificates())
	if err != nil || cert == nil {
		return nil, enc.ErrDecrypt
	}
	return ek.Unwrap(rc.Rand, rc.Identity.key(cert), enc.AES128GCM)
}

// takeParts reads the parts in wire order into the quarantine.
func (rc *reception) takeParts(ctx context.Context, parts *related.Reader, plan *partPlan, m *Message, attempt Attempt) error {
	content := rc.limits.Content
	for parts != nil {
		if err := ctx.Err(); err != nil {
			return notDelivered("receive", err)
		}
		part, err := parts.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return rc.mimeError(err)
		}
		planned := plan.byCID[related.CanonicalID(part.ContentID)]
		if planned == nil || planned.seen {
			return ebms.MimeInconsistency.Refuse("mime.part.undeclared", fmt.Sprintf("the MIME part %q is named by no PartInfo", clip(part.ContentID)), "name every part in eb:PayloadInfo")
		}
		planned.seen = true
		plan.left--
		size, err := rc.takePart(part, planned, attempt, content)
		if err != nil {
			return err
		}
		content -= size
		m.Parts[planned.index] = Part{Info: *planned.info, Size: size}
	}
	if plan.left > 0 {
		return ebms.ExternalPayloadError.Refuse("mime.part.missing", fmt.Sprintf("%d parts that PartInfo names did not arrive", plan.left), "send every part in the same message")
	}
	return nil
}

// takePart decrypts, digests and decompresses one part as it arrives. When
// several things are wrong the first of tag, digest, decompression is told.
func (rc *reception) takePart(part io.Reader, planned *plannedPart, attempt Attempt, left int64) (int64, error) {
	sink, err := attempt.Part(planned.index, *planned.info)
	if err != nil {
		return 0, notDelivered("open the quarantine", err)
	}
	size, err := rc.stream(sink, part, planned, min(rc.limits.Part, left))
	if cerr := sink.Close(); err == nil && cerr != nil {
		err = notDelivered("close the quarantine", cerr)
	}
	return size, err
}

func (rc *reception) stream(sink io.Writer, part io.Reader, planned *plannedPart, limit int64) (int64, error) {
	plain, err := enc.NewGCMReader(part, planned.key)
	if err != nil {
		return 0, undecrypted()
	}
	h, _ := dsig.Digest(planned.reference.DigestMethod)
	digest := h.New()
	out := &partWriter{w: sink, limit: limit}
	in := &meter{r: plain, limit: rc.limits.Message}
	rule := ruleFor(planned.data.MimeType)
	fed := rc.feed(rule, planned.info.Compressed(), digest, out, in)
	if err := drain(in); err != nil {
		return 0, rc.partError(err)
	}
	if err := rc.judgeContent(planned, rule, digest.Sum(nil), out, fed); err != nil {
		return 0, err
	}
	return out.n, nil
}

// judgeContent decides over octets whose tag holds.
func (rc *reception) judgeContent(planned *plannedPart, rule digestRule, digest []byte, out *partWriter, fed error) error {
	partial := out.err != nil && !(rule == digestRaw && planned.info.Compressed())
	if partial {
		return rc.contentError(out.err, planned)
	}
	var bad *digestError
	if errors.As(fed, &bad) {
		return unauthenticated("dsig.digest", fmt.Sprintf("part %q: %v", planned.info.Href, bad), "change nothing after signing; XML that is sent uncompressed must be well-formed UTF-8 without DOCTYPE")
	}
	if subtle.ConstantTimeCompare(digest, planned.reference.DigestValue) != 1 {
		return unauthenticated("dsig.digest", fmt.Sprintf("the digest of part %q does not match", planned.info.Href), "compress, then sign, then encrypt, and change nothing after signing")
	}
	return rc.contentError(fed, planned)
}

// partError tells a broken transport from a broken tag.
func (rc *reception) partError(err error) error {
	if errors.Is(err, enc.ErrDecrypt) {
		return undecrypted()
	}
	return rc.mimeError(err)
}

// undecrypted is the one answer to everything that can go wrong in decryption:
// telling a bad key from a bad tag would be an oracle.
func undecrypted() *ebms.Error {
	return ebms.FailedDecryption.Refuse("xenc.decrypt", "the message could not be decrypted", "encrypt for our current certificate with the algorithms of the profile")
}

func unencrypted(rule, what string) *ebms.Error {
	return ebms.PolicyNoncompliance.Refuse(rule, what, "encrypt every part once, and nothing else")
}
