// Package xmlsafe is the guard in front of every foreign XML document: a strict
// tokenizer for XML 1.0 (fifth edition) with Namespaces in XML 1.0 (third
// edition), and a builder of etree documents upon it.
//
// It accepts less than the specifications do. What two parsers could read
// differently, or what makes a small document cost much, is refused with the id
// of a rule: a DOCTYPE, another encoding than UTF-8, relative namespace names,
// and, unless asked for, comments and processing instructions. Each dimension of
// a document has a limit.
//
// The tokenizer reads through a bounded window: a document of any size costs
// constant memory, given by the limits on one tag, and time linear in its bytes.
package xmlsafe
