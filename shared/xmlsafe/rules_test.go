package xmlsafe

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

// refusals pairs each rule with documents that break it.
var refusals = []struct{ name, doc, rule string }{
	{"UTF-16 mark, big endian", "\xFE\xFF\x00<\x00a", RuleEncoding},
	{"UTF-16 mark, little endian", "\xFF\xFE<\x00a\x00", RuleEncoding},
	{"UTF-16 without mark", "<\x00a\x00/\x00>\x00", RuleEncoding},
	{"UTF-16 without mark, big endian", "\x00<\x00a\x00/\x00>", RuleEncoding},
	{"UTF-32", "\x00\x00\x00<\x00\x00\x00a", RuleEncoding},
	{"EBCDIC", "\x4C\x6F\xA7\x94", RuleEncoding},
	{"declared ISO-8859-1", `<?xml version="1.0" encoding="ISO-8859-1"?><a/>`, RuleEncoding},
	{"declared UTF-16 in UTF-8", `<?xml version='1.0' encoding='UTF-16'?><a/>`, RuleEncoding},
	{"declared US-ASCII", `<?xml version='1.0' encoding='US-ASCII'?><a/>`, RuleEncoding},

	{"invalid octet in text", "<a>\xFF</a>", RuleUTF8},
	{"overlong form", "<a>\xC0\x80</a>", RuleUTF8},
	{"overlong slash in a value", "<a b='\xE0\x80\xAF'/>", RuleUTF8},
	{"encoded surrogate", "<a>\xED\xA0\x80</a>", RuleUTF8},
	{"beyond Unicode", "<a>\xF4\x90\x80\x80</a>", RuleUTF8},
	{"lone continuation in CDATA", "<a><![CDATA[\x80]]></a>", RuleUTF8},
	{"cut character before the end tag", "<a>\xE2\x82</a>", RuleUTF8},
	{"cut character at the end", "<a>\xE2\x82", RuleUTF8},
	{"invalid octet in a name", "<a\xFF/>", RuleUTF8},
	{"invalid octet in a comment", "<a><!--\xFF--></a>", RuleUTF8},
	{"invalid octet in a processing instruction", "<a><?p \xFF?></a>", RuleUTF8},

	{"NUL in text", "<a>\x00</a>", RuleChar},
	{"form feed in a value", "<a b='\f'/>", RuleChar},
	{"escape in CDATA", "<a><![CDATA[\x1B]]></a>", RuleChar},
	{"control character in a comment", "<a><!--\x01--></a>", RuleChar},
	{"U+FFFE", "<a>\uFFFE</a>", RuleChar},
	{"U+FFFF in a value", "<a b='\uFFFF'/>", RuleChar},
	{"NUL by reference", "<a>&#0;</a>", RuleChar},
	{"surrogate by reference", "<a>&#xD800;</a>", RuleChar},
	{"U+FFFE by reference", "<a b='&#xFFFE;'/>", RuleChar},
	{"control character by reference", "<a>&#x1F;</a>", RuleChar},
	{"beyond Unicode by reference", "<a>&#x110000;</a>", RuleChar},
	{"number that overflows", "<a>&#99999999999999999999;</a>", RuleChar},

	{"bare ampersand", "<a>a & b</a>", RuleReference},
	{"empty reference", "<a>&;</a>", RuleReference},
	{"reference without number", "<a>&#;</a>", RuleReference},
	{"hexadecimal reference without number", "<a>&#x;</a>", RuleReference},
	{"capital X", "<a>&#X41;</a>", RuleReference},
	{"hexadecimal digits in a decimal reference", "<a>&#4F;</a>", RuleReference},
	{"sign in a reference", "<a>&#+65;</a>", RuleReference},
	{"colon in a reference", "<a>&:;</a>", RuleReference},
	{"letter in a reference", "<a>&#x4G;</a>", RuleReference},
	{"space in a reference", "<a b='& amp;'/>", RuleReference},
	{"unterminated reference", "<a>&amp and so on and on and on and on and on</a>", RuleReference},
	{"undefined entity", "<a>&nbsp;</a>", RuleEntity},
	{"undefined entity in a value", "<a b='&x;'/>", RuleEntity},
	{"entities are case-sensitive", "<a>&AMP;</a>", RuleEntity},

	{"version 1.1", `<?xml version="1.1"?><a/>`, RuleDeclaration},
	{"no version", `<?xml encoding="UTF-8"?><a/>`, RuleDeclaration},
	{"encoding after standalone", `<?xml version="1.0" standalone="yes" encoding="UTF-8"?><a/>`, RuleDeclaration},
	{"standalone maybe", `<?xml version="1.0" standalone="maybe"?><a/>`, RuleDeclaration},
	{"no white space in the declaration", `<?xml version="1.0"encoding="UTF-8"?><a/>`, RuleDeclaration},
	{"mixed quotes in the declaration", `<?xml version="1.0'?><a/>`, RuleDeclaration},
	{"unknown part of the declaration", `<?xml version="1.0" id="1"?><a/>`, RuleDeclaration},
	{"declaration that is only a name", `<?xml?><a/>`, RuleDeclaration},
	{"white space before the declaration", ` <?xml version="1.0"?><a/>`, RuleDeclaration},
	{"declaration in an element", `<a><?xml version="1.0"?></a>`, RuleDeclaration},
	{"second declaration", `<?xml version="1.0"?><?xml version="1.0"?><a/>`, RuleDeclaration},
	{"declaration without end", `<?xml version="1.0"` + strings.Repeat(" ", 600) + `?><a/>`, RuleDeclaration},

	{"document type", `<!DOCTYPE a><a/>`, RuleDoctype},
	{"document type with entity", `<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>`, RuleDoctype},
	{"document type after the root", `<a/><!DOCTYPE a>`, RuleDoctype},
	{"document type in the root", `<a><!DOCTYPE a></a>`, RuleDoctype},

	{"name that begins with a digit", "<1a/>", RuleName},
	{"name that begins with a hyphen", "<-a/>", RuleName},
	{"space before a name", "< a/>", RuleName},
	{"two colons", "<a:b:c xmlns:a='urn:a'/>", RuleName},
	{"nothing before the colon", "<:a/>", RuleName},
	{"nothing after the colon", "<a: xmlns:a='urn:a'/>", RuleName},
	{"digit after the colon", "<a:1 xmlns:a='urn:a'/>", RuleName},
	{"attribute without prefix but colon", "<a :b='1'/>", RuleName},
	{"nameless attribute", "<a ='1'/>", RuleName},
	{"combining character first", "<\u0301a/>", RuleName},
	{"multiplication sign in a name", "<a\u00D7/>", RuleName},
	{"declaration of no prefix", "<a xmlns:='urn:a'/>", RuleName},

	{"end tag of another", "<a></b>", RuleNesting},
	{"end tag of a longer name", "<a></ab>", RuleNesting},
	{"end tag of a shorter name", "<ab></a>", RuleNesting},
	{"end tag with another prefix of the same namespace", "<p:a xmlns:p='urn:1' xmlns:q='urn:1'></q:a>", RuleNesting},
	{"crossing elements", "<a><b></a></b>", RuleNesting},
	{"end tag first", "</a>", RuleNesting},
	{"end tag after the root", "<a/></a>", RuleNesting},

	{"nothing", "", RuleRoot},
	{"white space only", " \n", RuleRoot},
	{"declaration only", `<?xml version="1.0"?>`, RuleRoot},
	{"two roots", "<a/><b/>", RuleRoot},
	{"text after the root", "<a/>x", RuleRoot},
	{"text before the root", "x<a/>", RuleRoot},
	{"reference after the root", "<a/>&#32;", RuleRoot},
	{"CDATA after the root", "<a/><![CDATA[ ]]>", RuleRoot},
	{"second byte order mark", "\uFEFF\uFEFF<a/>", RuleRoot},
	{"NUL after the root", "<a/>\x00", RuleRoot},

	{"end of a CDATA section in text", "<a>]]></a>", RuleCDATAEnd},
	{"end of a CDATA section after brackets", "<a>x]]]></a>", RuleCDATAEnd},
	{"second end of a CDATA section", "<a><![CDATA[x]]>]]></a>", RuleCDATAEnd},

	{"same attribute twice", "<a b='1' b='1'/>", RuleAttributeDuplicate},
	{"same attribute by two prefixes", "<a xmlns:p='urn:1' xmlns:q='urn:1' p:b='1' q:b='2'/>", RuleAttributeDuplicate},
	{"same attribute by an inherited prefix", "<r xmlns:p='urn:1'><a xmlns:q='urn:1' p:b='1' q:b='2'/></r>", RuleAttributeDuplicate},
	{"same declaration twice", "<a xmlns:p='urn:1' xmlns:p='urn:2'/>", RuleAttributeDuplicate},
	{"default namespace twice", "<a xmlns='urn:1' xmlns='urn:1'/>", RuleAttributeDuplicate},
	{"same attribute among many", "<a xmlns:p='urn:1' xmlns:q='urn:1' p:b='' a1='' a2='' a3='' a4='' a5='' a6='' a7='' a8='' a9='' a10='' a11='' a12='' q:b=''/>", RuleAttributeDuplicate},

	{"less-than in a value", "<a b='<'/>", RuleAttributeLessThan},
	{"less-than in a namespace", "<a xmlns='urn:<'/>", RuleAttributeLessThan},

	{"undeclared prefix of an element", "<p:a/>", RuleNamespaceUndeclared},
	{"undeclared prefix of an attribute", "<a p:b=''/>", RuleNamespaceUndeclared},
	{"prefix declared on a sibling", "<a><b xmlns:p='urn:1'/><p:c/></a>", RuleNamespaceUndeclared},
	{"prefix declared on a child", "<p:a><b xmlns:p='urn:1'/></p:a>", RuleNamespaceUndeclared},
	{"prefix taken back", "<p:a xmlns:p=''/>", RuleNamespaceEmpty},
	{"prefix xml for another namespace", "<a xmlns:xml='urn:1'/>", RuleNamespaceReserved},
	{"another prefix for the xml namespace", "<a xmlns:x='" + XMLNamespace + "'/>", RuleNamespaceReserved},
	{"xml namespace as default", "<a xmlns='" + XMLNamespace + "'/>", RuleNamespaceReserved},
	{"prefix xmlns declared", "<a xmlns:xmlns='urn:1'/>", RuleNamespaceReserved},
	{"prefix for the xmlns namespace", "<a xmlns:x='" + XMLNSNamespace + "'/>", RuleNamespaceReserved},
	{"xmlns namespace as default", "<a xmlns='" + XMLNSNamespace + "'/>", RuleNamespaceReserved},
	{"element with prefix xmlns", "<xmlns:a/>", RuleNamespaceReserved},
	{"namespace without scheme", "<a xmlns='foo'/>", RuleNamespaceRelative},
	{"relative path as namespace", "<a xmlns:p='../x:y'/>", RuleNamespaceRelative},
	{"blank as namespace", "<a xmlns:p=' '/>", RuleNamespaceRelative},
	{"scheme with an underscore", "<a xmlns:p='a_b:c'/>", RuleNamespaceRelative},
	{"scheme that begins with a digit", "<a xmlns:p='1a:b'/>", RuleNamespaceRelative},

	{"document cut in text", "<a>x", RuleTruncated},
	{"document cut in a tag", "<a", RuleTruncated},
	{"document cut after a slash", "<a/", RuleTruncated},
	{"document cut in an end tag", "<ab></a", RuleTruncated},
	{"document cut in a value", "<a b='x", RuleTruncated},
	{"document cut after an attribute name", "<a b", RuleTruncated},
	{"document cut in a reference", "<a>&am", RuleTruncated},
	{"document cut in CDATA", "<a><![CDATA[x]]", RuleTruncated},
	{"document cut after an equals sign", "<a b=", RuleTruncated},
	{"document cut after the name in an end tag", "<a></a ", RuleTruncated},
	{"document cut in a comment", "<a><!-- ", RuleTruncated},
	{"document cut after a hyphen", "<a><!-- -", RuleTruncated},
	{"document cut after two hyphens", "<a><!-- --", RuleTruncated},
	{"document cut after a question mark", "<a><?p x?", RuleTruncated},
	{"document cut in a processing instruction", "<a><?p x", RuleTruncated},
	{"document cut in the declaration", "<?xml version=", RuleTruncated},

	{"attribute without value", "<a b/>", RuleSyntax},
	{"attribute without quotes", "<a b=c/>", RuleSyntax},
	{"attributes without space", "<a b='1'c='2'/>", RuleSyntax},
	{"slash inside of a tag", "<a / >", RuleSyntax},
	{"space in an end tag before its name", "<a></ a>", RuleNesting},
	{"attribute on an end tag", "<a></a b='1'>", RuleSyntax},
	{"double hyphen in a comment", "<a><!-- -- --></a>", RuleSyntax},
	{"comment that ends with three hyphens", "<a><!-- ---></a>", RuleSyntax},
	{"unknown declaration", "<a><!ELEMENT b ANY></a>", RuleSyntax},
	{"lower-case cdata", "<a><![cdata[x]]></a>", RuleSyntax},
	{"processing instruction without white space", "<a><?p+?></a>", RuleSyntax},
	{"processing instruction named XML", "<a><?XML x?></a>", RuleProcInst},
	{"processing instruction with a colon", "<a><?p:q x?></a>", RuleProcInst},
	{"processing instruction without target", "<a><? x?></a>", RuleName},
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, tc := range refusals {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseBytes([]byte(tc.doc), Limits{Comments: true})
			wantRule(t, err, tc.rule)
			_, err = Parse(iotest.OneByteReader(strings.NewReader(tc.doc)), Limits{Comments: true})
			wantRule(t, err, tc.rule)
		})
	}
}

