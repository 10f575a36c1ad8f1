package related

// Defaults of [Limits].
const (
	DefaultParts       = 64
	DefaultHeaderBytes = 8 << 10
	DefaultHeaders     = 32
	DefaultPreamble    = 4 << 10
	DefaultEpilogue    = 4 << 10
	DefaultRootBuffer  = 64 << 10
)

// MaxBoundary is the longest boundary in characters (RFC 2046 §5.1.1).
const MaxBoundary = 70

// MaxContentType is the longest Content-Type in octets that [ParseContentType] reads.
const MaxContentType = 2 << 10

// maxPadding is the blanks that a gateway may leave behind a boundary.
const maxPadding = 128

// Limits of a foreign message. A zero field is its default.
type Limits struct {
	Parts       int // parts beside the root
	HeaderBytes int // octets of one part's headers, at most half of the read buffer (64 KiB)
	Headers     int // header fields of one part
	Preamble    int // octets before the first boundary, at most half of the read buffer
	Epilogue    int // octets behind the closing boundary
	RootBuffer  int // octets on the wire before the root part, from the first boundary
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		field *int
		value int
	}{
		{&l.Parts, DefaultParts},
		{&l.HeaderBytes, DefaultHeaderBytes},
		{&l.Headers, DefaultHeaders},
		{&l.Preamble, DefaultPreamble},
		{&l.Epilogue, DefaultEpilogue},
		{&l.RootBuffer, DefaultRootBuffer},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	l.HeaderBytes = min(l.HeaderBytes, bufferSize/2)
	l.Preamble = min(l.Preamble, bufferSize/2)
	return l
}
