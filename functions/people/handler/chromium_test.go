//go:build browser

package handler_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/requester"
)

// chromium is a real browser on a small screen or a large one.
type chromium struct {
	t       *testing.T
	tab     context.Context
	ctx     context.Context // of the tab, with an end
	shots   string
	name    string
	counter int
}

func newChromium(t *testing.T, width, height int, lang string) *chromium {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("SKIPPED LOUDLY: no chromium; install it to click through the pages in a real browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.IgnoreCertErrors,
		chromedp.WindowSize(width, height), chromedp.Flag("lang", lang), chromedp.Flag("accept-lang", lang))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	tab := ctx
	ctx, cancel = context.WithTimeout(tab, time.Minute)
	t.Cleanup(cancel)
	shots := os.Getenv("VIENREIZ_SCREENSHOTS")
	if shots == "" {
		shots = filepath.Join(os.TempDir(), "vienreiz-screenshots")
	}
	if err := os.MkdirAll(shots, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Logf("screenshots are in %s", shots)
	return &chromium{t: t, tab: tab, ctx: ctx, shots: shots, name: lang}
}

func (c *chromium) run(steps ...chromedp.Action[chromedp.Void]) {
	c.t.Helper()
	if err := chromedp.Do(c.ctx, steps...); err != nil {
		ctx, cancel := context.WithTimeout(c.tab, 5*time.Second)
		defer cancel()
		text, _ := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("body")))
		c.t.Fatalf("%v, on the page: %.600s", err, text)
	}
}

// shot takes a picture of the whole page.
func (c *chromium) shot(name string) {
	c.t.Helper()
	c.counter++
	octets, err := chromedp.Run(c.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		c.t.Fatal(err)
	}
	c.write(name, octets)
}

// part takes a picture of one element.
func (c *chromium) part(name, selector string) {
	c.t.Helper()
	c.counter++
	octets, err := chromedp.Run(c.ctx, chromedp.Screenshot(chromedp.CSS(selector)))
	if err != nil {
		c.t.Fatal(err)
	}
	c.write(name, octets)
}

func (c *chromium) write(name string, octets []byte) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.shots, fmt.Sprintf("%s-%02d-%s.png", c.name, c.counter, name)), octets, 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// click presses a button and waits for what comes then.
func (c *chromium) click(button, then string) {
	c.t.Helper()
	c.run(chromedp.Click(chromedp.CSS(button)))
	c.wait(then)
}

// wait waits for something on a page that may load itself anew meanwhile, which
// takes the node away that was being looked at.
func (c *chromium) wait(selector string) {
	c.t.Helper()
	for range 20 {
		err := chromedp.Do(c.ctx, chromedp.WaitVisible(chromedp.CSS(selector)))
		if err == nil || !strings.Contains(err.Error(), "Could not find node") {
			break
		}
	}
	c.run(chromedp.WaitVisible(chromedp.CSS(selector)))
}

func TestAWholeJourneyInARealBrowser(t *testing.T) {
	for _, c := range []struct {
		lang          string
		width, height int
	}{{"en", 1200, 900}, {"lv", 400, 800}} {
		t.Run(c.lang, func(t *testing.T) {
			w := open(t, world.Options{})
			v := w.order(t, "V2", "vehicle-registration", func(o *requester.Order) { o.Language = strings.ToUpper(c.lang) })
			b := newChromium(t, c.width, c.height, c.lang)
			b.toPreview(v.PersonURL)
			b.shot("preview")
			b.click(`button[value="chosen"]`, `.bad`)
			b.shot("nothing-chosen")
			b.run(chromedp.Click(chromedp.CSS(`details:has(table) summary`)))
			b.run(chromedp.Click(chromedp.CSS(`input[name="piece"][value="2"]`)))
			b.shot("chosen")
			b.click(`button[value="chosen"]`, `a[href$="/return"]`)
			b.shot("sent")
			b.click(`a[href$="/return"]`, `.good`)
			b.shot("ended")
			b.run(chromedp.Navigate(w.Tenants["LT"].People+"/journey/nothing"), chromedp.WaitVisible(chromedp.CSS(`h1`)))
			b.shot("fault")
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
	b := newChromium(t, 1200, 900, "en")
	b.name = "pdf"
	b.toPreview(v.PersonURL)
	b.run(chromedp.Click(chromedp.CSS(`details:has(object) summary`)))
	b.run(chromedp.WaitVisible(chromedp.CSS(`object`)), chromedp.ScrollIntoView(chromedp.CSS(`object`)), chromedp.Sleep(2*time.Second))
	b.part("document", `object`)
}

// toPreview walks from the portal's link to the list of documents.
func (c *chromium) toPreview(link string) {
	c.t.Helper()
	c.run(chromedp.Navigate(link), chromedp.WaitVisible(chromedp.CSS(`form[action$="/sign-in"] button`)))
	c.shot("welcome")
	c.signIn(`form[action$="/ask"] button`)
	c.shot("ask")
	c.click(`form[action$="/ask"] button`, `form[action$="/continue"] button`)
	c.shot("launch")
	c.click(`form[action$="/continue"] button`, `form[action$="/leave"] button`)
	c.shot("preview-welcome")
	c.signIn(`input[name="piece"][value="2"]`)
}

// signIn goes through our page and the national one, which sends the answer by itself.
func (c *chromium) signIn(then string) {
	c.t.Helper()
	c.click(`form[action$="/sign-in"] button`, `form[action$="/sso"] button`)
	if c.counter < 2 {
		c.shot("sign-in")
	}
	c.click(`form[action$="/sso"] button`, `#resident`)
	c.run(chromedp.SetValue(chromedp.CSS(`#resident`), "anna"))
	c.click(`button[type="submit"]:not([name="cancel"])`, then)
}
