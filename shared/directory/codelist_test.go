package directory_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/directory"
)

func TestCodeListsAreFetchedFromTheSemanticRepositoryOnly(t *testing.T) {
	t.Parallel()
	var fetched []string
	client, _ := newClient(t, func(o *directory.Options) {
		o.Repository = ""
		o.HTTP = doFunc(func(r *http.Request) (*http.Response, error) {
			fetched = append(fetched, r.URL.String())
			r.URL.Path = "/sr" + r.URL.Path
			return through(simulator())(r)
		})
	})
	for _, url := range []string{
		"http://sr.acc.oots.tech.ec.europa.eu/codelists/LV/School", "https://sr.acc.oots.tech.ec.europa.eu.evil.example/codelists/LV/School",
		"https://evil.example/?https://sr.oots.tech.ec.europa.eu/", "https://sr.oots.tech.ec.europa.eu@evil.example/", "https://user@sr.oots.tech.ec.europa.eu/codelists/LV/School",
		"https://sr.oots.tech.ec.europa.eu:8443/codelists/LV/School", "https://127.0.0.1/", "file:///etc/passwd", "", "https://sr.oots.tech.ec.europa.eu/codelists/LV/School#x",
	} {
		if _, err := client.CodeList(context.Background(), url); !breaks(err, "codelist.host") {
			t.Errorf("%s: %v", url, err)
		}
	}
	if len(fetched) > 0 {
		t.Errorf("fetched %v", fetched)
	}
	for range 2 {
		all, err := client.CodeList(context.Background(), "https://sr.acc.oots.tech.ec.europa.eu/codelists/LV/School")
		if err != nil || len(all) != 2 || all[0].Code != "LIEPAJA-2" || all[0].Name == "" {
			t.Errorf("%v, %v", all, err)
		}
	}
	if len(fetched) != 1 {
		t.Errorf("fetched %v", fetched)
	}
	if _, err := client.CodeList(context.Background(), "https://sr.acc.oots.tech.ec.europa.eu/codelists/LV/Nothing"); !breaks(err, "http.status") {
		t.Errorf("a list that is not there: %v", err)
	}
}

func TestGenericodeReadsOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	const head = `<g:CodeList xmlns:g="http://docs.oasis-open.org/codelist/ns/genericode/1.0/"><ColumnSet><Column Id="n"/><Column Id="c"/><Key><ColumnRef Ref="c"/></Key></ColumnSet><SimpleCodeList>`
	row := func(code, name string) string {
		return `<Row><Value ColumnRef="n"><SimpleValue> ` + name + ` </SimpleValue></Value><Value ColumnRef="c"><SimpleValue>` + code + `</SimpleValue></Value></Row>`
	}
	const tail = `</SimpleCodeList></g:CodeList>`
	all, err := directory.ParseCodeList([]byte(head + row("\tA ", "Name") + row("B", "") + tail))
	if diff := cmp.Diff([]directory.ListedValue{{Code: "A", Name: "Name"}, {Code: "B"}}, all); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for what, c := range map[string]struct{ text, rule string }{
		"no list":         {"<CodeList/>", "codelist.root"},
		"no rows":         {head + tail, "codelist.rows"},
		"no code":         {head + row("", "x") + tail, "codelist.rows"},
		"a code twice":    {head + row("A", "x") + row("A", "y") + tail, "codelist.rows"},
		"no columns":      {strings.Replace(head, "<ColumnSet>", "<ColumnSets>", 1) + tail, "xml.nesting"},
		"a document type": {"<!DOCTYPE x>" + head + row("A", "x") + tail, "xml.doctype"},
	} {
		if _, err := directory.ParseCodeList([]byte(c.text)); !breaks(err, c.rule) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
