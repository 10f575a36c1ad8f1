package rules

// Unenforced is a rule id that no row enforces, and why.
type Unenforced struct{ ID, Reason string }

// Reasons that many ids share.
const (
	wordingUnknown = "the wording was not obtained"
	retired        = "used before 1.0 only, or never"
)

// NotEnforced lists the ids of chapters 4.6 and 4.7.2 that are known and not in the tables. An official text replaces a reason by a row.
func NotEnforced() []Unenforced {
	out := []Unenforced{
		{"R-EDM-REQ-S017", "double of R-EDM-REQ-S016, unused"},
		{"R-EDM-REQ-S018", "says that AuthorizedRepresentative may be there, unused"},
		{"R-EDM-REQ-C039", "older form of R-EDM-REQ-C040, merged into it"},
		{"R-EDM-REQ-C050", "older form of R-EDM-REQ-C051, merged into it"},
		{"R-EDM-RESP-S031", "double of R-EDM-RESP-S003, unused"},
		{"R-EDM-RESP-S032", "double of R-EDM-RESP-S005, unused"},
		{"R-EDM-RESP-C048", "a rule on the Transformation URL; which one was not obtained, R-EDM-RESP-C043 judges the URL"},
		{"R-EDM-RESP-C055", "the environment label of a URL; which URL was not obtained"},
		{"R-EDM-ebMS-006", wordingUnknown},
		{"R-EDM-ebMS-021", wordingUnknown},
	}
	for _, id := range []string{"S054", "S057", "S058", "C112", "C116", "C117"} {
		out = append(out, Unenforced{"R-EDM-REQ-" + id, wordingUnknown})
	}
	for _, id := range []string{"C121", "C122", "C123", "C125", "C127"} {
		out = append(out, Unenforced{"R-EDM-REQ-" + id, "a part of the eIDAS 2 test profile; the split was not obtained, and R-EDM-REQ-C063 refuses the profile's scheme first"})
	}
	for _, id := range []string{"C006", "C007", "C044", "C046", "C057", "C065", "C066", "C068"} {
		out = append(out, Unenforced{"R-EDM-REQ-" + id, retired})
	}
	for _, id := range []string{"S038", "S039", "S040", "S043", "S044", "C051", "C052", "C053", "C054", "C056", "C057"} {
		out = append(out, Unenforced{"R-EDM-RESP-" + id, wordingUnknown})
	}
	for _, id := range []string{"S064", "C001", "C014", "C024", "C025", "C029", "C034"} {
		out = append(out, Unenforced{"R-EDM-RESP-" + id, retired})
	}
	return append(out, Unenforced{"R-EDM-ERR-S005", retired})
}
