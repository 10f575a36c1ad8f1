package handler_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/text"
)

// toPreview takes somebody from the portal's link to the evidence.
func toPreview(p *person, v *requester.View, lang string) *person {
	p.t.Helper()
	p.lang = lang
	t := func(key string) string { return text.In(lang, key) }
	p.open(v.PersonURL).is(http.StatusOK).says(t("journey.welcome-title"), t("journey.voluntary"), t("journey.preview"), t("journey.upload"))
	p.signIn(nil).is(http.StatusOK).says(t("ask.title"))
	p.send("/ask", nil).until("/continue")
	p.says(t("launch.title"))
	link := p.send("/continue", nil).leads()
	p.open(link).is(http.StatusOK).says(t("preview.welcome-title"), t("preview.why-sign-in"))
	return p.signIn(nil).is(http.StatusOK)
}

func TestSomebodyAcceptsOneOfTwoDocumentsInEitherLanguage(t *testing.T) {
	w := open(t, world.Options{})
	for _, lang := range []string{"EN", "LV"} {
		t.Run(lang, func(t *testing.T) {
			v := w.order(t, "V2", "vehicle-registration", func(o *requester.Order) { o.Language = lang })
			p := toPreview(w.person(t, "anna"), v, lang)
			p.says(text.In(lang, "preview.title"), text.In(lang, "country.LT"), text.In(lang, "procedure.V2"), "Sample authority of LT", "ZZ-0001", "ZZ-0002", text.In(lang, "preview.none"), text.In(lang, "preview.leave"), "(PDF, ")
			if !strings.Contains(p.body, `<html lang="`+strings.ToLower(lang)+`">`) {
				t.Error("the page is in another language")
			}
			if strings.Contains(p.body, "checked") {
				t.Error("a choice is made beforehand")
			}
			p.send("/decide", url.Values{"answer": {"chosen"}}).is(http.StatusUnprocessableEntity).says(text.In(lang, "preview.choose-first"))
			p.send("/decide", url.Values{"piece": {"2"}, "answer": {"chosen"}}).is(http.StatusOK).says(text.In(lang, "preview.sent-title"), text.In(lang, "preview.gone")).until("/return").says(w.host("LT"))
			p.silent("ZZ-0001", "ZZ-0002")
			p.until("/return").open(p.links("/return")[0]).until(text.In(lang, "ended.good"))
			if back := p.links("portal.example"); len(back) != 1 || back[0] != "https://portal.example/procedure?request="+v.ID+"&step=3" {
				t.Errorf("the way back is %v", back)
			}
			now := w.view(t, v.ID)
			if len(now.Documents) != 2 || now.Documents[0].Title != now.Documents[1].Title {
				t.Errorf("the portal got %+v", now.Documents) // one piece: structured, and to read
			}
		})
	}
}

func (s *scene) host(country string) string {
	u, _ := url.Parse(s.Tenants[country].People)
	return u.Host
}

