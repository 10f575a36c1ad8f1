package directory

import (
	"context"
	"crypto/sha256"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/vienreiz/vienreiz/shared/regrep"
)

// MaxCodeListRows bounds the rows of a code list.
const MaxCodeListRows = 50_000

// ListedValue is one row of a code list that a question offers.
type ListedValue struct {
	Code string `json:"code"`
	Name string `json:"name,omitempty"`
}

var repositoryHostOnly = regexp.MustCompile(`(?i)^` + repositoryHost + `$`)

// CodeList fetches the Genericode list behind a question of the type codelist. Only https URLs at the Semantic Repository's hosts are
// fetched, since a directory's answer must not choose whom we call. The error is a *Refusal or an *Outage.
func (c *Client) CodeList(ctx context.Context, list string) ([]ListedValue, error) {
	target, err := c.repositoryURL(list)
	if err != nil {
		return nil, err
	}
	key := sha256.Sum256([]byte("codelist\n" + target))
	old, found := c.cache.get(key)
	if found && c.o.Now().Sub(old.at) < c.o.Fresh {
		all, _ := old.value.([]ListedValue)
		return all, nil
	}
	value, err := c.flights.do(ctx, key, func(ctx context.Context) (any, error) {
		var all []ListedValue
		err := c.call(ctx, semanticRepository, target, func(_ *http.Response, body []byte) error {
			var err error
			all, err = ParseCodeList(body)
			if err == nil {
				c.cache.put(key, entry{all, c.o.Now(), len(body)})
			}
			return err
		})
		return all, err
	})
	all, _ := value.([]ListedValue)
	return all, err
}

// repositoryURL is where a list is fetched from.
func (c *Client) repositoryURL(list string) (string, error) {
	u, err := url.Parse(list)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || u.Fragment != "" || !repositoryHostOnly.MatchString(u.Hostname()) {
		return "", refuse("codelist.host", "sdg:ValueExpression", "%q is no https URL of the Semantic Repository; lists of other hosts are not fetched", regrep.Excerpt(list))
	}
	if c.o.Repository == "" {
		return u.String(), nil
	}
	return strings.TrimRight(c.o.Repository, "/") + u.EscapedPath(), nil
}

const genericode = "http://docs.oasis-open.org/codelist/ns/genericode/1.0/"

// ParseCodeList reads a Genericode 1.0 list: the code is the column of the first key (else the first column), the name the first of the
// other columns that a row has. White space around is dropped. The error is a *Refusal.
func ParseCodeList(body []byte) ([]ListedValue, error) {
	root, err := regrep.Parse(body, answerLimits())
	if err != nil {
		return nil, refused(err)
	}
	if root.Space != genericode || root.Local != "CodeList" {
		return nil, refuse("codelist.root", root.Path(), "the root element must be CodeList of %s", genericode)
	}
	columns := root.Child("", "ColumnSet")
	key := columns.Child("", "Key").Child("", "ColumnRef").Value("Ref")
	if key == "" {
		key = columns.Child("", "Column").Value("Id")
	}
	rows := root.Child("", "SimpleCodeList").All("", "Row")
	if key == "" || len(rows) == 0 || len(rows) > MaxCodeListRows {
		return nil, refuse("codelist.rows", root.Path(), "the list needs a column for the code and 1 to %d rows", MaxCodeListRows)
	}
	all := make([]ListedValue, 0, len(rows))
	codes := make([]string, 0, len(rows))
	for _, row := range rows {
		v := listedValue(row, key)
		if v.Code == "" {
			return nil, refuse("codelist.rows", row.Path(), "the row has no code")
		}
		all, codes = append(all, v), append(codes, v.Code)
	}
	if !distinct(codes) {
		return nil, refuse("codelist.rows", root.Path(), "a code stands twice")
	}
	return all, nil
}

func listedValue(row *regrep.Element, key string) ListedValue {
	var v ListedValue
	for _, value := range row.All("", "Value") {
		text := value.Child("", "SimpleValue").Trimmed()
		switch {
		case value.Value("ColumnRef") == key:
			v.Code = text
		case v.Name == "":
			v.Name = text
		}
	}
	return v
}
