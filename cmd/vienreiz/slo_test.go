package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/availability"
)

const sloLog = `{"msg":"exchange ended","exchange":"requester-1","role":"requester","state":"confirmed","code":"none","fault":"none","began":"2026-11-02T10:00:00Z","ended":"2026-11-02T10:05:00Z","maintenance":"no"}
{"msg":"exchange ended","exchange":"requester-1","role":"requester","state":"confirmed","code":"none","fault":"none","began":"2026-11-02T10:00:00Z","ended":"2026-11-02T10:05:00Z","maintenance":"no"}
not JSON
{"msg":"exchange ended","exchange":"provider-2","role":"provider","state":"expired","code":"EDM:ERR:0005","fault":"ours","began":"2026-11-02T22:10:00Z","ended":"2026-11-02T22:15:00Z","maintenance":"no"}
`

func TestTheShareOfWhatWasServedIsToldAndJudged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	list := filepath.Join(dir, "tenant.yaml")
	if err := os.WriteFile(list, []byte("name: lv\nmaintenance:\n  - {from: 2026-11-02T22:00:00Z, to: 2026-11-03T02:00:00Z, what: new disks}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"half is not enough":            {[]string{"-"}, exitRefused, "failed: provider-2 expired EDM:ERR:0005, 2026-11-02T22:15:00Z\n98 % is not reached"},
		"maintenance is left out":       {[]string{"--maintenance", list, "-"}, exitRight, "98 % is reached"},
		"the period is the caller's":    {[]string{"--from", "2026-11-03", "-"}, exitRight, "nothing was counted"},
		"the query is printed":          {[]string{"--query"}, exitRight, availability.Query},
		"a period ends after it begins": {[]string{"--from", "2026-11-03", "--to", "2026-11-02", "-"}, exitUsage, "is not before --to"},
		"a time is a time":              {[]string{"--from", "yesterday", "-"}, exitUsage, "write 2026-11-01"},
		"a log is named":                {nil, exitUsage, "at least one LOGFILE"},
		"a log is there":                {[]string{filepath.Join(dir, "none")}, exitRefused, "no such file"},
	} {
		var out, errs strings.Builder
		code := runSLO(t.Context(), c.args, strings.NewReader(sloLog), &out, &errs)
		if code != c.code || !strings.Contains(out.String()+errs.String(), c.says) {
			t.Errorf("%s: exit %d\n%s%s", name, code, out.String(), errs.String())
		}
	}
	var out strings.Builder
	runSLO(t.Context(), []string{"--json", "-"}, strings.NewReader(sloLog), &out, &out)
	var r availability.Report
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil || r.All.Served != 1 || r.All.Failed != 1 || *r.All.Percent != 50 {
		t.Errorf("%v: %s", err, out.String())
	}
}
