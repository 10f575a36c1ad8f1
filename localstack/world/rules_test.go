package world_test

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/localstack/demo"
	"github.com/vienreiz/vienreiz/localstack/registries"
	"github.com/vienreiz/vienreiz/localstack/residents"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/registry"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// What the provider refuses says which rule, which value and what to do: on the
// wire, in the requester's record, and to the citizen in words.
func TestRule09ARefusalExplainsItself(t *testing.T) {
	w := open(t, world.Options{Registries: func(code, base string) ([]registry.Registry, http.Handler, error) {
		people, err := residents.Default()
		if err != nil {
			return nil, nil, err
		}
		s, err := registries.New(published(t), people, code, time.Now)
		if err != nil {
			return nil, nil, err
		}
		list := s.Registries(base)
		for i := range list {
			for j := range list[i].EvidenceTypes {
				list[i].EvidenceTypes[j].Assurance = "High" // more than the directory says
			}
		}
		return list, s, nil
	}})
	v := create(t, w, order(t, w, "tertiary-qualification"))
	v = until(t, w, "LT", v.ID, exchange.Refused)
	if v.Code != "EDM:ERR:0001" || !strings.Contains(v.Reason, "stronger sign-in") {
		t.Errorf("the portal learns %q, %q", v.Code, v.Reason)
	}
	r, err := w.Tenants["LT"].Assembly.Keeper.Load(context.Background(), conduct.Key(exchange.Requester, v.ID))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"LevelOfAssurance", `"Substantial"`, "level High or higher"} {
		if !strings.Contains(r.Detail, part) {
			t.Errorf("the detail %q has no %q", r.Detail, part)
		}
	}
}

// canaries are values of the person and of the evidence that must be found
// nowhere but in the journal.
var canaries = []string{"Paraudziņa", "Paraudzi\\u0146a", "Anna Līga", "150387-90001", "1987-03-15", "Zvaigžņu kartogrāfija"}

// After the portal has confirmed, no file of either node but the journal holds
// the evidence, whatever was a record, an item, an object or a version before.
func TestRule10EvidenceDoesNotStay(t *testing.T) {
	data, _ := whole(t)
	searched := 0
	for _, country := range []string{"lt", "lv"} {
		root := filepath.Join(data, country, "store")
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.Contains(path, string(filepath.Separator)+"journal"+string(filepath.Separator)) {
				return err
			}
			octets, err := os.ReadFile(path)
			searched++
			for _, canary := range append(canaries, "%PDF") {
				if bytes.Contains(octets, []byte(canary)) {
					t.Errorf("%s: %s holds %q", country, filepath.Base(path), canary)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if searched < 2 {
		t.Errorf("%d files were searched", searched)
	}
}

// The log has no personal datum, and so have the records and items at any time:
// they never hold one, as rule 10's search of the database's file shows.
func TestRule11PersonalDataIsInTheJournalAndNowhereElse(t *testing.T) {
	_, log := whole(t)
	if !strings.Contains(log, "messageId=") {
		t.Fatal("nothing was logged")
	}
	log = strings.NewReplacer("/preview/{token}", "route", "/journey/{token}", "route").Replace(log)
	for _, canary := range append(canaries, "/preview/", "/journey/") {
		if strings.Contains(log, canary) {
			t.Errorf("the log holds %q", canary)
		}
	}
}

// whole walks once through all seven steps at the most talkative level, and
// gives the data of both nodes and the log.
func whole(t *testing.T) (data, log string) {
	t.Helper()
	var out safeBuffer
	was := slog.Default()
	slog.SetDefault(slog.New(observe.Log(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	t.Cleanup(func() { slog.SetDefault(was) })
	data = t.TempDir()
	w, err := world.Open(context.Background(), world.Options{Data: data, Names: []string{"LT", "LV"}})
	if err != nil {
		t.Fatal(err)
	}
	d, err := demo.New(w.Running(), demo.Options{Count: 1, Parallel: 1})
	if err == nil {
		var r *demo.Result
		if r, err = d.Run(context.Background()); err == nil && (r.Ended["confirmed"] != 1 || len(r.Errors) > 0) {
			t.Errorf("%+v", r)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond) // what follows the outcome
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return data, out.String()
}

// A portal, a registry or a partner that is taken out of the configuration is
// out within a minute, without a restart; a wrong document changes nothing.
func TestRule14NoConfigurationNeedsARestart(t *testing.T) {
	quiet(t)
	now := &handTime{now: time.Now()}
	w := open(t, world.Options{Still: true, Now: now.Now})
	live := w.Tenants["LT"].Assembly.Tenant
	ctx := context.Background()
	file := filepath.Join(w.Running().Data, "lt", "config", "tenant.yaml")
	octets, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := live.Portal(ctx, world.PortalID); err != nil {
		t.Fatal(err)
	}
	write(t, file, strings.Replace(string(octets), "id: "+world.PortalID, "id: another-portal", 1))
	now.pass(tenant.Fresh)
	if _, err := live.Portal(ctx, world.PortalID); err == nil {
		t.Error("the portal that was taken out is still known")
	}
	if _, err := live.Portal(ctx, "another-portal"); err != nil {
		t.Errorf("the portal that was added: %v", err)
	}
	write(t, file, "country: Atlantis\n")
	now.pass(tenant.Fresh)
	if _, err := live.Portal(ctx, "another-portal"); err != nil {
		t.Errorf("after a wrong document: %v", err)
	}
	if tenant.Fresh > time.Minute {
		t.Errorf("a change takes %s", tenant.Fresh)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// safeBuffer is a buffer that many may write to.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
