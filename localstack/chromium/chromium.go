//go:build browser

// Package chromium drives a real browser through the pages, for tests.
package chromium

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
)

// Browser is chromium on a small screen or a large one. Its pictures go to the folder
// that VIENREIZ_SCREENSHOTS names, else to vienreiz-screenshots among the temporary ones.
type Browser struct {
	t       *testing.T
	tab     context.Context
	ctx     context.Context // of the tab, with an end
	shots   string
	name    string
	counter int
}

// patience is how long a browser lives: more than a journey takes.
const patience = 3 * time.Minute

// Open starts one; name begins those of its pictures. Where there is no chromium
// the test is skipped.
func Open(t *testing.T, name string, width, height int, lang string) *Browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program(t)), chromedp.NoSandbox, chromedp.IgnoreCertErrors,
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.WindowSize(width, height), chromedp.Flag("lang", lang), chromedp.Flag("accept-lang", lang))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // it lives as long as the context that starts it
		t.Fatal(err)
	}
	tab := ctx
	ctx, cancel = context.WithTimeout(tab, patience)
	t.Cleanup(cancel)
	shots := os.Getenv("VIENREIZ_SCREENSHOTS")
	if shots == "" {
		shots = filepath.Join(os.TempDir(), "vienreiz-screenshots")
	}
	if err := os.MkdirAll(shots, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Logf("screenshots are in %s", shots)
	return &Browser{t: t, tab: tab, ctx: ctx, shots: shots, name: name}
}

func program(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	t.Skip("SKIPPED LOUDLY: no chromium; install it to click through the pages in a real browser")
	return ""
}

// Do runs steps, again from the first where the page loaded itself anew meanwhile
// and took the node away that was being looked at.
func (b *Browser) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	err := chromedp.Do(b.ctx, steps...)
	for n := 0; n < 20 && err != nil && strings.Contains(err.Error(), "Could not find node"); n++ {
		err = chromedp.Do(b.ctx, steps...)
	}
	if err != nil {
		ctx, cancel := context.WithTimeout(b.tab, 5*time.Second)
		defer cancel()
		text, _ := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("body")))
		b.t.Fatalf("%v, on the page: %.600s", err, text)
	}
}

// tries is how often what headless chromium now and then hangs on is begun anew:
// drawing a page, and its first one. Neither changes anything.
const (
	tries = 3
	hangs = 20 * time.Second
)

// again tries what takes no time unless it hangs.
func (b *Browser) again(do func(context.Context) error) error {
	var err error
	for range tries {
		ctx, cancel := context.WithTimeout(b.ctx, hangs)
		err = do(ctx)
		cancel()
		if err == nil || b.ctx.Err() != nil {
			break
		}
	}
	return err
}

// Visit opens an address and waits for what comes then.
func (b *Browser) Visit(address, then string) {
	b.t.Helper()
	if err := b.again(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Navigate(address)) }); err != nil {
		b.t.Fatalf("open %s: %v", address, err)
	}
	b.Wait(then)
}

// Click presses a button or a link and waits for what comes then.
func (b *Browser) Click(button, then string) {
	b.t.Helper()
	b.Do(chromedp.Click(chromedp.CSS(button)))
	b.Wait(then)
}

// Wait waits for something on the page.
func (b *Browser) Wait(selector string) {
	b.t.Helper()
	b.Do(chromedp.WaitVisible(chromedp.CSS(selector)))
}

// SignIn goes from the button of our page through the national sign-in, which sends
// the answer by itself, as a resident.
func (b *Browser) SignIn(resident, then string) {
	b.t.Helper()
	b.Click(`form[action$="/sign-in"] button`, `form[action$="/sso"] button`)
	b.Click(`form[action$="/sso"] button`, `#resident`)
	b.Do(chromedp.SetValue(chromedp.CSS(`#resident`), resident))
	b.Click(`button[type="submit"]:not([name="cancel"])`, then)
}

// Shot takes a picture of the whole page.
func (b *Browser) Shot(name string) {
	b.t.Helper()
	b.draw(name, chromedp.FullScreenshot(100))
}

// Part takes a picture of one element.
func (b *Browser) Part(name, selector string) {
	b.t.Helper()
	b.draw(name, chromedp.Screenshot(chromedp.CSS(selector)))
}

func (b *Browser) draw(name string, picture chromedp.Action[[]byte]) {
	b.t.Helper()
	var octets []byte
	err := b.again(func(ctx context.Context) (err error) {
		octets, err = chromedp.Run(ctx, picture)
		return err
	})
	if err != nil {
		b.t.Fatalf("no picture of %s: %v", name, err)
	}
	b.counter++
	if err := os.WriteFile(filepath.Join(b.shots, fmt.Sprintf("%s-%02d-%s.png", b.name, b.counter, name)), octets, 0o600); err != nil {
		b.t.Fatal(err)
	}
}
