package cost

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/functions"
)

// Shape is what a deployment consists of, as far as it costs.
type Shape struct {
	Name string `json:"name"`
	// Resources counts the plan's resources by Terraform type.
	Resources map[string]int `json:"resources"`
	// Memory of each function, in MB.
	Memory map[string]int `json:"memory"`
	// Architecture of the functions: arm64 or x86_64.
	Architecture string `json:"architecture"`
	// Folded are the functions whose queues are not polled, and which function hands
	// their items on and waits for them.
	Folded map[string]string `json:"folded,omitempty"`
	// Lane is the streaming lane's container; nil: none.
	Lane *Lane `json:"lane,omitempty"`
	// Keys are KMS keys that stand outside Terraform, made by `vienreiz keys import`.
	Keys int `json:"keys"`
	// Rules of the web ACLs that stand outside Terraform.
	Rules int `json:"rules"`
	// Metrics that are published each month.
	Metrics int `json:"metrics"`
	// Recovery: the table can be set back.
	Recovery bool `json:"recovery"`
}

// Lane is the containers of the streaming lane.
type Lane struct {
	Count        int     `json:"count"`
	VCPU         float64 `json:"vCPU"`
	GB           float64 `json:"GB"`
	Architecture string  `json:"architecture"` // ARM64 or X86_64
}

//go:embed shapes/*.json
var shapes embed.FS

// Shapes are the names of the published shapes (architecture §8).
func Shapes() []string { return []string{"pilot", "hardened", "conformant"} }

// Published gives a published shape; it was read from the plan of
// infra/terraform/tenant with the variables of the same name.
func Published(name string) (*Shape, error) {
	octets, err := shapes.ReadFile(path.Join("shapes", name+".json"))
	if err != nil {
		return nil, fmt.Errorf("%q is no published shape; choose one of %s, or give a plan", name, strings.Join(Shapes(), ", "))
	}
	s := new(Shape)
	return s, json.Unmarshal(octets, s)
}

// plan is the part of `terraform show -json PLAN` that is read: what will be
// there when it is applied.
type plan struct {
	Planned *struct {
		Root module `json:"root_module"`
	} `json:"planned_values"`
	Variables struct {
		Alarms   variable[string]              `json:"alarms"`
		Keys     variable[map[string][]string] `json:"keys"`
		Gateways variable[map[string]struct {
			WAF *string `json:"waf_acl_arn"`
		}] `json:"gateways"`
	} `json:"variables"`
}

type variable[V any] struct {
	Value V `json:"value"`
}

type module struct {
	Resources []resource `json:"resources"`
	Modules   []module   `json:"child_modules"`
}

type resource struct {
	Mode   string         `json:"mode"`
	Type   string         `json:"type"`
	Name   string         `json:"name"`
	Index  any            `json:"index"`
	Values map[string]any `json:"values"`
}

// OfPlan reads the shape from what `terraform show -json PLAN` prints.
func OfPlan(name string, octets []byte) (*Shape, error) {
	var p plan
	err := json.Unmarshal(octets, &p)
	if err == nil && p.Planned == nil {
		err = errors.New("planned_values is missing")
	}
	if err != nil {
		return nil, fmt.Errorf("this is no plan in JSON: %w; make one with terraform plan -out PLAN && terraform show -json PLAN", err)
	}
	s := &Shape{Name: name, Resources: map[string]int{}, Memory: map[string]int{}}
	s.add(p.Planned.Root)
	s.fold(p.Planned.Root.polled())
	s.Metrics = series[p.Variables.Alarms.Value]
	arns := map[string]bool{}
	for _, list := range p.Variables.Keys.Value {
		for _, arn := range list {
			arns[arn] = true
		}
	}
	s.Keys = len(arns)
	acls := map[string]bool{}
	for _, g := range p.Variables.Gateways.Value {
		if g.WAF != nil && !acls[*g.WAF] {
			acls[*g.WAF] = true
			s.Resources["aws_wafv2_web_acl"]++
			s.Rules += rulesOfACL
		}
	}
	if len(s.Memory) == 0 {
		return nil, fmt.Errorf("the plan of %s has no function: is it one of infra/terraform?", name)
	}
	return s, nil
}

// series is how many metrics are published with a setting of the variable alarms:
// those of alarms, with two certificates of ours and a partner's two; and of all, those that a
// busy tenant with both roles and eight registries has.
var series = map[string]int{"none": 10, "few": 10, "": 91, "all": 91}

// rulesOfACL is what a web ACL made by the ministry is taken to have: AWS's common
// rules, its list of bad inputs, and a rate.
const rulesOfACL = 3

// polled are the functions whose queues are.
func (m module) polled() map[string]bool {
	all := map[string]bool{}
	for _, r := range m.Resources {
		if r.Type == "aws_lambda_event_source_mapping" {
			all[fmt.Sprint(r.Index)] = true
		}
	}
	for _, child := range m.Modules {
		maps.Copy(all, child.polled())
	}
	return all
}

// fold notes the functions whose items come by another.
func (s *Shape) fold(polled map[string]bool) {
	list := functions.All()
	for name, f := range list.Functions {
		host := list.Queues[f.Trigger.Queue].Fold
		if s.Memory[name] == 0 || host == "" || polled[name] {
			continue
		}
		if s.Folded == nil {
			s.Folded = map[string]string{}
		}
		s.Folded[name] = list.Taker(host)
	}
}

func (s *Shape) add(m module) {
	for _, r := range m.Resources {
		if r.Mode == "managed" {
			s.Resources[r.Type]++
			s.read(r)
		}
	}
	for _, child := range m.Modules {
		s.add(child)
	}
}

// read takes what a resource costs by, beside that it is there.
func (s *Shape) read(r resource) {
	switch r.Type {
	case "aws_lambda_function":
		memory, _ := r.Values["memory_size"].(float64)
		s.Memory[fmt.Sprint(r.Index)] = int(memory)
		if list, _ := r.Values["architectures"].([]any); len(list) > 0 {
			s.Architecture = fmt.Sprint(list[0])
		}
	case "aws_ecs_task_definition":
		s.lane().VCPU = number(r.Values["cpu"]) / 1024
		s.lane().GB = number(r.Values["memory"]) / 1024
		if list, _ := r.Values["runtime_platform"].([]any); len(list) > 0 {
			platform, _ := list[0].(map[string]any)
			s.lane().Architecture = fmt.Sprint(platform["cpu_architecture"])
		}
	case "aws_ecs_service":
		s.lane().Count = int(number(r.Values["desired_count"]))
	case "aws_dynamodb_table":
		list, _ := r.Values["point_in_time_recovery"].([]any)
		s.Recovery = slices.ContainsFunc(list, func(of any) bool {
			block, _ := of.(map[string]any)
			return block["enabled"] == true
		})
	}
}

func (s *Shape) lane() *Lane {
	if s.Lane == nil {
		s.Lane = new(Lane)
	}
	return s.Lane
}

// number reads what Terraform writes as a number or as a text.
func number(v any) float64 {
	var n float64
	_, _ = fmt.Sscan(fmt.Sprint(v), &n) // what is none counts nothing
	return n
}
