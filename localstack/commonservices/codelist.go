package commonservices

import (
	"maps"
	"net/http"
	"slices"

	"github.com/vienreiz/vienreiz/shared/regrep"
)

// codeList writes a national list of the Semantic Repository as Genericode 1.0.
func (s *Simulator) codeList(w http.ResponseWriter, name string) {
	for _, c := range s.world.Concepts {
		if c.List == "" || c.List != name {
			continue
		}
		w.Header().Set("Content-Type", "application/xml")
		b, err := genericode(c)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(b)
		return
	}
	http.Error(w, "no such list", http.StatusNotFound)
}

func genericode(c *Concept) ([]byte, error) {
	g := &regrep.Writer{}
	g.Start("gc:CodeList", "xmlns:gc", "http://docs.oasis-open.org/codelist/ns/genericode/1.0/")
	g.Start("ColumnSet")
	g.Empty("Column", "Id", "code", "Use", "required")
	g.Empty("Column", "Id", "name", "Use", "optional")
	g.Start("Key", "Id", "codeKey")
	g.Empty("ColumnRef", "Ref", "code")
	g.End()
	g.End()
	g.Start("SimpleCodeList")
	for _, code := range slices.Sorted(maps.Keys(c.Values)) {
		g.Start("Row")
		for _, column := range [][2]string{{"code", code}, {"name", c.Values[code]}} {
			g.Start("Value", "ColumnRef", column[0])
			g.Leaf("SimpleValue", column[1])
			g.End()
		}
		g.End()
	}
	g.End()
	g.End()
	return g.Bytes()
}
