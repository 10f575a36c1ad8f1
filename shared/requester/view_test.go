package requester

import (
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/text"
)

var everyState = []exchange.State{
	exchange.Created, exchange.Request1Sent, exchange.PreviewRequired, exchange.Request2Sent, exchange.Delivered, exchange.Confirmed, exchange.Unmatched,
	exchange.Deferred, exchange.Undelivered, exchange.Cancelled, exchange.Declined, exchange.Refused, exchange.Expired,
}

func TestEveryStateHasAReasonInEveryLanguage(t *testing.T) {
	t.Parallel()
	f := open(t)
	for _, language := range text.Languages() {
		for _, state := range everyState {
			for _, code := range []string{"", CodeChoose, CodeStepUp, CodeNobody, CodeInvalid, CodeForeign, CodeBroken, "EDM:ERR:0001", "EBMS:0301", "no code at all"} {
				p := &placed{Order: Order{Language: language}, Created: f.now}
				v, err := f.view(t.Context(), p, &conduct.Record{Exchange: exchange.Exchange{State: state, Code: code}})
				if err != nil || v.Reason == "" || v.Final != state.Final() {
					t.Errorf("%s, %q in %s: %+v, %v", state, code, language, v, err)
				}
			}
		}
	}
}

func TestThePersonIsSentToWhereTheyCanGoOn(t *testing.T) {
	t.Parallel()
	const link, journey = "https://preview.example.lv/s/1", "https://people.example.be/journey/token"
	f := open(t)
	for _, state := range everyState {
		r := &conduct.Record{Exchange: exchange.Exchange{State: state, PreviewLink: link}, Version: edm.V20}
		want := map[bool]string{true: "", false: journey}[state.Final()]
		if v, err := f.view(t.Context(), &placed{Token: "token"}, r); err != nil || v.PersonURL != want {
			t.Errorf("%s with our own pages: %q, %v", state, v.PersonURL, err)
		}
		want = map[bool]string{true: link}[state == exchange.Request2Sent]
		if v, err := f.view(t.Context(), &placed{}, r); err != nil || v.PersonURL != want {
			t.Errorf("%s at a portal that knows its people: %q, %v", state, v.PersonURL, err)
		}
	}
}

func TestThePreviewLinkHasTheWayBackBeforeItsFragment(t *testing.T) {
	t.Parallel()
	const back = "returnurl=https%3A%2F%2Fportal.example.be%2Fback%3Fa%3D1&returnmethod=GET"
	for name, c := range map[string]struct {
		version    edm.Version
		link, want string
	}{
		"since 2.0 it is in the request":  {edm.V20, "https://p.lv/s", "https://p.lv/s"},
		"a link without a query":          {edm.V12, "https://p.lv/s", "https://p.lv/s?" + back},
		"a link with a query":             {edm.V12, "https://p.lv/s?x=1", "https://p.lv/s?x=1&" + back},
		"a link with a fragment":          {edm.V12, "https://p.lv/s#top", "https://p.lv/s?" + back + "#top"},
		"a fragment with a question mark": {edm.V12, "https://p.lv/s#top?", "https://p.lv/s?" + back + "#top?"},
	} {
		r := &conduct.Record{Exchange: exchange.Exchange{PreviewLink: c.link}, Version: c.version, ReturnURL: "https://portal.example.be/back?a=1"}
		if got := previewURL(r); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if got := previewURL(&conduct.Record{Exchange: exchange.Exchange{PreviewLink: "https://p.lv/s"}, Version: edm.V12}); got != "https://p.lv/s" {
		t.Errorf("without a way back: %s", got)
	}
}

func TestAPersonIsNotSentToAnUnsafeLink(t *testing.T) {
	t.Parallel()
	for link, safe := range map[string]bool{
		"https://preview.example.lv/s/1": true, "HTTPS://preview.example.lv": true,
		"http://preview.example.lv/s/1": false, "javascript:alert(1)": false, "data:text/html,x": false, "//preview.example.lv/s": false, "/s/1": false, "": false,
		"https:///s": false, "https://": false, "https:preview.example.lv": false, "https://user@preview.example.lv": false, "https://bank.example@evil.example/": false,
		"https://a.example\n.evil.example/": false, `https://a.example\@evil.example/`: false, "https://[::1": false,
		"https://preview.example.lv/" + strings.Repeat("x", MaxLink): false,
	} {
		if why := unsafe(link); (why == "") != safe {
			t.Errorf("%.60q: %q", link, why)
		}
	}
}

func TestEvidenceIsReadAndConfirmedInItsTimeOnly(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.create(t, "", order()).ID
	_, opened := f.Open(t.Context(), "p", id, 1)
	_, confirmed := f.Confirm(t.Context(), "p", id)
	_, continued := f.Continue(t.Context(), "p", id)
	for name, err := range map[string]error{"open": opened, "confirm": confirmed, "continue": continued} {
		if r := refusalOf(t, err); r.Kind != WrongTime || !strings.Contains(r.Detail, "state created") {
			t.Errorf("%s: %v", name, r)
		}
	}
}
