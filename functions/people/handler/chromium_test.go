//go:build browser

package handler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/vienreiz/vienreiz/localstack/chromium"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/requester"
)

func TestAWholeJourneyInARealBrowser(t *testing.T) {
	for _, c := range []struct {
		lang          string
		width, height int
	}{{"en", 1200, 900}, {"lv", 400, 800}} {
		t.Run(c.lang, func(t *testing.T) {
			w := open(t, world.Options{})
			v := w.order(t, "V2", "vehicle-registration", func(o *requester.Order) { o.Language = strings.ToUpper(c.lang) })
			b := chromium.Open(t, c.lang, c.width, c.height, c.lang)
			walkToPreview(b, v.PersonURL)
			b.Shot("preview")
			b.Click(`button[value="chosen"]`, `.bad`)
			b.Shot("nothing-chosen")
			b.Do(chromedp.Click(chromedp.CSS(`details:has(table) summary`)))
			b.Do(chromedp.Click(chromedp.CSS(`input[name="piece"][value="2"]`)))
			b.Shot("chosen")
			b.Click(`button[value="chosen"]`, `a[href$="/return"]`)
			b.Shot("sent")
			b.Click(`a[href$="/return"]`, `.good`)
			b.Shot("ended")
			b.Visit(w.Tenants["LT"].People+"/journey/nothing", `h1`)
			b.Shot("fault")
			if now := w.view(t, v.ID); len(now.Documents) != 2 {
				t.Errorf("the portal got %d documents", len(now.Documents))
			}
		})
	}
}

// A journey of its own, that ends on the preview: headless chromium hangs now and
// then when it leaves a page on which it showed a PDF.
func TestAPDFIsShownInARealBrowser(t *testing.T) {
	w := open(t, world.Options{})
	v := w.order(t, "V2", "vehicle-registration", nil)
	b := chromium.Open(t, "pdf", 1200, 900, "en")
	walkToPreview(b, v.PersonURL)
	b.Do(chromedp.Click(chromedp.CSS(`details:has(object) summary`)))
	b.Do(chromedp.WaitVisible(chromedp.CSS(`object`)), chromedp.ScrollIntoView(chromedp.CSS(`object`)), chromedp.Sleep(2*time.Second))
	b.Part("document", `object`)
}

// The policy of the page lets the browser show what a link leads to at the store,
// and nothing from elsewhere.
func TestALargePDFIsShownFromTheStoreInARealBrowser(t *testing.T) {
	s, l := large(t)
	v := s.order(t, "T3", "tertiary-qualification", nil)
	b := chromium.Open(t, "large-pdf", 1200, 900, "en")
	walkToPreview(b, v.PersonURL)
	b.Do(chromedp.Click(chromedp.CSS(`details:has(object) summary`)))
	b.Do(chromedp.WaitVisible(chromedp.CSS(`object`)), chromedp.ScrollIntoView(chromedp.CSS(`object`)), chromedp.Sleep(2*time.Second))
	b.Part("document", `object`)
	if l.times() == 0 {
		t.Error("the browser did not fetch it from the store")
	}
}

// walkToPreview goes from the portal's link to the list of documents.
func walkToPreview(b *chromium.Browser, link string) {
	b.Visit(link, `form[action$="/sign-in"] button`)
	b.Shot("welcome")
	b.SignIn("anna", `form[action$="/ask"] button`)
	b.Shot("ask")
	b.Click(`form[action$="/ask"] button`, `form[action$="/continue"] button`)
	b.Shot("launch")
	b.Click(`form[action$="/continue"] button`, `form[action$="/leave"] button`)
	b.Shot("preview-welcome")
	b.SignIn("anna", `input[name="piece"]`)
}
