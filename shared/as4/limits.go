package as4

// Defaults of [Limits].
const (
	MaxMessageBytes  = 128 << 20 // one HTTP body: OOTS' 100 MB and what MIME and encryption add
	MaxPartBytes     = 100 << 20 // one part as delivered
	MaxContentBytes  = 256 << 20 // all parts of a message as delivered
	MaxEnvelopeBytes = 1 << 20   // the SOAP part
	MaxRatio         = 100       // decompressed to compressed octets of a part
	RatioFloorBytes  = 1 << 20   // below this much output the ratio is not judged
	MaxAnswerBytes   = 1 << 20   // what a partner answers
	MaxParts         = 64        // payload parts of a message
)

// Limits bounds what one foreign message may cost. A zero field stands for its default.
type Limits struct {
	Message  int64 // octets of the HTTP body
	Part     int64 // octets of one part as delivered
	Content  int64 // octets of all parts as delivered; at least Part
	Envelope int64 // octets of the SOAP part
	Parts    int   // payload parts
}

func (l Limits) orDefault() Limits {
	set := func(field *int64, value int64) {
		if *field == 0 {
			*field = value
		}
	}
	set(&l.Message, MaxMessageBytes)
	set(&l.Part, MaxPartBytes)
	set(&l.Content, max(MaxContentBytes, l.Part))
	set(&l.Envelope, MaxEnvelopeBytes)
	if l.Parts == 0 {
		l.Parts = MaxParts
	}
	return l
}
