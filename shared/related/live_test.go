package related

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestLiveMessages reads what phase4 really sent, and the composed examples.
func TestLiveMessages(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("VIENREIZ_TESTDATA")
	if dir == "" {
		t.Skip("SKIPPED: VIENREIZ_TESTDATA is not set, live messages are not read")
	}
	live, _ := filepath.Glob(filepath.Join(dir, "as4", "phase4-live", "*.request.http"))
	composed, _ := filepath.Glob(filepath.Join(dir, "as4", "composed", "*", "message.mime"))
	read := 0
	for _, file := range append(live, composed...) {
		octets, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, body, _ := bytes.Cut(octets, []byte("\r\n\r\n"))
		_, field, ok := bytes.Cut(bytes.ToLower(head), []byte("\ncontent-type: multipart"))
		if !ok {
			continue
		}
		value, _, _ := bytes.Cut(head[len(head)-len(field)-len("multipart"):], []byte("\r\n"))
		if err := checkMessage(string(value), body); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		read++
	}
	if read < 20 {
		t.Errorf("only %d messages were found under %s", read, dir)
	}
}

func checkMessage(contentType string, body []byte) error {
	ct, err := ParseContentType(contentType)
	if err != nil {
		return err
	}
	r := NewReader(bytes.NewReader(body), ct, Limits{})
	root, err := r.Root()
	if err != nil {
		return err
	}
	envelope, err := io.ReadAll(root)
	if err != nil || !bytes.HasPrefix(envelope, []byte("<?xml")) || !bytes.HasSuffix(envelope, []byte("Envelope>")) {
		return fmt.Errorf("root is no envelope: %v", err)
	}
	parts, err := readAll(r)
	if err != nil || len(parts) == 0 || root.MediaType() != ct.Type {
		return fmt.Errorf("%d parts, root of type %q: %v", len(parts), root.MediaType(), err)
	}
	for _, p := range parts {
		if !bytes.Contains(envelope, []byte("cid:"+p.ID)) {
			return fmt.Errorf("envelope does not know part %q", p.ID)
		}
	}
	return nil
}
