//go:build browser

package demo_test

import (
	"os"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/vienreiz/vienreiz/localstack/chromium"
	"github.com/vienreiz/vienreiz/localstack/world"
)

// The portal is that of the world that runs in the folder VIENREIZ_WORLD, such as one of
// `make localstack`; else of one that is opened here.
func TestAPersonAppliesAtTheSamplePortalInARealBrowser(t *testing.T) {
	portal := address(t)
	b := chromium.Open(t, "portal", 1200, 900, "en")
	b.Visit(portal, `a[href="/apply?procedure=T3"]`)
	b.Shot("home")
	b.Click(`a[href="/apply?procedure=T3"]`, `button[value="once"]`)
	b.Shot("choose")
	b.Click(`button[value="once"]`, `form[action$="/sign-in"] button`) // the portal leads on by itself
	b.Shot("welcome")
	b.SignIn("anna", `form[action$="/ask"] button`)
	b.Shot("ask")
	b.Click(`form[action$="/ask"] button`, `form[action$="/continue"] button`)
	b.Click(`form[action$="/continue"] button`, `form[action$="/leave"] button`)
	b.SignIn("anna", `input[name="piece"][value="1"]`)
	b.Do(chromedp.Click(chromedp.CSS(`input[name="piece"][value="1"]`)))
	b.Shot("preview")
	b.Click(`button[value="chosen"]`, `a[href$="/return"]`)
	b.Click(`a[href$="/return"]`, `.good`)
	b.Shot("ended")
	b.Click(`a[href^="`+portal+`"]`, `form[action$="/submit"] button`)
	b.Shot("application")
	b.Click(`form[action$="/submit"] button`, `.success`)
	b.Shot("receipt")
}

func address(t *testing.T) string {
	t.Helper()
	if data := os.Getenv("VIENREIZ_WORLD"); data != "" {
		r, err := world.Find(data)
		if err != nil || r == nil {
			t.Fatalf("no world runs in %s (%v)", data, err)
		}
		return r.Portal
	}
	w, err := world.Open(t.Context(), world.Options{Data: t.TempDir(), Names: []string{"LT", "LV"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w.URL()
}
