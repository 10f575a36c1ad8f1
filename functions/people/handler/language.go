package handler

import (
	"net/http"
	"strings"

	"github.com/vienreiz/vienreiz/shared/text"
)

// languageCookie keeps the language that the person chose.
const languageCookie = "__Host-language"

// languageLife is how long a choice of language is kept, in seconds: a month.
const languageLife = 30 * 24 * 3600

// choose finds the person's language: what they choose now, what they chose
// before, what their browser wishes.
func (v *visit) choose(w http.ResponseWriter, r *http.Request) {
	if l, ok := known(r.URL.Query().Get("lang")); ok {
		v.lang, v.chosen = l, true
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: l, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: languageLife})
		return
	}
	if c, err := r.Cookie(languageCookie); err == nil {
		if l, ok := known(c.Value); ok {
			v.lang, v.chosen = l, true
			return
		}
	}
	for wish := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(wish), ";")
		tag, _, _ = strings.Cut(tag, "-")
		if l, ok := known(tag); ok {
			v.lang = l
			return
		}
	}
	v.lang = "EN"
}

// prefer takes the language of the order or the request, unless the person chose one.
func (v *visit) prefer(lang string) {
	if l, ok := known(lang); ok && !v.chosen {
		v.lang = l
	}
}

// known gives a language that there are texts in.
func known(tag string) (string, bool) {
	for _, l := range text.Languages() {
		if strings.EqualFold(l, tag) {
			return l, true
		}
	}
	return "", false
}

// tongue is one language of the switch.
type tongue struct {
	Code, Tag, Name, Link string // Tag as the attribute lang wants it
	Current               bool
}

func tongues(current, here string) []tongue {
	var list []tongue
	for _, l := range text.Languages() {
		list = append(list, tongue{Code: l, Tag: strings.ToLower(l), Name: text.In(l, "language.name"), Link: here + "?lang=" + l, Current: l == current})
	}
	return list
}
