package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

func TestCost(t *testing.T) {
	t.Parallel()
	plan := filepath.Join("..", "..", "infra", "cost", "testdata", "plan.json")
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"the published shapes beside each other", nil, exitRight, "conformant"},
		{"the positions of one", []string{"--shape", "pilot", "--exchanges", "1000"}, exitRight, "dynamodb writes"},
		{"a plan of one's own", []string{"--plan", plan}, exitRight, "nat hours"},
		{"a shape that is not published", []string{"--shape", "gold"}, exitRefused, "pilot, hardened, conformant"},
		{"a file that is no plan", []string{"--plan", "cost.go"}, exitRefused, "terraform show -json"},
		{"a shape and a plan", []string{"--shape", "pilot", "--plan", plan}, exitUsage, "not both"},
		{"fewer exchanges than none", []string{"--exchanges", "-1"}, exitUsage, "below 0"},
		{"something that is no flag", []string{"pilot"}, exitUsage, "no flag"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			code := dispatch(context.Background(), "vienreiz", commands, append([]string{"cost"}, c.args...), strings.NewReader(""), &out, &out)
			if code != c.code || !strings.Contains(out.String(), c.want) {
				t.Errorf("%d: %s", code, out.String())
			}
		})
	}
	var out bytes.Buffer
	var report struct{ Months []struct{ EUR float64 } }
	code := dispatch(context.Background(), "vienreiz", commands, []string{"cost", "--json"}, strings.NewReader(""), &out, &out)
	if err := json.Unmarshal(out.Bytes(), &report); code != exitRight || err != nil || len(report.Months) != 3 || report.Months[0].EUR <= 0 {
		t.Errorf("%d, %v: %s", code, err, out.String())
	}
}
