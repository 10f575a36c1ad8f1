package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func text(t *testing.T, path ...string) string {
	t.Helper()
	octets, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(octets)
}

// found is the first group of a pattern.
func found(t *testing.T, pattern, in string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(in)
	if m == nil {
		t.Fatalf("%s is nowhere", pattern)
	}
	return m[1]
}

// TestTheDockerfileMakesWhatMakeImageMakes: no engine runs here, so the file is held
// to what is tested, tools/image.
func TestTheDockerfileMakesWhatMakeImageMakes(t *testing.T) {
	t.Parallel()
	docker, packed, service := text(t, "Dockerfile"), text(t, "..", "..", "tools", "image", "layout.go"), text(t, "..", "..", "infra", "terraform", "modules", "lane", "service.tf")
	_, last, ok := strings.Cut(docker, "\nFROM scratch\n")
	if !ok || regexp.MustCompile(`(?m)^(RUN|ADD|CMD|SHELL|FROM)\b`).MatchString(last) {
		t.Errorf("the image is more than what is copied into nothing: %s", last)
	}
	user := found(t, `(?m)^USER (\d+:\d+)$`, last)
	if user != found(t, `const user = "(.*)"`, packed) || user != found(t, `user\s+= "(.*)"`, service) || strings.HasPrefix(user, "0:") {
		t.Errorf("it runs as %s", user)
	}
	port := found(t, `(?m)^EXPOSE (\d+)$`, last)
	if port != found(t, `"(\d+)/tcp"`, packed) || port != found(t, `port\s+= (\d+)\n`, service) || port != found(t, `"as4=:(\d+)"`, text(t, "main.go")) {
		t.Errorf("it listens at %s", port)
	}
	for _, m := range regexp.MustCompile(`(org\.opencontainers\.[a-z.]+)="([^"$]+)"`).FindAllStringSubmatch(last, -1) {
		if !strings.Contains(packed, `"`+m[1]+`":`) || !strings.Contains(packed, `"`+m[2]+`"`) {
			t.Errorf("%s is not what make image says of it", m[0])
		}
	}
	if found(t, `ENTRYPOINT (\[.*\])`, last) != `["/node"]` || !strings.Contains(packed, `Entrypoint: []string{"/node"}`) {
		t.Error("it starts something else")
	}
	if want := found(t, `\ngo (\d+\.\d+)`, text(t, "..", "..", "go.mod")); found(t, `GO=golang:(\d+\.\d+)`, docker) != want {
		t.Errorf("it is built by another Go than %s", want)
	}
}
