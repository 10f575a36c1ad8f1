// Package functions holds functions.yaml, the one list of functions, queues and
// buckets: Terraform, the node and the tests read it.
package functions

import (
	_ "embed"
	"fmt"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed functions.yaml
var document []byte

// List is the document.
type List struct {
	Functions map[string]Function `yaml:"functions"`
	Gateways  map[string]Gateway  `yaml:"gateways"`
	Queues    map[string]Queue    `yaml:"queues"`
	Buckets   map[string]Bucket   `yaml:"buckets"`
}

// Function is one function.
type Function struct {
	Trigger     Trigger     `yaml:"trigger"`
	Memory      int         `yaml:"memory"`  // MB
	Seconds     int         `yaml:"seconds"` // time-out of one call
	Calls       string      `yaml:"calls"`   // outward places; empty: none
	Permissions Permissions `yaml:"permissions"`
}

// Trigger is what starts a function; exactly one of Gateway, Queue and Schedule is set.
type Trigger struct {
	Gateway     string   `yaml:"gateway"`
	Paths       []string `yaml:"paths"`
	Queue       string   `yaml:"queue"`
	Batch       int      `yaml:"batch"`       // items of one event
	Concurrency int      `yaml:"concurrency"` // events at once
	Schedule    string   `yaml:"schedule"`
}

// Permissions are what a function's role may do; a value is a word or a list of words.
type Permissions struct {
	State         any            `yaml:"state"`
	Queues        map[string]any `yaml:"queues"`
	Buckets       map[string]any `yaml:"buckets"`
	Keys          []string       `yaml:"keys"`
	Secrets       []string       `yaml:"secrets"`
	Configuration string         `yaml:"configuration"`
}

// Gateway is one REST API.
type Gateway struct {
	Binary   []string `yaml:"binary"`   // media types
	Contract string   `yaml:"contract"` // OpenAPI document beside this list; empty: none
	Refusals string   `yaml:"refusals"` // of the gateway itself: text, problem or page
}

// Queue is one queue.
type Queue struct {
	Visibility int `yaml:"visibility"` // seconds
	Receives   int `yaml:"receives"`   // before the dead letters
	// Fold is the queue in which its items travel where few are polled; empty: it is always polled.
	Fold string `yaml:"fold"`
}

// Hidden is the visibility time.
func (q Queue) Hidden() time.Duration { return time.Duration(q.Visibility) * time.Second }

// Taker is the function that takes from a queue; empty: none does.
func (l *List) Taker(queue string) string {
	for name, f := range l.Functions {
		if f.Trigger.Queue == queue {
			return name
		}
	}
	return ""
}

// Bucket is one bucket; hours.
type Bucket struct {
	Expire int `yaml:"expire"`
	Lock   int `yaml:"lock"`
}

// All is the list.
var All = sync.OnceValue(func() *List {
	l := new(List)
	if err := yaml.Unmarshal(document, l); err != nil {
		panic(fmt.Sprintf("functions.yaml: %v", err)) // it is part of the program
	}
	return l
})