func (s *scene) view(t *testing.T, id string) *requester.View {
	t.Helper()
	v, err := s.Tenants["LT"].Assembly.Requester.View(context.Background(), world.PortalID, id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSomebodySendsNothing(t *testing.T) {
	w := open(t, world.Options{})
	v := w.order(t, "T3", "tertiary-qualification", nil)
	p := toPreview(w.person(t, "anna"), v, "EN")
	p.send("/decide", url.Values{"answer": {"none"}, "piece": {"1"}}).is(http.StatusOK).says("Nothing is sent")
	p.until("/return").open(p.links("/return")[0]).until("You chose not to send the evidence")
	if now := w.view(t, v.ID); now.State != "declined" || len(now.Documents) != 0 {
		t.Errorf("%s with %d documents", now.State, len(now.Documents))
	}
}

func TestSomebodyLeavesAndComesBackToDecide(t *testing.T) {
	w := open(t, world.Options{Speak: "v1.2"})
	v := w.order(t, "T3", "tertiary-qualification", nil)
	p := toPreview(w.person(t, "anna"), v, "EN")
	p.send("/leave", nil).is(http.StatusOK).says("You left without deciding", "Nothing was sent", w.host("LT"))
	p.open(p.at.ResolveReference(&url.URL{Path: p.links("/preview/")[0]}).String()).says("It is shown only to you and is not sent")
	p.send("/decide", url.Values{"answer": {"chosen"}, "piece": {"1"}}).says("Your decision is on its way")
	p.until("/return").open(p.links("/return")[0]).until("The evidence has arrived")
	if now := w.view(t, v.ID); len(now.Documents) != 1 {
		t.Errorf("the portal got %d documents: what was only shown must not be sent", len(now.Documents))
	}
}

func TestADirectoryAsksItsQuestionsWithoutWritingAnswersIntoAddresses(t *testing.T) {
	w := open(t, world.Options{})
	v := w.order(t, "T2", "secondary-qualification", nil)
	p := w.person(t, "anna").open(v.PersonURL)
	p.signIn(nil).says("At which school did you take the final examination?", "Rīgas Valsts 1. ģimnāzija")
	p.send("/answers", p.choice("RIGA-1")).says("Was the certificate issued before 2000?", "Yes").send("/answers", p.choice("true"))
	p.says("Riga State Gymnasium No. 1").silent("Liepāja")
	if p.at.RawQuery != "" || strings.Contains(p.body, "RIGA-1") {
		t.Errorf("an answer is in the address or the page: %s", p.at)
	}
	p.send("/answers", url.Values{"again": {"1"}}).says("At which school")
	p.send("/answers", url.Values{"answer.x": {strings.Repeat("x", 300)}}).is(http.StatusBadRequest).says("cannot be used")
}

func TestALanguageThatWasChosenStays(t *testing.T) {
	w := open(t, world.Options{})
	v := w.order(t, "T3", "tertiary-qualification", nil)
	p := w.person(t, "anna")
	p.lang = "de-DE, lv;q=0.8"
	p.open(v.PersonURL).says("Get your evidence") // the order's language is English
	p.open(v.PersonURL + "?lang=LV").says("Saņemiet pierādījumu no citas valsts")
	p.open(v.PersonURL).says("Saņemiet pierādījumu no citas valsts")
	p.signIn(nil).says("Vai vēlaties pieprasīt šo pierādījumu?")
	p.open(v.PersonURL + "?lang=xx").says("Vai vēlaties pieprasīt")
	p.open(v.PersonURL + "?lang=EN").says("Do you want to ask for this evidence?")
	if q := w.person(t, "anna"); true {
		q.lang = "lv-LV,lv;q=0.9"
		q.open(w.Tenants["LT"].People + "/journey/unknown").is(http.StatusNotFound).says("Šeit nekā nav")
	}
}

func TestSomebodyGivesUpBeforeAskingAndAfter(t *testing.T) {
	w := open(t, world.Options{})
	v := w.order(t, "T3", "tertiary-qualification", nil)
	p := w.person(t, "anna").open(v.PersonURL)
	p.send("/cancel", nil).is(http.StatusOK).says("The request has ended", "Nothing was sent", "You can always hand in the document yourself")
	v = w.order(t, "T3", "tertiary-qualification", nil)
	p.open(v.PersonURL).signIn(nil).send("/ask", nil).until("/continue").send("/cancel", nil).says("You ended the request")
}

func TestSomebodyActsForACompany(t *testing.T) {
	w := open(t, world.Options{})
	key, company := "", ""
	for _, r := range w.Residents.From("LV") {
		for _, c := range w.Residents.CompaniesOf(r.Key) {
			if c.Country == "LV" && key == "" {
				key, company = r.Key, c.Key
			}
		}
	}
	v := w.order(t, "X1", "legal-person", nil)
	p := w.person(t, key).open(v.PersonURL)
	name := w.Residents.Companies[company].Name.Value
	as := url.Values{"legal": {"1"}, "company": {company}}
	p.signIn(as).says("Do you want to ask for this evidence?", name, "represented by "+w.Residents.Persons[key].GivenName.Value)
	p.send("/ask", nil).until("/continue").send("/continue", nil)
	p.open(p.leads()).signIn(url.Values{"company": {company}}).is(http.StatusOK).says(name, "Your evidence")
	p.send("/decide", url.Values{"answer": {"chosen"}, "piece": {"1"}}).says("Your decision is on its way")
}

// A gateway without a name of its own has its stage in front of every path.
func TestEveryLinkAndFormLeadsBelowTheStageOfTheGateway(t *testing.T) {
	w := open(t, world.Options{Stage: "/live"})
	p := toPreview(w.person(t, "anna"), w.order(t, "V2", "vehicle-registration", nil), "EN")
	each(p.root, func(n *html.Node) {
		for _, name := range []string{"href", "action", "src", "data"} {
			if to := attr(n, name); strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "/live/") {
				t.Errorf("%s of a %s leads to %s", name, n.Data, to)
			}
		}
	})
	p.send("/decide", url.Values{"piece": {"2"}, "answer": {"chosen"}}).is(http.StatusOK).until("/return")
	p.open(p.links("/return")[0]).until(text.In("EN", "ended.good"))
	p.open(w.Tenants["LT"].People + "/sign-in/style.css").is(http.StatusOK)
}
