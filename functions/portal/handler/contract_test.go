package handler

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// contract is openapi.yaml, whose schemas are JSON Schema 2020-12.
type contract struct {
	document map[string]any
	compiler *jsonschema.Compiler
}

var theContractOnce = sync.OnceValues(func() (map[string]any, error) {
	octets, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		return nil, err
	}
	var tree any
	if err := yaml.Unmarshal(octets, &tree); err != nil {
		return nil, err
	}
	if octets, err = json.Marshal(tree); err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(octets))
	if err != nil {
		return nil, err
	}
	return document.(map[string]any), nil
})

func theContract(t testing.TB) *contract {
	t.Helper()
	document, err := theContractOnce()
	if err != nil {
		t.Fatal(err)
	}
	c := &contract{document, jsonschema.NewCompiler()}
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource("mem:contract", document); err != nil {
		t.Fatal(err)
	}
	return c
}

// schema compiles the schema at a JSON pointer.
func (c *contract) schema(t testing.TB, pointer string) *jsonschema.Schema {
	t.Helper()
	s, err := c.compiler.Compile("mem:contract#" + pointer)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// at follows a JSON pointer and the references on its way; it returns where it
// ended, nil where nothing is.
func (c *contract) at(names ...string) (map[string]any, string) {
	node, pointer := c.document, ""
	for _, name := range names {
		next, ok := node[name].(map[string]any)
		if !ok {
			return nil, ""
		}
		node, pointer = next, pointer+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
		if ref, is := node["$ref"].(string); is {
			node, pointer = c.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		}
	}
	return node, pointer
}

// check holds an answer to what the contract says of the operation: its status,
// headers, media type and body.
func (c *contract) check(t testing.TB, method, path string, a *httptest.ResponseRecorder) {
	t.Helper()
	operation, _ := c.at("paths", c.template(path), strings.ToLower(method))
	if operation == nil {
		return
	}
	names := []string{"paths", c.template(path), strings.ToLower(method), "responses", strconv.Itoa(a.Code)}
	response, _ := c.at(names...)
	if response == nil {
		t.Errorf("%s %s: the contract has no answer %d", method, c.template(path), a.Code)
		return
	}
	c.checkHeaders(t, response, a)
	is, _, _ := mime.ParseMediaType(a.Header().Get("Content-Type"))
	content, _ := response["content"].(map[string]any)
	if content == nil && a.Body.Len() == 0 || content["*/*"] != nil {
		return
	}
	_, pointer := c.at(append(names, "content", is, "schema")...)
	if pointer == "" {
		t.Errorf("%s %s: the contract's %d has no %q", method, path, a.Code, is)
		return
	}
	c.valid(t, pointer, a.Body.Bytes())
}

func (c *contract) checkHeaders(t testing.TB, response map[string]any, a *httptest.ResponseRecorder) {
	t.Helper()
	headers, _ := response["headers"].(map[string]any)
	for name, h := range headers {
		if h.(map[string]any)["required"] == true && a.Header().Get(name) == "" {
			t.Errorf("the contract wants the header %s with %d", name, a.Code)
		}
	}
}

func (c *contract) valid(t testing.TB, pointer string, octets []byte) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(octets))
	if err != nil {
		t.Errorf("%v: %s", err, octets)
		return
	}
	if err := c.schema(t, pointer).Validate(v); err != nil {
		t.Errorf("not as the contract has it: %v\n%s", err, octets)
	}
}

// template is the path of the contract that a path is one of.
func (c *contract) template(path string) string {
	for template := range c.document["paths"].(map[string]any) {
		if regexp.MustCompile("^" + regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(template, "[^/]+") + "$").MatchString(strings.SplitN(path, "?", 2)[0]) {
			return template
		}
	}
	return path
}

func TestEverySchemaOfTheContractCompiles(t *testing.T) {
	t.Parallel()
	c := theContract(t)
	schemas, _ := c.at("components", "schemas")
	for name := range schemas {
		c.schema(t, "/components/schemas/"+name)
	}
}

func TestEveryPathOfTheContractIsServed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for template, item := range w.document["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			if method == "parameters" {
				continue
			}
			path := strings.NewReplacer("{id}", "r1", "{number}", "1").Replace(template)
			if a := w.as(t, "student-portal", strings.ToUpper(method), path, "{}"); a.Code == 405 || strings.Contains(a.Body.String(), "http.path") {
				t.Errorf("%s %s: %d", method, template, a.Code)
			}
		}
	}
}
