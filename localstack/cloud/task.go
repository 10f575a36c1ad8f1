package cloud

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
)

// Task is how Terraform's module lane lets its container run.
type Task struct {
	Command     []string
	Environment map[string]string
	Role        string // its name
}

// state is the part of `terraform show -json` that is read.
type state struct {
	Values struct {
		Root stateModule `json:"root_module"`
	} `json:"values"`
}

type stateModule struct {
	Resources []struct {
		Type   string         `json:"type"`
		Values map[string]any `json:"values"`
	} `json:"resources"`
	Modules []stateModule `json:"child_modules"`
}

// Resources are what Terraform's state has of a type, by their attributes.
func (a *Applied) Resources(ctx context.Context, kind string) ([]map[string]any, error) {
	octets, err := a.terraform(ctx, "show", "-json", "-no-color")
	if err != nil {
		return nil, err
	}
	var s state
	if err := json.Unmarshal(octets, &s); err != nil {
		return nil, fmt.Errorf("read Terraform's state: %w", err)
	}
	return s.Values.Root.all(kind), nil
}

// Task reads what the stack's lane runs.
func (a *Applied) Task(ctx context.Context) (*Task, error) {
	defined, err := a.Resources(ctx, "aws_ecs_task_definition")
	if err != nil {
		return nil, err
	}
	if len(defined) != 1 {
		return nil, fmt.Errorf("the stack has %d task definitions, not one: is there a lane?", len(defined))
	}
	var containers []struct {
		Command     []string
		Environment []struct{ Name, Value string }
	}
	text, _ := defined[0]["container_definitions"].(string)
	if err := json.Unmarshal([]byte(text), &containers); err != nil {
		return nil, fmt.Errorf("read the task's containers: %w", err)
	}
	if len(containers) != 1 {
		return nil, fmt.Errorf("the task has %d containers, not one", len(containers))
	}
	role, _ := defined[0]["task_role_arn"].(string)
	t := &Task{Command: containers[0].Command, Environment: map[string]string{}, Role: path.Base(role)}
	for _, v := range containers[0].Environment {
		t.Environment[v.Name] = v.Value
	}
	return t, nil
}

func (m *stateModule) all(kind string) []map[string]any {
	var found []map[string]any
	for _, r := range m.Resources {
		if r.Type == kind {
			found = append(found, r.Values)
		}
	}
	for i := range m.Modules {
		found = append(found, m.Modules[i].all(kind)...)
	}
	return found
}