func wantRule(t *testing.T, err error, rule string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want rule %s", err, rule)
	}
	if e.Rule != rule {
		t.Fatalf("rule %s (%v), want %s", e.Rule, err, rule)
	}
	if advice[e.Rule] == "" {
		t.Errorf("rule %s has no advice", e.Rule)
	}
}

func TestEachRuleHasACase(t *testing.T) {
	t.Parallel()
	tested := map[string]bool{RuleComment: true} // TestCommentsAreRefusedUnlessAllowed
	for _, tc := range refusals {
		tested[tc.rule] = true
	}
	for rule := range advice {
		if !tested[rule] && !strings.HasPrefix(rule, "xml.limit.") { // TestLimits
			t.Errorf("no document breaks rule %s", rule)
		}
	}
}

func TestCommentsAreRefusedUnlessAllowed(t *testing.T) {
	t.Parallel()
	for doc, rule := range map[string]string{
		"<a><!--x--></a>": RuleComment, "<!--x--><a/>": RuleComment, "<a/><!--x-->": RuleComment,
		"<a><?p x?></a>": RuleProcInst, "<?p x?><a/>": RuleProcInst, "<a/><?p x?>": RuleProcInst,
		"<?xml-stylesheet x?><a/>": RuleProcInst,
	} {
		_, err := ParseBytes([]byte(doc), Limits{})
		wantRule(t, err, rule)
		if _, err := ParseBytes([]byte(doc), Limits{Comments: true}); err != nil {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func TestErrorNamesRulePlaceAndRemedy(t *testing.T) {
	t.Parallel()
	_, err := ParseBytes([]byte("<a>\n<b>\r\n  <c d='secret' d='secret'/></b></a>"), Limits{})
	want := `xml.attribute.duplicate: second attribute "d" at line 3, byte 26: give each attribute once`
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestErrorNeverShowsValues(t *testing.T) {
	t.Parallel()
	for _, tc := range refusals {
		doc := strings.ReplaceAll(tc.doc, "urn:1", "urn:secret")
		doc = strings.ReplaceAll(doc, ">x", ">secret")
		_, err := ParseBytes([]byte(strings.ReplaceAll(doc, "='1'", "='secret'")), Limits{Comments: true})
		if err != nil && strings.Contains(strings.ReplaceAll(err.Error(), "urn:secret", ""), "secret") {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

func TestLongNamesAreCutInErrors(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("n", 200)
	_, err := ParseBytes([]byte("<"+name+"></b>"), Limits{})
	if err == nil || len(err.Error()) > 250 {
		t.Errorf("error %v", err)
	}
}

func TestReaderErrorsAreNoRefusals(t *testing.T) {
	t.Parallel()
	broken := errors.New("line is down")
	for _, doc := range []string{"", "<", "<a", "<a b='", "<a>text", "<a><!", "<a><![CDATA[", "<a><!--", "<a/>", "<a>\xC3", "<?xml "} {
		s := NewScanner(&failing{strings.NewReader(doc), broken}, Limits{Comments: true})
		var err error
		for err == nil {
			_, err = s.Next()
		}
		if !errors.Is(err, broken) {
			t.Errorf("%q: error %v", doc, err)
		}
		if _, again := s.Next(); again != err {
			t.Errorf("%q: then error %v", doc, again)
		}
	}
}

type failing struct {
	r   *strings.Reader
	err error
}

func (f *failing) Read(b []byte) (int, error) {
	if f.r.Len() == 0 {
		return 0, f.err
	}
	return f.r.Read(b)
}

func TestReaderThatGivesNothing(t *testing.T) {
	t.Parallel()
	if _, err := Parse(stuck{}, Limits{}); err == nil {
		t.Error("no error")
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }
