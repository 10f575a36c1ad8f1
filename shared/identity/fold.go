package identity

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaxNameRunes bounds a name that is folded; longer ones match nothing.
const MaxNameRunes = 256

// special are letters that decomposition leaves whole or that registers write
// in two ways: as two letters (ICAO Doc 9303 part 3 §6) and as one.
var special = map[rune][2]string{
	'ä': {"ae", "a"}, 'ö': {"oe", "o"}, 'ü': {"ue", "u"}, 'å': {"aa", "a"}, 'ø': {"oe", "o"}, 'æ': {"ae", "ae"}, 'œ': {"oe", "oe"},
	'ß': {"ss", "ss"}, 'þ': {"th", "th"}, 'ð': {"d", "d"}, 'đ': {"d", "d"}, 'ł': {"l", "l"}, 'ħ': {"h", "h"}, 'ı': {"i", "i"}, 'ñ': {"n", "n"}, 'ĳ': {"ij", "ij"},
}

// greek is ELOT 743 / ISO 843 type 2 for single letters; pairs come first.
var greekPairs = strings.NewReplacer("ου", "ou", "αυ", "av", "ευ", "ev", "ηυ", "iv", "γγ", "ng", "γξ", "nx", "γχ", "nch", "μπ", "b")

var greek = map[rune]string{
	'α': "a", 'β': "v", 'γ': "g", 'δ': "d", 'ε': "e", 'ζ': "z", 'η': "i", 'θ': "th", 'ι': "i", 'κ': "k", 'λ': "l", 'μ': "m", 'ν': "n", 'ξ': "x",
	'ο': "o", 'π': "p", 'ρ': "r", 'σ': "s", 'ς': "s", 'τ': "t", 'υ': "y", 'φ': "f", 'χ': "ch", 'ψ': "ps", 'ω': "o",
}

// cyrillic is the Bulgarian streamlined system, the one of the Union's
// Cyrillic script, with the letters of its neighbours added.
var cyrillic = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ж': "zh", 'з': "z", 'и': "i", 'й': "y", 'к': "k", 'л': "l", 'м': "m", 'н': "n",
	'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "h", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "sht", 'ъ': "a", 'ь': "y",
	'ю': "yu", 'я': "ya", 'ы': "y", 'э': "e", 'ё': "e", 'і': "i", 'ї': "i", 'є': "ye", 'ґ': "g",
}

// fold gives the two spellings of a name that are compared: with special
// letters as two and as one. Words are kept apart by one blank.
func fold(name string) [2]string {
	var spellings [2]string
	if runes := []rune(name); len(runes) == 0 || len(runes) > MaxNameRunes {
		return spellings
	}
	lower := greekPairs.Replace(withoutTonos(strings.ToLower(norm.NFC.String(name))))
	for i := range spellings {
		var b strings.Builder
		for _, r := range lower {
			b.WriteString(letter(r, i))
		}
		spellings[i] = strings.Join(strings.Fields(b.String()), " ")
	}
	return spellings
}

func letter(r rune, spelling int) string {
	if s, ok := special[r]; ok {
		return s[spelling]
	}
	if s, ok := greek[r]; ok {
		return s
	}
	if s, ok := cyrillic[r]; ok {
		return s
	}
	if r == '\'' || r == '’' || r == 'ʼ' || r == '`' || r == '´' {
		return "" // O'Neill, O’Neill, ONeill
	}
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return " "
	}
	return base(r)
}

// base is a letter without its accents.
func base(r rune) string {
	return strings.Map(func(d rune) rune {
		if unicode.Is(unicode.Mn, d) {
			return -1
		}
		return d
	}, norm.NFD.String(string(r)))
}

// withoutTonos takes the accents off Greek, so that its pairs are seen; ό is ο.
func withoutTonos(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.Is(unicode.Greek, r) {
			return r
		}
		for _, d := range norm.NFD.String(string(r)) {
			return d
		}
		return r
	}, s)
}

// SameName reports whether two names are one in some spelling. Empty names are
// the same as nothing.
func SameName(a, b string) bool {
	x, y := fold(a), fold(b)
	if x[0] == "" || y[0] == "" {
		return false
	}
	return x[0] == y[0] || x[0] == y[1] || x[1] == y[0] || x[1] == y[1]
}
