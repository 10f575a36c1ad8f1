package world_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/localstack/world"
)

func TestSomebodyAppliesAtTheSamplePortalAndIsSentToTheNodesPages(t *testing.T) {
	w := open(t, world.Options{})
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar}
	if home := read(t, browser, w.URL()+"/"); !strings.Contains(home, "Sample procedure portal of LT") || !strings.Contains(home, "academic recognition of diplomas") {
		t.Errorf("the first page: %s", home)
	}
	form := read(t, browser, w.URL()+"/apply?procedure=T3")
	token := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(form)
	if token == nil {
		t.Fatalf("no form: %s", form)
	}
	resp, err := browser.PostForm(w.URL()+"/apply", url.Values{
		"token": {token[1]}, "procedure": {"T3"}, "requirement": {w.Published().RequirementURL("tertiary-qualification")}, "country": {"LV"}, "language": {"LV"}, "by": {"once"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	octets, _ := io.ReadAll(resp.Body)
	page := string(octets)
	refresh := regexp.MustCompile(`http-equiv="refresh" content="0; url=([^"]+)"`).FindStringSubmatch(page)
	if refresh == nil || !strings.HasPrefix(refresh[1], w.Tenants["LT"].People+"/journey/") || !strings.Contains(page, `href="`+refresh[1]+`"`) {
		t.Fatalf("%d, and nobody is led on: %s", resp.StatusCode, page)
	}
}

func TestTheSamplePortalKnowsNothingOfAnotherPortalsRequest(t *testing.T) {
	w := open(t, world.Options{})
	desk := w.Tenants["LT"].Assembly.Requester
	direct, err := w.Tenants["LT"].Assembly.Tenant.Portal(t.Context(), world.DirectID)
	if err != nil {
		t.Fatal(err)
	}
	v, err := desk.Create(t.Context(), *direct, "", order(t, w, "tertiary-qualification"))
	if err != nil {
		t.Fatal(err)
	}
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar}
	read(t, browser, w.URL()+"/apply?procedure=T3")
	resp, err := browser.Get(w.URL() + "/return?request=" + url.QueryEscape(v.ID))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("%d", resp.StatusCode)
	}
}

func read(t *testing.T, browser *http.Client, address string) string {
	t.Helper()
	resp, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	octets, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s, %v", address, resp.StatusCode, octets, err)
	}
	return string(octets)
}
