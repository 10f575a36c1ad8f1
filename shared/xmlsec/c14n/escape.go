package c14n

// Replacements of Canonical XML 1.0, section 2.3 (text and attribute nodes) and
// of processing instructions.
var (
	textEscapes  = [256]string{'&': "&amp;", '<': "&lt;", '>': "&gt;", '\r': "&#xD;"}
	valueEscapes = [256]string{'&': "&amp;", '<': "&lt;", '"': "&quot;", '\t': "&#x9;", '\n': "&#xA;", '\r': "&#xD;"}
	dataEscapes  = [256]string{'\r': "&#xD;"}
)

func appendEscaped[V string | []byte](dst []byte, v V, escapes *[256]string) []byte {
	done := 0
	for i := 0; i < len(v); i++ {
		if e := escapes[v[i]]; e != "" {
			dst = append(append(dst, v[done:i]...), e...)
			done = i + 1
		}
	}
	return append(dst, v[done:]...)
}

// AppendText appends character data as its canonical form has it, for writers
// whose output is canonical from the start (Canonical XML 1.0, section 2.3).
func AppendText[V string | []byte](dst []byte, text V) []byte {
	return appendEscaped(dst, text, &textEscapes)
}

// AppendAttribute appends an attribute's value, without quotes, as its canonical
// form has it (Canonical XML 1.0, section 2.3).
func AppendAttribute[V string | []byte](dst []byte, value V) []byte {
	return appendEscaped(dst, value, &valueEscapes)
}
