// Package access says who a procedure portal is, how it proves that, and what
// it may ask for (architecture §5, rules 12 and 14).
//
// A portal proves itself at the token endpoint with an assertion that it signed
// (OAuth 2.0 client_credentials with private_key_jwt: RFC 6749 §4.4, RFC 7521,
// RFC 7523) and gets an access token of [TokenLife]. Both are JWS; what is
// accepted is listed, everything else is refused. At each call the portal is
// looked up again, so that its removal does not wait for the token's end.
//
// The package knows no clock: callers give it the instant.
package access
