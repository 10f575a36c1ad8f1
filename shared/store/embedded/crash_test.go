package embedded_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/store/embedded"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

// What a child of this test binary does, and in which folder.
const (
	childDo  = "VIENREIZ_STORE_CHILD"
	childDir = "VIENREIZ_STORE_CHILD_DIR"
)

// modelChecks is how many histories the models run unless -rapid.checks says
// otherwise: each step waits for the disk.
const modelChecks = "20"

func TestMain(m *testing.M) {
	if os.Getenv(childDo) != "" {
		os.Exit(child())
	}
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", modelChecks); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// child opens the store and hammers on it or holds it open.
func child() int {
	s, err := embedded.Open(context.Background(), os.Getenv(childDir), config(time.Now))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	if os.Getenv(childDo) == "hold" {
		fmt.Println("open")
		_, _ = io.Copy(io.Discard, os.Stdin)
		return 0
	}
	fmt.Fprintln(os.Stderr, storetest.Hammer(worldOf(s), os.Stdout))
	return 1
}

func worldOf(s *embedded.Store) storetest.World {
	return storetest.World{State: s.State, Queue: s.Queues, DeadLetters: s.Queues, Objects: s.Objects, Lock: lockTime, Now: time.Now}
}

func start(t *testing.T, do, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDo+"="+do, childDir+"="+dir)
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, bufio.NewScanner(out)
}

// hammer lets a child work and kills it after some acknowledgements. The kill
// falls wherever the child has come to meanwhile.
func hammer(t *testing.T, dir string, after int) []string {
	t.Helper()
	cmd, out := start(t, "hammer", dir)
	var acks []string
	for out.Scan() {
		acks = append(acks, out.Text())
		if len(acks) == after {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait()
	if len(acks) < after {
		t.Fatalf("the child ended by itself: %v", acks)
	}
	return acks
}

func TestWhatWasAcknowledgedSurvivesKill9AndNothingIsHalfThere(t *testing.T) {
	t.Parallel()
	kills := 12
	if testing.Short() {
		kills = 3
	}
	dir := t.TempDir()
	var acks []string
	var survivors storetest.Survivors
	for range kills {
		acks = append(acks, hammer(t, dir, 1+rand.IntN(60))...)
		s := open(t, dir, config(time.Now))
		survivors.Check(t, worldOf(s), acks)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d acknowledgements over %d kills", len(acks), kills)
}

func TestASecondProcessIsRefusedUntilTheFirstEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd, out := start(t, "hold", dir)
	if !out.Scan() || out.Text() != "open" {
		t.Fatalf("the child says %q", out.Text())
	}
	_, err := embedded.Open(t.Context(), dir, config(time.Now))
	if !errors.Is(err, embedded.ErrInUse) || !strings.Contains(err.Error(), dir) {
		t.Errorf("opened beside another process: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	open(t, dir, config(time.Now))
}

func TestAStoreIsOpenOnceInAProcessToo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, config(time.Now))
	for range 2 {
		if _, err := embedded.Open(t.Context(), dir, config(time.Now)); !errors.Is(err, embedded.ErrInUse) {
			t.Fatalf("opened twice: %v", err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir, config(time.Now))
}
