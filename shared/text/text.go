// Package text holds what people read, by language: English always, Latvian
// beside it. A text that a language lacks is given in English.
package text

import (
	"embed"
	"fmt"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed *.yaml
var files embed.FS

// tables are the texts by language and key.
var tables = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, lang := range Languages() {
		octets, err := files.ReadFile(strings.ToLower(lang) + ".yaml")
		table := map[string]string{}
		if err == nil {
			err = yaml.Unmarshal(octets, &table)
		}
		if err != nil {
			panic(fmt.Sprintf("texts of %s: %v", lang, err)) // they are part of the program
		}
		all[lang] = table
	}
	return all
})

// Languages are those that there are texts in, as in LanguageCode.
func Languages() []string { return []string{"EN", "LV"} }

// In is the text of a key in a language, else in English, else the key.
func In(language, key string, args ...any) string {
	for _, lang := range []string{strings.ToUpper(language), "EN"} {
		if t, ok := tables()[lang][key]; ok {
			if len(args) > 0 {
				return fmt.Sprintf(t, args...)
			}
			return t
		}
	}
	return key
}

// Reason says in words that a citizen can be shown how a request stands: by its
// state, and by the code with which it ended where there are words for it.
func Reason(language, state, code string) string {
	for _, key := range []string{"reason." + state + "." + code, "reason." + code, "reason." + state} {
		if t := In(language, key); t != key {
			return t
		}
	}
	return ""
}
