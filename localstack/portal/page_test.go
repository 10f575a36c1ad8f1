package portal_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"golang.org/x/net/html"

	"github.com/vienreiz/vienreiz/localstack/portal"
)

func TestDocumentsAreShownByTypesThatRunNothing(t *testing.T) {
	t.Parallel()
	for mediaType, want := range map[string][2]string{
		"application/pdf":               {"application/pdf", `inline; filename="document-1.pdf"`},
		"image/png":                     {"image/png", `inline; filename="document-1.png"`},
		"application/xml":               {"text/plain; charset=utf-8", `inline; filename="document-1.xml"`},
		"application/xml; charset=x":    {"text/plain; charset=utf-8", `inline; filename="document-1.xml"`},
		"image/svg+xml":                 {"application/octet-stream", `attachment; filename="document-1"`},
		"text/html":                     {"application/octet-stream", `attachment; filename="document-1"`},
		"no media type\"; filename=\"x": {"application/octet-stream", `attachment; filename="document-1"`},
	} {
		n := newNode(t)
		b := newBrowser(t, newPortal(t, n))
		path := b.apply()
		n.deliver(mediaType, []byte("<script>alert(1)</script>"), 1)
		b.get("/return?request=r1")
		p := b.get(path + "/documents/1")
		if got := [2]string{p.header.Get("Content-Type"), p.header.Get("Content-Disposition")}; got != want || p.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s is served as %v, want %v", mediaType, got, want)
		}
	}
	b := newBrowser(t, newPortal(t, newNode(t)))
	path := b.apply()
	b.upload(path+"/documents", `C:\Docs\a.pdf`, []byte("<html><script>alert(1)</script>")).says(t, 200, "a.pdf", "application/octet-stream")
	if p := b.get(path + "/documents/1"); p.header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("an uploaded page is served as %s", p.header.Get("Content-Type"))
	}
}

func TestEveryPageIsStrictAndSoundInBothLanguages(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	b := newBrowser(t, newPortal(t, n))
	path := b.apply()
	for _, language := range []string{"lv", "en"} {
		for _, p := range []string{"/", "/apply?procedure=T3", "/apply?procedure=V2", "/return?request=r1", path, path + "/leave", "/feedback", "/nothing"} {
			sign := "?"
			if strings.Contains(p, "?") {
				sign = "&"
			}
			sound(t, b.get(p+sign+"lang="+strings.ToUpper(language)), language)
		}
	}
	r, _ := http.NewRequest(http.MethodGet, b.portal.URL+"/", nil)
	r.Header.Set("Accept-Language", "de, lv;q=0.8, en;q=0.5")
	sound(t, newBrowser(t, b.portal).do(r), "lv")
	if css := b.get("/style.css"); !strings.HasPrefix(css.header.Get("Content-Type"), "text/css") || css.status != http.StatusOK {
		t.Errorf("no style: %d %v", css.status, css.header)
	}
}

// sound looks for what a page must have: a language, one h1, labels, and nothing that could run.
func sound(t *testing.T, p *page, language string) {
	t.Helper()
	policy := p.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'; style-src 'self'; form-action 'self'") || p.header.Get("Cache-Control") != "no-store" || p.header.Get("Referrer-Policy") != "same-origin" {
		t.Errorf("%s: %v", p.path, p.header)
	}
	root, err := html.Parse(strings.NewReader(p.body))
	if err != nil {
		t.Fatal(err)
	}
	count, labelled := map[string]int{}, map[string]bool{}
	var ids []string
	for node := range root.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		count[node.Data]++
		a := map[string]string{}
		for _, x := range node.Attr {
			a[x.Key] = x.Val
			if strings.HasPrefix(x.Key, "on") || x.Key == "style" {
				t.Errorf("%s: attribute %s", p.path, x.Key)
			}
		}
		labelled[a["for"]] = true
		if node.Data == "select" || a["type"] == "file" {
			ids = append(ids, a["id"])
		}
		if node.Data == "html" && a["lang"] != language {
			t.Errorf("%s is in %s, not %s", p.path, a["lang"], language)
		}
	}
	if count["h1"] != 1 || count["title"] != 1 || count["main"] != 1 || count["script"]+count["iframe"]+count["img"]+count["style"] != 0 {
		t.Errorf("%s has %v", p.path, count)
	}
	for _, id := range ids {
		if !labelled[id] {
			t.Errorf("%s: field %q has no label", p.path, id)
		}
	}
}

func TestCookiesStayWithTheBrowserAndThePortal(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, newPortal(t, newNode(t)))
	p := b.get("/apply?procedure=T3&lang=LV")
	cookies := p.header.Values("Set-Cookie")
	if len(cookies) != 2 {
		t.Fatal(cookies)
	}
	for _, c := range cookies {
		if !strings.Contains(c, "HttpOnly; Secure; SameSite=Lax") {
			t.Error(c)
		}
	}
}

func TestEveryTextOfThePagesIsThereInBothLanguages(t *testing.T) {
	t.Parallel()
	octets, err := os.ReadFile("text.yaml")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]map[string]string{}
	if err := yaml.Unmarshal(octets, &texts); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(files, pages...) {
		octets, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\bt "([^"]+)"|"(fault\.[a-z]+)"`).FindAllSubmatch(octets, -1) {
			key := string(m[1]) + string(m[2])
			for _, k := range []string{key, key + ".title"} {
				if text := texts[k]; (text["EN"] == "" || text["LV"] == "") && (k == key || m[1] == nil) {
					t.Errorf("%s wants %q, which is not there in both languages", f, k)
				}
			}
		}
	}
	for key, text := range texts {
		if text["LV"] == "" || strings.Count(text["EN"], "%s") != strings.Count(text["LV"], "%s") && text["EN"] != "" {
			t.Errorf("%s: %v", key, text)
		}
	}
}

func TestTheOldestDocumentsGoWhenThereAreTooMany(t *testing.T) {
	t.Parallel()
	s := newPortal(t, newNode(t))
	first := newBrowser(t, s)
	path := first.apply()
	file := append([]byte("%PDF"), bytes.Repeat([]byte("x"), portal.MaxUpload-4096)...)
	first.upload(path+"/documents", "first.pdf", file).says(t, 200, "first.pdf")
	for i := range portal.MaxKept/len(file) + 1 {
		b := newBrowser(t, s)
		name := fmt.Sprintf("%d.pdf", i)
		b.upload(b.apply()+"/documents", name, file).says(t, 200, name)
	}
	first.get(path).says(t, 200, "There is no document yet.")
}
