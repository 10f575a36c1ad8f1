// Package intake opens what the access point has received: it journals the
// arrival, reads the RegRep document, judges it by the business rules, and gives
// it to the role that it is for. It also tells the roles what became of
// messages that were sent.
//
// An item may come any number of times.
package intake

import (
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/rules"
	"github.com/vienreiz/vienreiz/shared/reception"
)

// Letter is a received message with its document.
type Letter struct {
	Key      string // of the message's record
	Header   *ebms.UserMessage
	Received time.Time
	Document *edm.Document   // nil: no acceptable RegRep document
	Findings []rules.Finding // broken rules of document and header
	Parts    []reception.Part
}

// Problem is the first finding that makes the message invalid, nil when there is none.
func (l *Letter) Problem() *rules.Finding {
	for i := range l.Findings {
		if l.Findings[i].Level == rules.Fatal {
			return &l.Findings[i]
		}
	}
	return nil
}

// ExchangeID is the message property of that name in lower case, empty before 2.0.
func (l *Letter) ExchangeID() string {
	id, _ := l.Header.Property(ebms.ExchangeID)
	return strings.ToLower(strings.TrimSpace(id))
}

// declared reports whether the first part says that it is a RegRep document.
// What says something else may be evidence, which is never journalled.
func (l *Letter) declared() bool {
	if len(l.Header.Parts) == 0 {
		return false
	}
	mime, _ := l.Header.Parts[0].Property(ebms.MimeType)
	return mime == conduct.RegRepType
}

// Objects are the keys of the message's parts.
func (l *Letter) Objects() []string {
	keys := make([]string, len(l.Parts))
	for i, p := range l.Parts {
		keys[i] = p.Key
	}
	return keys
}

// Part finds a part by its Content-ID.
func (l *Letter) Part(cid string) (reception.Part, ebms.PartInfo, bool) {
	for i := range l.Header.Parts {
		if l.Header.Parts[i].CID() == cid && i < len(l.Parts) {
			return l.Parts[i], l.Header.Parts[i], true
		}
	}
	return reception.Part{}, ebms.PartInfo{}, false
}
