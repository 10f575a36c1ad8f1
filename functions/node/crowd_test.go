package node

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// within asks a crowd of one place, which is taken for a time, and returns the answer.
func within(t *testing.T, taken time.Duration) *httptest.ResponseRecorder {
	t.Helper()
	first := true
	c := &crowd{places: make(chan struct{}, 1), next: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if first {
			first = false
			time.Sleep(taken)
		}
		w.WriteHeader(http.StatusOK)
	})}
	go c.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/as4", nil))
	synctest.Wait()
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/as4", nil))
	time.Sleep(taken) // nothing may run when the bubble ends
	return w
}

func TestAMessageWaitsForAPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if w := within(t, patience-time.Second); w.Code != http.StatusOK {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func TestWhoWaitsTooLongIsToldToComeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := within(t, patience+time.Second)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "send again") {
			t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
		}
	})
}
