package node

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/functions"
)

// front leads the requests of one gateway to its functions, which run here.
type front []route

// route is one path of functions.yaml.
type route struct {
	path string
	to   http.Handler
}

func (n *Node) front(gateway string) (front, error) {
	var f front
	for name, entry := range functions.All().Functions {
		if entry.Trigger.Gateway != gateway || !n.runs(name) {
			continue
		}
		make, ok := served[name]
		if !ok {
			return nil, fmt.Errorf("function %s has no handler for gateway %s", name, gateway)
		}
		h, err := make(n.Assembly)
		if err != nil {
			return nil, err
		}
		h = n.Assembly.Observe.Served(name, h)
		for _, path := range entry.Trigger.Paths {
			f = append(f, route{path, h})
		}
	}
	// The longest paths last: what no path leads anywhere is for the function with
	// the most general ones, which knows best how to refuse it.
	slices.SortFunc(f, func(a, b route) int {
		if x, y := greedy(a.path), greedy(b.path); x != y {
			if x {
				return -1
			}
			return 1
		}
		return strings.Compare(a.path, b.path)
	})
	return f, nil
}

func greedy(path string) bool { return strings.HasSuffix(path, "{proxy+}") }

// ServeHTTP gives a request to the function of its path.
func (f front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	to := f[0].to
	for _, route := range f {
		before, many := strings.CutSuffix(route.path, "{proxy+}")
		if r.URL.Path == route.path || many && strings.HasPrefix(r.URL.Path, before) {
			to = route.to
		}
	}
	to.ServeHTTP(w, r)
}
