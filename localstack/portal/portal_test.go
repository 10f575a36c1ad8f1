package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/vienreiz/vienreiz/functions/portal/api"
)

func TestSomebodyAppliesAndGetsTheDocumentAndSubmits(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	b := newBrowser(t, newPortal(t, n))
	b.get("/").says(t, 200, "Recognition of diplomas", `lang="en"`)
	b.get("/apply?procedure=T3").says(t, 200, "voluntary", "Proof of tertiary education", "Estonia – not connected here", "always upload the document yourself")
	path := b.apply()
	o := n.orders[0]
	if o.Procedure != "T3" || o.Requirement != diploma || o.Country != "LV" || o.Language != "EN" || o.ReturnUrl != "https://portal.example.lt/return" || o.Subject != nil {
		t.Errorf("ordered %+v", o)
	}
	b.get(path+"/leave").says(t, 200, `http-equiv="refresh" content="0; url=https://people.example.lt/journey/t"`, `href="https://people.example.lt/journey/t"`)
	b.get("/return?request=r1").says(t, 200, "You have not asked yet.", `http-equiv="refresh" content="3"`, path+"/leave")
	if p := b.get("/return?request=r1&still"); strings.Contains(p.body, "http-equiv") {
		t.Error("the page does not stand still")
	}
	n.deliver("application/xml", []byte("<diploma/>"), 2)
	p := b.get("/return?request=r1")
	p.says(t, 200, "Diploms &lt;b&gt;", "an authority of Latvia", path+"/documents/2", path+"/submit")
	if p.path != path || n.called("/evidence/1") != 1 || n.called("/evidence/2") != 1 || n.called("/confirm") != 1 {
		t.Errorf("at %s after %v", p.path, n.calls)
	}
	b.get("/return?request=r1").says(t, 200, path+"/documents/1")
	b.get(path+"/documents/1").says(t, 200, "<diploma/>")
	b.post(path+"/submit", nil).says(t, 200, "Your application is submitted", "/feedback")
	if p := b.get(path); p.path != path+"/receipt" {
		t.Errorf("what is submitted can be changed at %s", p.path)
	}
	b.get("/feedback").says(t, 200, "very easy")
	b.post("/feedback", url.Values{"mark": {"5"}}).says(t, 200, "Thank you")
	b.post("/feedback", url.Values{"mark": {"6"}}).says(t, 400, "not filled in")
}

func TestADoubleClickMakesOneRequest(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	b := newBrowser(t, newPortal(t, n))
	form := b.form("T3")
	paths := make([]string, 8)
	var group sync.WaitGroup
	for i := range paths {
		group.Go(func() { paths[i] = b.post("/apply", form).path })
	}
	group.Wait()
	for _, p := range paths {
		if p != paths[0] {
			t.Errorf("one click leads to %s, another to %s", p, paths[0])
		}
	}
	if len(n.orders) != 1 || n.keys[0] != form.Get("token") {
		t.Errorf("%d orders with keys %v", len(n.orders), n.keys)
	}
}

func TestEveryEndIsSaidInWordsWithTheWayOut(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	b := newBrowser(t, newPortal(t, n))
	path := b.apply()
	for _, s := range []api.State{api.StateUnmatched, api.StateDeferred, api.StateUndelivered, api.StateDeclined, api.StateRefused, api.StateExpired, api.StateCancelled} {
		n.change(func() {
			n.view.State, n.view.Final, n.view.Code, n.view.Reason = s, true, "EDM:ERR:0004", "Words about "+string(s)
		})
		b.get("/return?request=r1").says(t, 200, "Words about "+string(s), "EDM:ERR:0004", `href="`+path+`"`, `href="/apply?procedure=T3"`)
		n.change(func() { n.view.Reason = "" })
		if p := b.get("/return?request=r1&lang=LV"); strings.Contains(p.body, "state.") || !strings.Contains(p.body, `<html lang="lv">`) {
			t.Errorf("%s is not said in Latvian: %s", s, p.body)
		}
		b.get("/return?request=r1&lang=EN")
	}
	b.upload(path+"/documents", "diploms.pdf", []byte("%PDF-1.4 mine")).says(t, 200, "diploms.pdf", "uploaded by you")
	b.post(path+"/submit", nil).says(t, 200, "Its number is")
}

func TestSomebodyEndsTheRequestOrNeverMakesOne(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	b := newBrowser(t, newPortal(t, n))
	b.post(b.apply()+"/cancel", nil).says(t, 200, "You ended it.")
	form := b.form("V2")
	form.Set("by", "hand")
	p := b.post("/apply", form)
	p.says(t, 200, "There is no document yet.", "Registering a motor vehicle")
	b.post(p.path+"/submit", nil).says(t, 200, "There is no document yet.")
	b.post(p.path+"/cancel", nil).says(t, 200, "There is no document yet.")
	b.get(p.path+"/leave").says(t, 200, "There is no document yet.")
	b.get(p.path+"/receipt").says(t, 200, "There is no document yet.")
	if len(n.orders) != 1 {
		t.Errorf("%d orders", len(n.orders))
	}
}

func TestAnotherBrowserSeesNothing(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	s := newPortal(t, n)
	b, stranger := newBrowser(t, s), newBrowser(t, s)
	path := b.apply()
	n.deliver("application/pdf", []byte("%PDF"), 1)
	b.get("/return?request=r1").says(t, 200, path+"/documents/1")
	for range 2 { // without a session, then with one
		for _, p := range []string{"/return?request=r1", path, path + "/documents/1", path + "/leave", path + "/receipt"} {
			stranger.get(p).says(t, 404, "There is nothing here for this browser")
		}
		stranger.post(path+"/submit", nil).says(t, 404)
		stranger.post(path+"/cancel", nil).says(t, 404)
		stranger.post("/apply", url.Values{"token": {"guessed"}, "procedure": {"T3"}, "by": {"hand"}}).says(t, 409, "/apply?procedure=T3")
		stranger.form("T3")
	}
	for _, p := range []string{"/return", "/return?request=", "/return?request=of-another-portal", "/apply", "/apply?procedure=Z9", "/nothing", path + "/documents/0", path + "/documents/2", path + "/documents/x"} {
		b.get(p).says(t, 404)
	}
}

func TestAFormThatThePortalDidNotOfferIsRefused(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	b := newBrowser(t, newPortal(t, n))
	for name, value := range map[string]string{"procedure": "Z9", "requirement": roadworthiness, "country": "EE", "language": "FR"} {
		form := b.form("T3")
		form.Set(name, value)
		b.post("/apply", form).says(t, 400, "not filled in")
	}
	b.post("/apply", url.Values{"token": {strings.Repeat("x", 1<<20)}}).says(t, 400, "not filled in")
	r, _ := http.NewRequest(http.MethodPost, b.portal.URL+"/apply", strings.NewReader(b.form("T3").Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if p := b.do(r); p.status != http.StatusForbidden {
		t.Errorf("a form of another site: %d", p.status)
	}
	if len(n.orders) != 0 {
		t.Errorf("%d orders", len(n.orders))
	}
}
