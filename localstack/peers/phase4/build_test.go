//go:build interop

package phase4_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// root is the top of the repository.
var root = filepath.Join("..", "..", "..")

// programs are what is run: our command, and java with the peer's class path.
type programs struct{ vienreiz, java, classPath string }

// build makes both. Without Java there is nothing to talk to: loud, and in CI a failure.
func build(t *testing.T) programs {
	t.Helper()
	java, err := exec.LookPath("java")
	if err != nil {
		absent(t, "java (a JDK from 17 on)")
	}
	p := programs{vienreiz: filepath.Join(t.TempDir(), "vienreiz"), java: java}
	t.Log("building vienreiz")
	if out, err := exec.Command("go", "build", "-C", root, "-o", p.vienreiz, "./cmd/vienreiz").CombinedOutput(); err != nil {
		t.Fatalf("build vienreiz: %v\n%s", err, out)
	}
	p.classPath = buildPeer(t)
	return p
}

func absent(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is absent, so nothing was tried against phase4; install openjdk-17-jdk-headless and maven", what)
	}
	t.Skipf("SKIPPED, ALL OF IT: %s is absent, so nothing was tried against phase4", what)
}

// buildPeer runs Maven, unless exactly these sources were built before, and
// returns the class path.
func buildPeer(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join(root, "build", "phase4-peer"))
	if err != nil {
		t.Fatal(err)
	}
	classPath := filepath.Join(dir, "classes") + string(os.PathListSeparator) + filepath.Join(dir, "lib", "*")
	stamp, sources := filepath.Join(dir, "sources.sha256"), digestSources(t)
	if built, _ := os.ReadFile(stamp); string(built) == sources {
		return classPath
	}
	maven, err := exec.LookPath("mvn")
	if err != nil {
		absent(t, "mvn (Maven)")
	}
	t.Log("building the peer with Maven; the first time it fetches about 30 MB")
	began := time.Now()
	if out, err := exec.Command(maven, "-q", "-B", "process-classes").CombinedOutput(); err != nil {
		t.Fatalf("build the peer: %v\n%s", err, out)
	}
	t.Logf("built in %s", time.Since(began).Round(time.Second))
	if err := os.WriteFile(stamp, []byte(sources), 0o600); err != nil {
		t.Fatal(err)
	}
	return classPath
}

func digestSources(t *testing.T) string {
	t.Helper()
	sum := sha256.New()
	add := func(path string) {
		octets, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(sum, "%s %d\n%s", path, len(octets), octets)
	}
	add("pom.xml")
	err := filepath.WalkDir("src", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			add(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
