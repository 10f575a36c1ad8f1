package handler

import (
	"mime"
	"net/http"
	"strings"

	"github.com/vienreiz/vienreiz/shared/access"
)

const tokenPath = "/oauth2/token"

// recognise finds the portal of the access token in the header Authorization
// (RFC 6750 §2.1).
func (h *handler) recognise(r *http.Request) (*access.Portal, error) {
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		return nil, &problem{http.StatusUnauthorized, "token.missing", "there is no access token", "send Authorization: Bearer with a token of " + tokenPath}
	}
	scheme, token, found := strings.Cut(values[0], " ")
	if len(values) > 1 || !found || !strings.EqualFold(scheme, "Bearer") {
		return nil, &problem{http.StatusUnauthorized, "token.missing", "the header Authorization is not one bearer token", "send Authorization: Bearer with a token of " + tokenPath}
	}
	return h.Authority.Verify(r.Context(), h.Now(), token)
}

// bodies are the media types of the routes that take one.
var bodies = map[string]string{
	"POST " + tokenPath: "application/x-www-form-urlencoded",
	"POST /v1/requests": "application/json",
}

// typed refuses a body of another media type than the route's.
func (h *handler) typed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		want := bodies[r.Pattern]
		if is, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); want != "" && (err != nil || is != want) {
			h.fail(w, r, &problem{http.StatusUnsupportedMediaType, "http.mediaType", "the body is not " + want, "send it with Content-Type: " + want})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refuseTheRest answers what the contract does not name: a route with another
// method, and any other path.
func (h *handler) refuseTheRest() {
	for path, allowed := range map[string]string{
		tokenPath: "POST", "/v1/requests": "POST", "/v1/requests/{id}": "GET, HEAD", "/v1/requests/{id}/continue": "POST",
		"/v1/requests/{id}/evidence/{number}": "GET, HEAD", "/v1/requests/{id}/confirm": "POST", "/v1/requests/{id}/cancel": "POST",
	} {
		h.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", allowed)
			h.fail(w, r, &problem{http.StatusMethodNotAllowed, "http.method", "this address does not take the method", "use " + allowed})
		})
	}
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		h.fail(w, r, &problem{http.StatusNotFound, "http.path", "there is nothing at this address", "compare it with the contract, openapi.yaml"})
	})
}
