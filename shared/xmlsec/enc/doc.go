// Package enc is the part of XML Encryption (W3C xmlenc-core1 1.1, RFC 9231)
// that eDelivery AS4 needs: AES-GCM content as a stream, the EncryptedKey
// element, and the three ways a content key reaches its recipient: RSA-OAEP
// (1.15), X25519 and ECDH-ES with HKDF and AES key wrap (2.0).
//
// It knows no trust and no token profile: an [EncryptedKey] carries the
// SecurityTokenReference elements that say whose key it is for, and the caller
// finds that key. Algorithms are a table keyed by URI, deny by default; what is
// enabled beyond eDelivery's own is said by [Allow].
//
// Whatever fails in decrypting is [ErrDecrypt] and nothing more, so that no
// peer can use the answer as an oracle.
package enc
