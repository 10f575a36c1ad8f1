package access

import (
	"errors"
	"fmt"
)

// Codes of [Denied] (RFC 6749 §5.2, RFC 6750 §3.1).
const (
	InvalidRequest       = "invalid_request"
	InvalidClient        = "invalid_client"
	InvalidScope         = "invalid_scope"
	InvalidToken         = "invalid_token"
	UnsupportedGrantType = "unsupported_grant_type"
)

// Denied is a token that is not given or not accepted. Code and Description are
// for the outsider and are the same whatever was tried; the cause, from
// errors.Unwrap, is for the log: it holds no token and no personal data.
type Denied struct {
	Code        string
	Description string
	Portal      string // as claimed, and proved by nothing; empty when it cannot be a portal's ID
	cause       error
}

// Error is what outsiders may know.
func (d *Denied) Error() string { return d.Code + ": " + d.Description }

// Unwrap is the cause.
func (d *Denied) Unwrap() error { return d.cause }

// unproved is the one answer for whatever is wrong with an assertion.
func unproved(portal string, cause error) *Denied {
	return &Denied{InvalidClient, "client authentication failed", portal, cause}
}

// unknownToken is the one answer for whatever is wrong with an access token.
func unknownToken(portal string, cause error) *Denied {
	return &Denied{InvalidToken, "the access token is not valid", portal, cause}
}

// because is a cause without what could disturb a log.
func because(format string, args ...any) error {
	return errors.New(clip(fmt.Sprintf(format, args...)))
}
