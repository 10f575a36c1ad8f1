package node

import (
	"log/slog"
	"net/http"
)

// alivePath is asked by load balancers.
const alivePath = "/alive"

// alive answers that the process serves. Beyond that it looks at nothing but the
// process's own store: whether what it shares with others is there is what the
// function health says. A load balancer that asked for that would end every process at
// once because a table is away.
func (n *Node) alive(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != alivePath || r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		if n.Intact != nil {
			if err := n.Intact(); err != nil {
				slog.ErrorContext(r.Context(), "the store of this node is not whole", slog.String("error", err.Error()))
				http.Error(w, "a part of this node's store is missing; its log says which, and what to do", http.StatusServiceUnavailable)
				return
			}
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
