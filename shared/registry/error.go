package registry

import "fmt"

// Kind is what a caller branches on.
type Kind string

// The kinds. The first three are temporary: the same call may succeed later.
const (
	Unreachable   Kind = "unreachable"   // no connection, or it broke
	Slow          Kind = "slow"          // no whole answer in time
	Erring        Kind = "erring"        // HTTP status 5xx or 429
	BadAnswer     Kind = "bad-answer"    // an answer that breaks a rule of the operation
	Misconfigured Kind = "misconfigured" // our entry for the registry does not lead to it
)

// Error is why a call gave nothing. It never holds personal data, a value of the
// answer or a secret, so it may be logged and shown to operators.
type Error struct {
	Kind Kind
	// Registry is the ID of the configuration's entry.
	Registry string
	// Rule is stable, as "registry.documents".
	Rule string
	// Detail says what is wrong, and where.
	Detail string
	// Do says what to do next.
	Do string

	cause error
}

// Error gives registry, detail, rule and the way out.
func (e *Error) Error() string {
	return fmt.Sprintf("registry %s is %s: %s (%s); %s", e.Registry, e.Kind, e.Detail, e.Rule, e.Do)
}

// Unwrap gives the cause, where there is one.
func (e *Error) Unwrap() error { return e.cause }

// Temporary reports whether the same call may succeed later.
func (e *Error) Temporary() bool {
	return e.Kind == Unreachable || e.Kind == Slow || e.Kind == Erring
}

const (
	tellRegistry = "tell the registry's operator; registry.yaml shows what is expected"
	tryLater     = "try again later, and tell the registry's operator if it stays"
	checkEntry   = "correct the registry's entry in the tenant's configuration"
)

// bad refuses an answer.
func bad(rule, format string, args ...any) *Error {
	return &Error{Kind: BadAnswer, Rule: "registry." + rule, Detail: fmt.Sprintf(format, args...), Do: tellRegistry}
}

func misconfigured(rule, format string, args ...any) *Error {
	return &Error{Kind: Misconfigured, Rule: "registry." + rule, Detail: fmt.Sprintf(format, args...), Do: checkEntry}
}

func temporary(kind Kind, rule, detail string, cause error) *Error {
	return &Error{Kind: kind, Rule: "registry." + rule, Detail: detail, Do: tryLater, cause: cause}
}
