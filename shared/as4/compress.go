package as4

import (
	"io"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// Compression says whether a part is compressed before it is signed (AS4 §3.1).
type Compression int

const (
	// CompressWhenUseful compresses, except formats that hardly shrink.
	CompressWhenUseful Compression = iota
	// CompressAlways compresses whatever it is.
	CompressAlways
	// CompressNever leaves the octets alone.
	CompressNever
)

// dense are media types whose content is compressed by nature. Domibus leaves
// its own list of such types alone on compressing legs too.
var dense = []string{
	"image/jpeg", "image/png", "image/webp", "image/gif", "video/", "audio/",
	"application/zip", "application/gzip", "application/x-7z-compressed",
	"application/vnd.etsi.asic-s+zip", "application/vnd.etsi.asic-e+zip",
	"application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.",
}

func (c Compression) applies(mimeType string) bool {
	if c != CompressWhenUseful {
		return c == CompressAlways
	}
	t := strings.ToLower(mimeType)
	for _, d := range dense {
		if strings.HasPrefix(t, d) {
			return false
		}
	}
	return true
}

// CompressionLevel is the gzip level of parts. It was chosen by measuring: levels above gain a few percent of
// size for several times the time.
const CompressionLevel = 2

var gzippers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(io.Discard, CompressionLevel)
	return z
}}

// compress writes r to w as one gzip member without name and time, so that the
// same content gives the same octets.
func compress(w io.Writer, r io.Reader) error {
	z := gzippers.Get().(*gzip.Writer)
	defer gzippers.Put(z)
	z.Reset(w)
	if err := copyBuffered(z, r); err != nil {
		return err
	}
	return z.Close()
}
