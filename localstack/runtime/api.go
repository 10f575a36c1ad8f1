package runtime

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// prefix is the version of the Runtime API.
const prefix = "/2018-06-01/runtime/"

// invocation is one event and where its answer goes.
type invocation struct {
	id       string
	event    []byte
	deadline time.Time
	answer   chan outcome // holds one
}

// outcome is an answer, or what the function says went wrong.
type outcome struct {
	octets []byte
	failed bool
	err    error
}

// api is the Runtime API of one process.
type api struct {
	function string
	first    sync.Once
	asked    chan struct{}    // closed when the process asks for its first event
	next     chan *invocation // handed over when the process asks
	current  chan *invocation // the one that runs; holds one
	broken   chan outcome     // what it said of its initialisation; holds one
	ended    <-chan struct{}
}

func newAPI(function string, ended <-chan struct{}) *api {
	return &api{function: function, asked: make(chan struct{}), next: make(chan *invocation), current: make(chan *invocation, 1), broken: make(chan outcome, 1), ended: ended}
}

// handler routes the calls of the process.
func (a *api) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+prefix+"invocation/next", a.give)
	mux.HandleFunc("POST "+prefix+"invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) { a.take(w, r, false) })
	mux.HandleFunc("POST "+prefix+"invocation/{id}/error", func(w http.ResponseWriter, r *http.Request) { a.take(w, r, true) })
	mux.HandleFunc("POST "+prefix+"init/error", a.initFailed)
	return mux
}

// give waits for an event and hands it over. The first call ends the initialisation.
func (a *api) give(w http.ResponseWriter, r *http.Request) {
	a.first.Do(func() { close(a.asked) })
	select {
	case <-r.Context().Done():
	case <-a.ended:
	case i := <-a.next:
		a.current <- i
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", i.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(i.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:000000000000:function:"+a.function)
		_, _ = w.Write(i.event) // a process that is gone is noticed when it ends
	}
}

// take ends the event that runs.
func (a *api) take(w http.ResponseWriter, r *http.Request, failed bool) {
	octets, err := read(r.Body)
	var i *invocation
	select {
	case i = <-a.current:
	default:
	}
	if i == nil || i.id != r.PathValue("id") {
		http.Error(w, "no such event runs", http.StatusBadRequest)
		return
	}
	i.answer <- outcome{octets, failed, err}
	accepted(w, err)
}

func (a *api) initFailed(w http.ResponseWriter, r *http.Request) {
	octets, err := read(r.Body)
	select {
	case a.broken <- outcome{octets, true, err}:
	default: // it has said so already
	}
	accepted(w, err)
}

func accepted(w http.ResponseWriter, err error) {
	if errors.Is(err, errTooLarge) {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

var errTooLarge = fmt.Errorf("the answer has more than %d octets", MaxResponse)

func read(r io.Reader) ([]byte, error) {
	octets, err := io.ReadAll(io.LimitReader(r, MaxResponse+1))
	if err == nil && len(octets) > MaxResponse {
		err = errTooLarge
	}
	return octets, err
}
