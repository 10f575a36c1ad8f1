// Package strict reads what callers send into the types that are generated from
// the contract. The generated code calls it by the names that oapi-codegen's own
// runtime has (see ../oapi-codegen.yaml); unlike that, it takes nothing that the
// contract does not name.
package strict

import (
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// Fault is a body or a parameter that is not as the contract says.
type Fault struct {
	Field  string // where, as "subject.naturalPerson.firstName"; empty: the whole
	Detail string // what is wrong; never the value
	Do     string // what to do next
}

// Error names the field, the fault and the way out.
func (f *Fault) Error() string {
	if f.Field == "" {
		return f.Detail + "; " + f.Do
	}
	return f.Field + " " + f.Detail + "; " + f.Do
}

// Places of parameters.
const (
	ParamLocationPath   = "path"
	ParamLocationHeader = "header"
)

// BindStyledParameterOptions is what the contract says of a parameter.
type BindStyledParameterOptions struct {
	ParamLocation    string
	Explode          bool
	Required         bool
	Type, Format     string
	ValueIsUnescaped bool
}

// BindStyledParameterWithOptions reads a parameter of the style simple: a text
// or an integer in its one decimal form.
func BindStyledParameterWithOptions(_, name, value string, dest any, _ BindStyledParameterOptions) error {
	switch d := dest.(type) {
	case *string:
		*d = value
	case *int:
		n, err := strconv.Atoi(value)
		if err != nil || strconv.Itoa(n) != value {
			return &Fault{name, "is no whole number", "write it in decimal digits"}
		}
		*d = n
	default:
		return fmt.Errorf("parameter %s has the type %T, which is not read", name, dest)
	}
	return nil
}

// BindForm reads a form into a struct of texts. Parameters that it does not know
// are ignored and empty ones are as if left out; one that stands twice is
// refused (RFC 6749 §3.2).
func BindForm(dest any, form url.Values, _, _ any) error {
	v := reflect.ValueOf(dest).Elem()
	for name, values := range form {
		if len(values) > 1 {
			return &Fault{shown(name), "stands more than once", "write it once"}
		}
		if i, known := member(v.Type(), name); known {
			v.Field(i).SetString(values[0])
		}
	}
	return nil
}

// member finds the field of a JSON name, exactly as it is written.
func member(t reflect.Type, name string) (int, bool) {
	for i := range t.NumField() {
		if n, _ := tag(t.Field(i)); n == name {
			return i, true
		}
	}
	return 0, false
}

// tag is the name of a field, and whether the contract wants it there.
func tag(f reflect.StructField) (string, bool) {
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name, !strings.Contains(options, "omitempty")
}
