package conduct

import (
	"time"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
)

// Record is what a node remembers of one exchange.
type Record struct {
	exchange.Exchange
	Key     string
	Partner ebms.PartyID // the other access point
	Version edm.Version  // the line that is spoken
	// Requester and Provider are the authorities (C1 and C4): identifier and name, the requester with its address.
	Requester, Provider edm.Agent
	Procedure           string
	EvidenceType        string // its URL
	Title               string // of the evidence type, in English
	Language            string // of the person, as "LV"
	ReturnURL           string // where the person goes after the preview

	Visited   bool       // the preview link was followed
	Left      bool       // the person left the preview without a decision, once at least
	Subject   string     // object of whose evidence is asked for; requester only
	Request   string     // object of the RegRep document of request 1: as it was sent, or as it came
	Contents  []Content  // what the next message carries: the RegRep document, then evidence
	Documents []Document // pieces of evidence: of the preview, or for the portal
	Parts     []string   // objects of received messages, deleted with the rest
	Outgoing  []string   // keys of ordered messages

	Detail     string // why it ended: rule and way out, never a personal datum
	Entries    int    // journal entries that were numbered
	Effective  []int  // those of them whose effect was committed
	EndEntry   int    // the number of the outcome's
	Began      time.Time
	EndedAt    time.Time
	Trace      string `json:",omitempty"` // of every log line about it; empty: of a release that made none
	ResponseID string // EvidenceResponseIdentifier of what is sent or came last
}

// Content is one payload of a message: an object in [Bucket].
type Content struct {
	Key, CID, MimeType string
}

// Document is one piece of evidence; its octets are an object in [Bucket].
type Document struct {
	Key            string // of the object
	Piece          int    // which piece of evidence it belongs to, from 1: a main document with its companions
	Identifier     string // Evidence/Identifier, a UUID
	Classification string // edm.MainEvidence, edm.HumanReadableVersion, …
	Title          string
	MediaType      string
	Language       string
	ConformsTo     string
	IssuingDate    string // YYYY-MM-DD
	ValidFrom      string
	ValidUntil     string
	Authority      edm.Agent // that issued it: identifier and name
	CID            string
	Size           int64
	SHA256         string // hex
	Accepted       bool   // by the person, in the preview
	Fetched        bool   `json:",omitempty"` // by the portal, once at least
	ShownOnly      bool   // a readable version that the request did not ask for: shown in the preview, never sent
}

// Sent reports whether the document goes to the requester.
func (d *Document) Sent() bool {
	return d.Accepted && !d.ShownOnly
}

// Folder is the prefix of the exchange's objects, without the last slash.
func (r *Record) Folder() string { return "case/" + r.Key }

// RequestID is the id of the open request; empty before there is one.
func (r *Record) RequestID() string {
	if n := len(r.Requests); n > 0 {
		return r.Requests[n-1]
	}
	return ""
}
