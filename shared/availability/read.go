package availability

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// MaxLine bounds one line of a log, in octets.
const MaxLine = 1 << 20

// Read gives the exchanges of a log of JSON lines. A line may have something in front of
// its JSON, as exports have a time there. Other lines are no concern.
func Read(r io.Reader) ([]Exchange, error) {
	var all []Exchange
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), MaxLine)
	n := 0
	for lines.Scan() {
		n++
		e, ok, err := read(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if ok {
			all = append(all, e)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w (a line has at most %d octets)", n+1, err, MaxLine)
	}
	return all, nil
}

// read gives one exchange, if the line is of one.
func read(line []byte) (e Exchange, ok bool, err error) {
	at := bytes.IndexByte(line, '{')
	if at < 0 || !bytes.Contains(line, []byte(Message)) {
		return e, false, nil
	}
	var l struct {
		Exchange
		Msg     string `json:"msg"`     // of slog
		Message string `json:"message"` // of Lambda
	}
	if err := json.Unmarshal(line[at:], &l); err != nil || l.Msg != Message && l.Message != Message {
		return e, false, nil //nolint:nilerr // a line of somebody else that quotes ours
	}
	e = l.Exchange
	switch {
	case e.Key == "" || e.Role == "" || e.Began.IsZero() || e.Ended.IsZero():
		return e, false, fmt.Errorf("%q without exchange, role, began or ended; is it cut off?", Message)
	case e.Fault != "none" && e.Fault != "ours" && e.Fault != "others":
		return e, false, fmt.Errorf("fault %.20q of exchange %s is none of none, ours and others", e.Fault, e.Key)
	}
	return e, true, nil
}
