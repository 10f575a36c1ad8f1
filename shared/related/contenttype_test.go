package related

import (
	"mime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestContentTypeIsReadAsPeersWriteIt(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		field string
		want  ContentType
	}{
		"quoted, with start": {
			`multipart/related; type="application/soap+xml"; boundary="=_as4_5e26"; start="<root.d8@ap.example>"`,
			ContentType{Type: "application/soap+xml", Boundary: "=_as4_5e26", Start: "root.d8@ap.example"},
		},
		"phase4": {
			`multipart/related; boundary="----=_Part_0_687399269.1795533511602"; type="application/soap+xml"`,
			ContentType{Type: "application/soap+xml", Boundary: "----=_Part_0_687399269.1795533511602"},
		},
		"no quotes where there should be": {
			`Multipart/Related;boundary=----=_Part_0;TYPE=application/soap+xml;start=<r@a>`,
			ContentType{Type: "application/soap+xml", Boundary: "----=_Part_0", Start: "r@a"},
		},
		"folded, with charset and start-info": {
			"multipart/related;\r\n\tboundary=\"b c\";\r\n type=\"application/soap+xml\"; charset=UTF-8; start-info=\"x\\\"y\"; ;",
			ContentType{Type: "application/soap+xml", Boundary: "b c", Charset: "UTF-8", StartInfo: `x"y`},
		},
		"parameters that are unknown": {`multipart/related; boundary=b; action="urn:x"`, ContentType{Boundary: "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseContentType(tt.field)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestContentTypeIsRefused(t *testing.T) {
	t.Parallel()
	for field, rule := range map[string]string{
		"":                                                               RuleContentType,
		"application/soap+xml":                                           RuleContentType,
		"multipart/mixed; boundary=b":                                    RuleContentType,
		"multipart/related":                                              RuleBoundary,
		`multipart/related; boundary=""`:                                 RuleBoundary,
		"multipart/related; boundary=":                                   RuleContentType,
		"multipart/related; boundary=b boundary":                         RuleContentType,
		"multipart/related; boundary=b; boundary":                        RuleContentType,
		"multipart/related; boundary=b; Boundary=b":                      RuleContentType,
		"multipart/related; boundary*=utf-8''b":                          RuleBoundary,
		`multipart/related; boundary="b`:                                 RuleContentType,
		`multipart/related; boundary="b" x`:                              RuleContentType,
		`multipart/related; boundary="b\`:                                RuleContentType,
		`multipart/related; boundary="b "`:                               RuleBoundary,
		`multipart/related; boundary="b;c"`:                              RuleBoundary,
		`multipart/related; boundary="bā"`:                               RuleBoundary,
		`multipart/related; boundary="` + strings.Repeat("b", 71) + `"`:  RuleBoundary,
		"multipart/related; boundary=b\r\nX: y":                          RuleContentType,
		"multipart/related; boundary=b\x00":                              RuleContentType,
		"multipart/related; boundary=b; x=" + strings.Repeat("y", 2<<10): RuleContentType,
	} {
		_, err := ParseContentType(field)
		wantRule(t, err, rule)
	}
}

func TestContentTypeIsUnderstoodByTheStandardLibrary(t *testing.T) {
	t.Parallel()
	want := ContentType{Type: "application/soap+xml", Boundary: "=_as4_(1):?", Start: "root@a.example", StartInfo: `a"b`}
	media, params, err := mime.ParseMediaType(want.String())
	if err != nil || media != MediaType {
		t.Fatal(media, err)
	}
	got := map[string]string{"type": want.Type, "boundary": want.Boundary, "start": "<" + want.Start + ">", "start-info": want.StartInfo}
	if diff := cmp.Diff(got, params); diff != "" {
		t.Error(diff)
	}
	if again, err := ParseContentType(want.String()); err != nil || again != want {
		t.Error(again, err)
	}
}

func TestCanonicalID(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a@b": "a@b", "<a@b>": "a@b", "cid:a@b": "a@b", "CID:a%40b": "a@b", "a%40b": "a@b", "%3ca%3E": "<a>",
		"a+b@c": "a+b@c", "a%2Bb@c": "a+b@c", "a%2540b": "a%40b", "100%": "100%", "%4": "%4", "%zz": "%zz", "%4%41": "%4A", "": "", "<": "<",
	} {
		if got := CanonicalID(in); got != want {
			t.Errorf("CanonicalID(%q) = %q, want %q", in, got, want)
		}
	}
}
