package portal_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/localstack/portal"
)

func TestWhatGoesWrongAtTheNodeIsSaidWithTheWayOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end    string // of the path that is refused
		refuse func(http.ResponseWriter)
		words  []string
	}{
		"a problem": {"/v1/requests", func(w http.ResponseWriter) {
			answer(w, 403, api.Problem{Rule: "order.procedure", Detail: "procedure: <T3> is not this portal's", Do: "ask the node's operator", Instance: "urn:uuid:1"})
		}, []string{"order.procedure", "procedure: &lt;T3&gt; is not this portal&#39;s", "ask the node&#39;s operator", "urn:uuid:1"}},
		"a token that is refused": {"/oauth2/token", func(w http.ResponseWriter) {
			answer(w, 401, api.TokenError{Error: "invalid_client", ErrorDescription: "client authentication failed"})
		}, []string{"does not know this portal"}},
		"a gateway":            {"/v1/requests", func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) }, []string{"http.503", "try again later"}},
		"a cut connection":     {"/v1/requests", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, []string{"cannot be reached"}},
		"an answer of no JSON": {"/v1/requests", func(w http.ResponseWriter) { w.WriteHeader(http.StatusCreated) }, []string{"cannot be reached"}},
	} {
		n := newNode(t)
		b := newBrowser(t, newPortal(t, n))
		n.refuse[c.end] = c.refuse
		form := b.form("T3")
		p := b.post("/apply", form)
		p.says(t, 502, append(c.words, "/apply?procedure=T3", `href="/applications/`)...)
		n.change(func() { delete(n.refuse, c.end) })
		if p := b.post("/apply", form); p.status != http.StatusOK || !strings.HasSuffix(p.path, "/leave") {
			t.Errorf("%s: the same form again leads to %d %s", name, p.status, p.path)
		}
	}
}

func TestANodeThatIsDownStopsNobodyFromUploading(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	b := newBrowser(t, newPortal(t, n))
	path := b.apply()
	n.Close()
	for _, p := range []*page{b.get("/return?request=r1"), b.get(path + "/leave"), b.post(path+"/cancel", nil)} {
		p.says(t, 502, "cannot be reached", `href="`+path+`"`, "/apply?procedure=T3")
	}
	b.upload(path+"/documents", "diploma.png", []byte("\x89PNG\r\n\x1a\n")).says(t, 200, "diploma.png", "image/png")
	b.post(path+"/submit", nil).says(t, 200, "Its number is")
}

func TestADocumentWithAnotherDigestIsNeitherKeptNorConfirmed(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*node){
		"octets that are not the header's": func(n *node) { n.octets = []byte("%PDF of somebody else"); n.digest = make([]byte, 32) },
		"a header that is not the state's": func(n *node) { n.octets = []byte("%PDF of somebody else") },
		"a second document that is wrong":  func(n *node) { n.view.Documents[1].Sha256 = strings.Repeat("0", 64) },
	} {
		n := newNode(t)
		b := newBrowser(t, newPortal(t, n))
		path := b.apply()
		n.deliver("application/pdf", []byte("%PDF"), 2)
		right, documents := n.octets, append([]api.Document{}, n.view.Documents...)
		n.change(func() { spoil(n) })
		b.get("/return?request=r1").says(t, 502, "not what the authority signed", `href="`+path+`"`)
		b.get(path).says(t, 200, "There is no document yet.")
		if n.called("/confirm") != 0 {
			t.Errorf("%s: confirmed", name)
		}
		n.change(func() { n.octets, n.digest, n.view.Documents = right, nil, documents })
		b.get("/return?request=r1").says(t, 200, path+"/documents/2")
	}
}

func TestADocumentThatIsTooLargeIsLeftAtTheNode(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	b := newBrowser(t, newPortal(t, n))
	b.apply()
	n.deliver("application/pdf", []byte("%PDF"), 1)
	n.change(func() { n.view.Documents[0].Size = portal.MaxDocument + 1 })
	b.get("/return?request=r1").says(t, 502, "more than 25 MB")
	if n.called("/evidence/1")+n.called("/confirm") != 0 {
		t.Errorf("fetched: %v", n.calls)
	}
}

func TestAConfirmationThatFailsIsMadeUpFor(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	b := newBrowser(t, newPortal(t, n))
	path := b.apply()
	b.upload(path+"/documents", "mine.txt", []byte("mine"))
	n.deliver("application/pdf", []byte("%PDF"), 1)
	n.change(func() {
		n.refuse["/confirm"] = func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) }
	})
	b.get("/return?request=r1").says(t, 502, "http.500")
	n.change(func() { delete(n.refuse, "/confirm") })
	b.get("/return?request=r1").says(t, 200, "mine.txt", path+"/documents/2")
	if n.called("/evidence/1") != 1 {
		t.Errorf("fetched more than once: %v", n.calls)
	}
}

func TestAnUploadHasALimitAndIsAFile(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, newPortal(t, newNode(t)))
	path := b.apply()
	b.upload(path+"/documents", "large.pdf", bytes.Repeat([]byte("%PDF"), portal.MaxUpload/4)).says(t, 413, "10 MB")
	b.upload(path+"/documents", "empty.pdf", nil).says(t, 400, "There was no file")
	b.post(path+"/documents", nil).says(t, 400, "There was no file")
}
