package availability

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var day = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

// line is one of a log, as slog writes it, or Lambda.
func line(e Exchange, lambda bool) string {
	octets, _ := json.Marshal(e)
	if lambda {
		return `2026-11-02T00:00:00.000Z {"level":"INFO","message":"` + Message + `","function":"exchange",` + string(octets[1:])
	}
	return `{"level":"INFO","msg":"` + Message + `",` + string(octets[1:])
}

// month is a generated log with what ought to be counted in it.
type month struct {
	log     []string
	windows []Window
	want    map[string]*Share
}

// generate draws exchanges of both roles over thirty days, some in windows, some
// of them twice, between lines of other kinds, and counts as it draws.
func generate(t *rapid.T) *month {
	m := &month{want: map[string]*Share{"requester": {}, "provider": {}, "all": {}}, windows: []Window{}}
	for range rapid.IntRange(0, 4).Draw(t, "windows") {
		from := day.Add(time.Duration(rapid.IntRange(0, 29*24).Draw(t, "from")) * time.Hour)
		m.windows = append(m.windows, Window{From: from, To: from.Add(time.Duration(rapid.IntRange(1, 12).Draw(t, "hours")) * time.Hour)})
	}
	for n := range rapid.IntRange(0, 200).Draw(t, "exchanges") {
		began := day.Add(time.Duration(rapid.IntRange(-60, 31*24*60).Draw(t, "began")) * time.Minute)
		e := Exchange{
			Key: fmt.Sprintf("exchange-%d", n), Role: rapid.SampledFrom([]string{"requester", "provider"}).Draw(t, "role"), State: "expired", Code: "none",
			Fault: rapid.SampledFrom([]string{"none", "none", "none", "ours", "others"}).Draw(t, "fault"), Began: began,
			Ended: began.Add(time.Duration(rapid.IntRange(0, 62).Draw(t, "minutes")) * time.Minute), Maintenance: "no",
		}
		for range rapid.IntRange(1, 2).Draw(t, "times") {
			m.log = append(m.log, line(e, rapid.Bool().Draw(t, "lambda")))
		}
		m.log = append(m.log, `{"msg":"an item was handled","queue":"inbound"}`, "panic: "+Message)
		m.expect(e)
	}
	return m
}

// expect counts minute by minute, which is slow and plain.
func (m *month) expect(e Exchange) {
	if e.Ended.Before(day) || !e.Ended.Before(day.AddDate(0, 0, 30)) {
		return
	}
	inside := false
	for at := e.Began; !at.After(e.Ended); at = at.Add(time.Minute) {
		inside = inside || slices.ContainsFunc(m.windows, func(w Window) bool { return !at.Before(w.From) && at.Before(w.To) })
	}
	for _, s := range []*Share{m.want[e.Role], m.want["all"]} {
		switch {
		case inside:
			s.Maintenance++
		case e.Fault == "none":
			s.Served++
		case e.Fault == "ours":
			s.Failed++
		default:
			s.NotOurs++
		}
	}
}

func TestTheShareOfAGeneratedMonthIsRight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := generate(t)
		list, err := Read(strings.NewReader(strings.Join(m.log, "\n")))
		if err != nil {
			t.Fatal(err)
		}
		r := Compute(list, m.windows, day, day.AddDate(0, 0, 30))
		for _, got := range append(r.Roles, r.All) {
			want := m.want[got.Role]
			want.Role, want.Percent = got.Role, got.Percent
			if diff := cmp.Diff(*want, got); diff != "" {
				t.Fatalf("%s (-want +got):\n%s", got.Role, diff)
			}
		}
		counted := r.All.Served + r.All.Failed
		if (r.Met == nil) != (counted == 0) || r.Met != nil && *r.Met != (r.All.Served*100 >= 98*counted) || len(r.Failures) != r.All.Failed {
			t.Fatalf("met is %v with %+v and %d failures", r.Met, r.All, len(r.Failures))
		}
	})
}

func TestWithoutWindowsEachLineSaysWhatWasMaintenance(t *testing.T) {
	t.Parallel()
	e := Exchange{Key: "1", Role: "provider", Fault: "ours", Began: day, Ended: day, Maintenance: "yes"}
	if r := Compute([]Exchange{e}, nil, day, day.Add(time.Hour)); r.All.Maintenance != 1 || r.Met != nil {
		t.Errorf("%+v", r)
	}
	if r := Compute([]Exchange{e}, []Window{}, day, day.Add(time.Hour)); r.All.Failed != 1 || *r.Met {
		t.Errorf("nothing was announced, and it is left out: %+v", r)
	}
}

func TestALogOrListThatCannotBeCountedIsRefused(t *testing.T) {
	t.Parallel()
	good := Exchange{Key: "1", Role: "provider", Fault: "none", Began: day, Ended: day}
	bad := good
	bad.Fault = "mine"
	for name, c := range map[string]struct{ log, says string }{
		"a line that is cut off":   {`{"msg":"` + Message + `","role":"provider"}`, "line 1"},
		"a fault that is not told": {line(good, true) + "\n" + line(bad, false), `line 2: fault "mine"`},
		"a line without end":       {strings.Repeat("x", MaxLine+1), "at most 1048576 octets"},
	} {
		if _, err := Read(strings.NewReader(c.log)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
	for name, c := range map[string]struct{ list, says string }{
		"no end":          {"maintenance: [{from: 2026-12-05T22:00:00Z}]", "maintenance[0]: write from and to"},
		"an end before":   {"maintenance: [{from: 2026-12-05T22:00:00Z, to: 2026-12-05T21:00:00Z}]", "exchange them"},
		"another year":    {"maintenance: [{from: 2026-12-05T22:00:00Z, to: 2027-12-05T21:00:00Z}]", "correct a date"},
		"something else":  {"maintenance: often", "read windows"},
		"a wrong instant": {"maintenance: [{from: tomorrow, to: never}]", "read windows"},
	} {
		if _, err := Windows([]byte(c.list)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
}

// TestTheQueryAsksForWhatIsLogged holds the text for CloudWatch to the fields of a
// line: Logs Insights itself runs in AWS only.
func TestTheQueryAsksForWhatIsLogged(t *testing.T) {
	t.Parallel()
	var logged map[string]any
	if err := json.Unmarshal([]byte(line(Exchange{}, true)[len("2026-11-02T00:00:00.000Z "):]), &logged); err != nil {
		t.Fatal(err)
	}
	plain := regexp.MustCompile(`"[^"]*"`).ReplaceAllString(Query, `""`)
	made := []string{"last", "served", "failed", "notOurs", "percent"}
	words := []string{"filter", "and", "stats", "latest", "as", "by", "sum", "strcontains"}
	for _, word := range regexp.MustCompile(`[A-Za-z]+`).FindAllString(plain, -1) {
		if _, ok := logged[word]; !ok && !slices.Contains(made, word) && !slices.Contains(words, word) {
			t.Errorf("the query asks for %s, which no line has", word)
		}
	}
	if !strings.Contains(Query, `"`+Message+`"`) {
		t.Error("the query looks for another message")
	}
	for _, fault := range []string{"none", "ours", "others"} {
		for _, other := range []string{"none", "ours", "others"} {
			if fault != other && strings.Contains(other, fault) {
				t.Errorf("strcontains takes %s for %s", other, fault)
			}
		}
	}
}
