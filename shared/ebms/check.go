package ebms

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// messageID is the part of RFC 2822's msg-id that can travel in eb:MessageId:
// no brackets, no blanks, one "@" (ebMS 3.0 Core §5.2.2.1).
var messageID = regexp.MustCompile(`^[^@<>\s]+@[^@<>\s]+$`)

// charset is an encoding name of XML 1.0 §4.3.3.
var charset = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]*$`)

// CheckMessageID refuses what is no msg-id.
func CheckMessageID(id string) error {
	if len(id) > 255 || !messageID.MatchString(id) {
		return ValueInconsistent.Refuse("ebms.messageid", sprintf("MessageId %q is no RFC 2822 msg-id without brackets of at most 255 octets", clip(id)), "use unique@domain")
	}
	return nil
}

// CheckOutgoing refuses a message that no receiver could take: one that breaks
// the rules of reading, or has octets that are no character of XML (1.0 §2.2).
func (m *UserMessage) CheckOutgoing() error {
	if err := m.check(); err != nil {
		return err
	}
	for rest := AppendUserMessage(nil, "", m); len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if control := r < ' ' && r != '\t' && r != '\n' && r != '\r'; control || r == 0xFFFE || r == 0xFFFF || (r == utf8.RuneError && size == 1) {
			return ValueInconsistent.Refuse("ebms.characters", sprintf("a header value has the octets %x, which are no XML character", rest[:size]), "use UTF-8 without control characters")
		}
		rest = rest[size:]
	}
	return nil
}

// check holds the rules that the schema cannot say.
func (m *UserMessage) check() error {
	if err := CheckMessageID(m.MessageID); err != nil {
		return err
	}
	for _, p := range []Party{m.From, m.To} {
		if p.ID.Value == "" || (p.ID.Type == "" && !isURI(p.ID.Value)) {
			return ValueInconsistent.Refuse("ebms.partyid.type", sprintf("PartyId %q has no @type and is no URI", clip(p.ID.Value)), "write the agreed @type")
		}
		if p.Role == "" {
			return InvalidHeader.Refuse("ebms.role", "an eb:Role is empty", "write the agreed role")
		}
	}
	if m.Service.Value == "" || m.Action == "" {
		return InvalidHeader.Refuse("ebms.service", "eb:Service or eb:Action is empty", "write the agreed service and action")
	}
	if name := doubled(m.Properties); name != "" {
		return ValueInconsistent.Refuse("ebms.property.unique", sprintf("the message has the property %q twice, and readers would differ on which counts", name), "write it once")
	}
	return m.checkParts()
}

// doubled returns which of the four corners' names two properties have.
// Of other names ebMS allows several (Core §5.2.2.12 asks for no uniqueness).
func doubled(properties []Property) string {
	for _, name := range [...]string{OriginalSender, FinalRecipient} {
		named := func(p Property) bool { return p.Name == name }
		if i := slices.IndexFunc(properties, named); i >= 0 && slices.ContainsFunc(properties[i+1:], named) {
			return name
		}
	}
	return ""
}

func (m *UserMessage) checkParts() error {
	seen := make(map[string]bool, len(m.Parts))
	for i := range m.Parts {
		p := &m.Parts[i]
		if !strings.HasPrefix(p.Href, "cid:") || len(p.Href) == len("cid:") {
			return ExternalPayloadError.Refuse("ebms.partinfo.href", sprintf("PartInfo/@href %q names no part of this message", clip(p.Href)), "send every payload as a MIME part and name it by cid:")
		}
		if seen[p.Href] {
			return ValueInconsistent.Refuse("ebms.partinfo.unique", sprintf("two PartInfo name %q", clip(p.Href)), "name every part once")
		}
		seen[p.Href] = true
		if err := p.check(); err != nil {
			return err
		}
	}
	return nil
}

// check holds AS4 §3.1: compression needs MimeType; gzip is the only one.
func (p *PartInfo) check() error {
	names := make(map[string]bool, len(p.Properties))
	for _, prop := range p.Properties {
		if names[prop.Name] {
			return ValueInconsistent.Refuse("as4.partproperty.unique", sprintf("part %q has the property %q twice", clip(p.Href), clip(prop.Name)), "write each part property once")
		}
		names[prop.Name] = true
	}
	if mime, ok := p.Property(MimeType); !ok || strings.TrimSpace(mime) == "" || strings.ContainsFunc(mime, unicode.IsControl) {
		return ValueInconsistent.Refuse("as4.mimetype", sprintf("part %q has the MimeType property %q", clip(p.Href), clip(mime)), "write the media type of the content in the part property MimeType")
	}
	if ct, ok := p.Property(CompressionType); ok && ct != GZIP {
		return ValueInconsistent.Refuse("as4.compressiontype", sprintf("CompressionType %q", clip(ct)), "use "+GZIP+" or leave it out")
	}
	if cs, ok := p.Property(CharacterSet); ok && !charset.MatchString(cs) {
		return ValueInconsistent.Refuse("as4.characterset", sprintf("CharacterSet %q is no encoding name", clip(cs)), "use a name of XML 1.0 §4.3.3, as UTF-8")
	}
	return nil
}

func isURI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && len(s) > len(u.Scheme)+1
}
