package as4

import (
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"

	"github.com/vienreiz/vienreiz/shared/ebms"
)

// errRatio is a part that decompresses to more than [MaxRatio] times its size.
var errRatio = errors.New("decompression ratio exceeded")

// partWriter passes delivered content on, within a limit. Its own failures are
// told apart from those of the message.
type partWriter struct {
	w     io.Writer
	n     int64
	limit int64
	err   error // the first failure, for callers to whom others' errors come first
}

func (p *partWriter) Write(b []byte) (int, error) {
	if p.n+int64(len(b)) > p.limit {
		p.err = errTooLong
		return 0, p.err
	}
	n, err := p.w.Write(b)
	p.n += int64(n)
	if err != nil {
		p.err = notDelivered("write to the quarantine", err)
	}
	return n, p.err
}

// feed gives digest what the signature covers and out what is delivered.
func (rc *reception) feed(rule digestRule, compressed bool, digest hash.Hash, out *partWriter, in *meter) error {
	if !compressed {
		return rule.feed(digest, out, in, rc.limits.Message)
	}
	if rule != digestRaw {
		// Not what gzip is signed as: the digest decides, and nothing is delivered.
		return rule.feed(digest, io.Discard, in, rc.limits.Message)
	}
	covered := io.TeeReader(in, digest)
	err := gunzip(out, covered, in)
	// Octets that the decompressor did not want are covered all the same.
	if derr := drain(covered); derr != nil {
		return derr
	}
	return err
}

var gunzippers sync.Pool

// gunzip decompresses (RFC 1952, several members) within the ratio. What is not
// gzip to the last octet is an error.
func gunzip(out *partWriter, covered io.Reader, in *meter) error {
	z, err := gunzipper(covered)
	if err != nil {
		return fmt.Errorf("read gzip header: %w", err)
	}
	defer gunzippers.Put(z)
	buf := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(buf)
	for {
		n, rerr := z.Read(*buf)
		if out.n+int64(n) > RatioFloorBytes && out.n+int64(n) > MaxRatio*in.n {
			return errRatio
		}
		if n > 0 {
			if _, err := out.Write((*buf)[:n]); err != nil {
				return err
			}
		}
		if rerr == io.EOF {
			return nil
		}
		if rerr != nil {
			return fmt.Errorf("decompress: %w", rerr)
		}
	}
}

func gunzipper(r io.Reader) (*gzip.Reader, error) {
	if z, ok := gunzippers.Get().(*gzip.Reader); ok {
		return z, z.Reset(r)
	}
	return gzip.NewReader(r)
}

// contentError names what is wrong with content that was signed and decrypted right.
func (rc *reception) contentError(err error, planned *plannedPart) error {
	href := planned.info.Href
	var own *internalError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own
	case errors.Is(err, errTooLong):
		return ebms.Other.Refuse("limit.part", fmt.Sprintf("part %q is larger than %d octets, or the parts together than %d", href, rc.limits.Part, rc.limits.Content), "send smaller documents")
	case errors.Is(err, errRatio):
		return ebms.DecompressionFailure.Refuse("limit.ratio", fmt.Sprintf("part %q decompresses to more than %d times its size", href, MaxRatio), "send what is so repetitive uncompressed")
	case planned.info.Compressed():
		return ebms.DecompressionFailure.Refuse("as4.gzip", fmt.Sprintf("part %q is no complete gzip stream", href), "compress with gzip (RFC 1952), then sign, then encrypt")
	}
	return notDelivered("take the part", err)
}
