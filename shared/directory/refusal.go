package directory

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vienreiz/vienreiz/shared/regrep"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

// Refusal says why an answer is not used. It quotes no user's answer.
type Refusal struct {
	// Rule is the id of the business rule, the schema type, the XML limit, or one of this package: "signature.…", "http.…", "answer.…", "codelist.…".
	Rule string `json:"rule"`
	// Place is the element's path, or the header's name.
	Place string `json:"place"`
	// Detail says what is wrong and what would be right.
	Detail string `json:"detail"`
}

// Error gives place, detail, rule and the way out.
func (r *Refusal) Error() string {
	return fmt.Sprintf("refuse the answer: %s: %s (%s); %s", r.Place, r.Detail, r.Rule, r.Do())
}

// ways are what to do about refusals: the first whose beginning their rule has.
var ways = []struct{ rule, do string }{
	{"signature.chain", "check that the pinned roots and names are those of this environment: acceptance and production differ"},
	{"signature.iat", "ask again; if it stays, check this machine's clock, then tell the service's operator"},
	{"signature.", "do not act on the answer; ask again, and tell the service's operator if it stays"},
	{"http.tls", "check the address and the roots of TLS, then tell the service's operator"},
	{"http.", "check that the address is the service's base URL, then tell its operator"},
	{"outward.", "name the address as a static override if it is meant to be called"},
	{"discovery.", "check the country and the environment, or name the service's base URL as a static override"},
	{"codelist.", "tell the operator of the Data Service Directory: its question cannot be put to the user"},
	{"answer.question", "ask again without a cache between; if it stays, tell the service's operator"},
}

// Do says what the asking side does next.
func (r *Refusal) Do() string {
	for _, w := range ways {
		if strings.HasPrefix(r.Rule, w.rule) {
			return w.do
		}
	}
	return "offer manual upload, and tell the service's operator which rule its answer breaks"
}

func refuse(rule, place, format string, args ...any) *Refusal {
	return &Refusal{Rule: rule, Place: place, Detail: fmt.Sprintf(format, args...)}
}

// refused makes the one typed error out of what the parsers below say.
func refused(err error) error {
	var r *Refusal
	var rule *regrep.Error
	var xml *xmlsafe.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &r):
		return r
	case errors.As(err, &rule):
		return &Refusal{rule.Rule, rule.Place, rule.Detail}
	case errors.As(err, &xml):
		return &Refusal{xml.Rule, fmt.Sprintf("line %d", xml.Line), xml.Detail}
	}
	return err
}

// Outage says that a service could not be reached or did not answer: after the last try.
type Outage struct {
	Service Service
	// Cause is what happened. It names no URL, because the query may hold answers of a user.
	Cause error
}

// Error says what happened.
func (o *Outage) Error() string {
	return fmt.Sprintf("ask the %s: %v; the service is out of reach, try again later", o.Service, o.Cause)
}

// Unwrap gives the cause.
func (o *Outage) Unwrap() error { return o.Cause }
