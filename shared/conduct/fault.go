package conduct

import (
	"strings"

	"github.com/vienreiz/vienreiz/shared/exchange"
)

// Fault is at whom it lay that an exchange ended as it did. It is what the share of
// served exchanges is counted by, against the 98 % of Reg. (EU) 2022/1463 art. 27:
// that availability is of access points and preview spaces; registries and
// portals have agreements of their own (art. 19(1)(d)).
type Fault string

// The faults.
const (
	// None: it was served. That includes what a person decided or left undone, and
	// every answer that is right although it holds no evidence.
	None Fault = "none"
	// Ours: this node did not do its part in time, or did it wrong. Where it cannot
	// be told, it is ours.
	Ours Fault = "ours"
	// Others: the partner, the Common Services or a registry failed. It says nothing of
	// this node, and is counted neither as served nor as failed.
	Others Fault = "others"
)

// Fault judges an exchange that has ended.
func (r *Record) Fault() Fault {
	switch {
	case r.State == exchange.Undelivered:
		return Others
	case r.State == exchange.Expired && r.Role == exchange.Provider:
		return r.providerExpired()
	case r.State == exchange.Expired:
		return r.requesterExpired()
	case r.State == exchange.Refused && r.Role == exchange.Provider:
		return r.providerRefused()
	case r.State == exchange.Refused:
		return r.requesterRefused()
	}
	return None
}

// requesterExpired judges by how far the exchange had come.
func (r *Record) requesterExpired() Fault {
	switch {
	case len(r.Requests) == 0:
		return Ours // no request was made of the order
	case r.Accepted > 0:
		return None // delivered; the portal did not fetch it
	case len(r.Requests) == 1 && r.PreviewLink != "":
		return None // the person did not go on to the preview
	}
	return Others // no answer came
}

func (r *Record) providerExpired() Fault {
	switch {
	case r.PreviewLink == "":
		return Ours // nobody was found in time, or the evidence was not
	case r.Accepted > 0 && len(r.Requests) == 1:
		return Others // the decision was there, request 2 never came
	case r.Accepted > 0:
		return Ours // everything was there
	}
	return None // the person did not come, or did not decide
}

// providerRefused: EDM:ERR:0008 is the registry's where the detail begins with a
// rule of the registry operation, and else ours. Other codes are right answers.
func (r *Record) providerRefused() Fault {
	switch {
	case r.Code != "EDM:ERR:0008":
		return None
	case strings.HasPrefix(r.Detail, "registry."):
		return Others
	}
	return Ours
}

// refusals judge codes of a requester's exchange; any other is of somebody else.
var refusals = map[string]Fault{
	"vienreiz:choose": None, "vienreiz:step-up": None, "vienreiz:nobody": None, "vienreiz:invalid": Ours,
	"EB:ERR:0001": None, "EB:ERR:0002": None, "EB:ERR:0003": Ours, "EB:ERR:0004": None, "EB:ERR:0005": None, "EB:ERR:0006": None, "EB:ERR:0007": Ours,
	"DSD:ERR:0001": None, "DSD:ERR:0002": None, "DSD:ERR:0003": Ours, "DSD:ERR:0004": Ours, "DSD:ERR:0005": None, "DSD:ERR:0006": None,
	"EDM:ERR:0003": Ours, // our request broke a rule, and left all the same
	"EDM:ERR:0004": None, // nobody, or no evidence, was found
}

func (r *Record) requesterRefused() Fault {
	if f, ok := refusals[r.Code]; ok {
		return f
	}
	return Others
}
