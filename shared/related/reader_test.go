package related

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

var ct = ContentType{Type: "application/soap+xml", Boundary: "b"}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

type read struct {
	ID, Media, Content string
}

// readAll reads every part in the order of Next.
func readAll(r *Reader) ([]read, error) {
	var all []read
	for {
		p, err := r.Next()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		content, err := io.ReadAll(p)
		if err != nil {
			return all, err
		}
		all = append(all, read{p.ContentID, p.MediaType(), string(content)})
	}
}

func wantRule(t *testing.T, err error, rule string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Rule != rule {
		t.Errorf("got %v, want a refusal by %s", err, rule)
	}
}

const soap = "--b\nContent-Type: application/soap+xml; charset=UTF-8\nContent-Transfer-Encoding: binary\nContent-ID: <root@a>\n\n<env/>\n"

func TestReaderGivesPartsAsTheyAreOnTheWire(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body string
		want []read
	}{
		"two parts": {
			crlf(soap + "--b\ncontent-type: Application/PDF; x=y\ncontent-id: <p1@a>\n\none\ntwo\n\n--b--\n"),
			[]read{{"root@a", "application/soap+xml", "<env/>"}, {"p1@a", "application/pdf", "one\r\ntwo\r\n"}},
		},
		"LF alone":                         {soap + "--b--\n", []read{{"root@a", "application/soap+xml", "<env/>"}}},
		"no headers at all":                {crlf("--b\n\nx\n--b--"), []read{{"", "", "x"}}},
		"blank lines before it":            {crlf("\n\n" + soap + "--b--\n"), []read{{"root@a", "application/soap+xml", "<env/>"}}},
		"a preamble and an epilogue":       {crlf("This is MIME.\n--bb\n--b-\n" + soap + "--b--\nbye\n--b\n"), []read{{"root@a", "application/soap+xml", "<env/>"}}},
		"no line end behind the closing":   {crlf("--b\n\nx\n--b--"), []read{{"", "", "x"}}},
		"blanks behind boundaries":         {crlf("--b  \n\nx\n--b \t\n\ny\n--b--  \n"), []read{{"", "", "x"}, {"", "", "y"}}},
		"empty parts":                      {crlf("--b\n\n\n--b\n\n--b--\n"), []read{{"", "", ""}, {"", "", ""}}},
		"what only begins like a boundary": {crlf("--b\n\n--bx\n--b-x\n-- b\n--\n--b--\n"), []read{{"", "", "--bx\r\n--b-x\r\n-- b\r\n--"}}},
		"a lone LF before a boundary is content": {
			crlf("--b\n\nx") + "\n--b" + crlf("\ny\n--b--\n"), []read{{"", "", "x\n--b\r\ny"}},
		},
		"a CR before the CRLF":       {"--b\r\n\r\nx\r\r\n--b--", []read{{"", "", "x\r"}}},
		"folded headers":             {crlf("--b\nContent-Type: text/plain;\n\tcharset=utf-8\nContent-ID:\n <a@b>\n\nx\n--b--\n"), []read{{"a@b", "text/plain", "x"}}},
		"a Content-ID without <>":    {crlf("--b\nContent-Id: a@b\n\nx\n--b--\n"), []read{{"a@b", "", "x"}}},
		"base64 with blanks":         {crlf("--b\nContent-Transfer-Encoding: BASE64\n\n aGVs\n\tbG8 =\n\n--b--\n"), []read{{"", "", "hello"}}},
		"quoted-printable":           {crlf("--b\nContent-Transfer-Encoding: quoted-printable\n\na=3Db=\nc\n--b--\n"), []read{{"", "", "a=bc"}}},
		"7bit and 8bit are raw":      {crlf("--b\nContent-Transfer-Encoding: 7bit\n\na=3D\n--b\nContent-Transfer-Encoding: 8Bit\n\n\xff\n--b--\n"), []read{{"", "", "a=3D"}, {"", "", "\xff"}}},
		"a file name in raw UTF-8":   {crlf("--b\nContent-Disposition: attachment; filename=\"pierādījums.pdf\"\n\nx\n--b--\n"), []read{{"", "", "x"}}},
		"an empty Content-ID header": {crlf("--b\nContent-ID:\n\nx\n--b--\n"), []read{{"", "", "x"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, source := range []io.Reader{
				strings.NewReader(tt.body), iotest.OneByteReader(strings.NewReader(tt.body)), iotest.DataErrReader(strings.NewReader(tt.body)),
			} {
				got, err := readAll(NewReader(source, ct, Limits{}))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestReaderRefuses(t *testing.T) {
	t.Parallel()
	part := func(headers string) string { return crlf("--b\n" + headers + "\n\nx\n--b--\n") }
	flood := strings.Repeat(crlf("--b\n\nx\n"), 66)
	for name, tt := range map[string]struct{ body, rule string }{
		"nothing":                               {"", RuleTruncated},
		"only a preamble":                       {"hello\r\n", RuleTruncated},
		"no closing boundary":                   {crlf("--b\n\nx\n"), RuleTruncated},
		"an end in the boundary":                {crlf("--b\n\nx\n--"), RuleTruncated},
		"an end in the closing boundary":        {crlf("--b\n\nx\n--b-"), RuleTruncated},
		"an end behind a boundary":              {crlf("--b\n\nx\n--b"), RuleTruncated},
		"an end behind a boundary with a blank": {crlf("--b\n\nx\n--b "), RuleTruncated},
		"an end in the headers":                 {crlf("--b\nContent-Type: text/plain\n"), RuleTruncated},
		"no part":                               {crlf("--b--\n"), RuleParts},
		"66 parts":                              {flood + "--b--\r\n", RuleParts},
		"more on a boundary line":               {crlf("--b\n\nx\n--b y\n"), RuleBoundary},
		"more on the closing line":              {crlf("--b\n\nx\n--b--y\n"), RuleBoundary},
		"a page of blanks behind a boundary":    {crlf("--b\n\nx\n--b" + strings.Repeat(" ", maxPadding+1) + "\n"), RuleBoundary},
		"a long preamble":                       {strings.Repeat("x\r\n", DefaultPreamble) + part(""), RulePreamble},
		"a preamble in one line":                {strings.Repeat("x", 2*bufferSize) + part(""), RulePreamble},
		"a long epilogue":                       {crlf("--b\n\nx\n--b--\n") + strings.Repeat("x", DefaultEpilogue+1), RuleEpilogue},
		"a header without a colon":              {part("Content-Type"), RuleHeader},
		"a header without a name":               {part(": x"), RuleHeader},
		"a header with a blank in its name":     {part("Content-ID : <a@b>"), RuleHeader},
		"a fold in the first line":              {part(" x: y"), RuleHeader},
		"a boundary among the headers":          {crlf("--b\nContent-Type: text/plain\n--b\n\nx\n--b--\n"), RuleHeader},
		"a boundary that passes for a header":   {crlf("--b\n--b: y\n\nx\n--b--\n"), RuleHeader},
		"NUL in a header":                       {part("X: a\x00b"), RuleHeaderOctets},
		"a lone CR in a header":                 {part("X: a\rY: b"), RuleHeaderOctets},
		"an escape in a header":                 {part("X: \x1b[2J"), RuleHeaderOctets},
		"Latin-1 in a header":                   {part("X: pier\xe2d"), RuleHeaderOctets},
		"33 headers":                            {part(strings.TrimSuffix(strings.Repeat("X: y\n", DefaultHeaders+1), "\n")), RuleHeaderCount},
		"9 KB of headers":                       {part("X: " + strings.Repeat("y", 9<<10)), RuleHeaderBytes},
		"headers without end":                   {"--b\r\n" + strings.Repeat("y", 4*bufferSize), RuleHeaderBytes},
		"two Content-IDs":                       {part("Content-ID: <a@b>\ncontent-id: <c@d>"), RuleHeaderRepeated},
		"two Content-Types":                     {part("Content-Type: a/b\nCONTENT-TYPE: a/b"), RuleHeaderRepeated},
		"two transfer encodings":                {part("Content-Transfer-Encoding: binary\nContent-Transfer-Encoding: base64"), RuleHeaderRepeated},
		"a Content-ID of nothing":               {part("Content-ID: <>"), RuleContentID},
		"a Content-ID with a bracket inside":    {part("Content-ID: <a@b> <c@d>"), RuleContentID},
		"a Content-ID beyond ASCII":             {part("Content-ID: <ā@b>"), RuleContentID},
		"one Content-ID twice":                  {crlf("--b\nContent-ID: <a@b>\n\nx\n--b\nContent-ID: a%40b\n\ny\n--b--\n"), RuleDuplicate},
		"a multipart within":                    {part("Content-Type: Multipart/Mixed; boundary=c"), RuleNested},
		"an unknown transfer encoding":          {part("Content-Transfer-Encoding: x-uuencode"), RuleEncoding},
		"base64 that is none":                   {crlf("--b\nContent-Transfer-Encoding: base64\n\n*\n--b--\n"), RuleEncoding},
		"base64 that is cut off":                {crlf("--b\nContent-Transfer-Encoding: base64\n\naGVsb\n--b--\n"), RuleEncoding},
		"base64 with something behind its end":  {crlf("--b\nContent-Transfer-Encoding: base64\n\naGVsbG8=aGVs\n--b--\n"), RuleEncoding},
		"base64 without a closing boundary":     {crlf("--b\nContent-Transfer-Encoding: base64\n\naGVs\n"), RuleTruncated},
		"quoted-printable that is none":         {crlf("--b\nContent-Transfer-Encoding: quoted-printable\n\n=\x01\x02\n--b--\n"), RuleEncoding},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, source := range []io.Reader{strings.NewReader(tt.body), iotest.HalfReader(strings.NewReader(tt.body))} {
				r := NewReader(source, ct, Limits{})
				_, err := readAll(r)
				wantRule(t, err, tt.rule)
				if _, again := r.Next(); again == nil || again.Error() != err.Error() {
					t.Errorf("the next call answers %v instead of the same error", again)
				}
			}
		})
	}
}

func TestSixtyFourPartsBesideTheRootAreRead(t *testing.T) {
	t.Parallel()
	body := strings.Repeat(crlf("--b\n\nx\n"), 65) + "--b--\r\n"
	got, err := readAll(NewReader(strings.NewReader(body), ct, Limits{}))
	if err != nil || len(got) != 65 {
		t.Errorf("read %d parts, %v", len(got), err)
	}
}

func TestAPartEndsWithTheNextOne(t *testing.T) {
	t.Parallel()
	r := NewReader(strings.NewReader(threeParts("one")), ct, Limits{})
	first, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(first); err == nil {
		t.Error("the first part is read after the second was asked for")
	}
}

func TestReaderPassesOnTheErrorOfItsSource(t *testing.T) {
	t.Parallel()
	lost := errors.New("connection lost")
	for _, encoding := range []string{"binary", "base64", "quoted-printable"} {
		body := crlf("--b\nContent-Transfer-Encoding: " + encoding + "\n\naGVs")
		_, err := readAll(NewReader(io.MultiReader(strings.NewReader(body), iotest.ErrReader(lost)), ct, Limits{}))
		if !errors.Is(err, lost) {
			t.Errorf("%s: got %v", encoding, err)
		}
	}
	_, err := readAll(NewReader(silent{}, ct, Limits{}))
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a silent source: got %v", err)
	}
}

type silent struct{}

func (silent) Read([]byte) (int, error) { return 0, nil }

func TestLargePartsComeThroughWriteTo(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("\r\n--b\r\r\n-- \x00\xff"), 60_000)
	content = bytes.ReplaceAll(content, []byte("\r\n--b\r"), []byte("\r\n--c\r"))
	body := append([]byte("--b\r\n\r\n"), content...)
	body = append(body, "\r\n--b--\r\n"...)
	p, err := NewReader(bytes.NewReader(body), ct, Limits{}).Next()
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if n, err := p.WriteTo(&got); err != nil || n != int64(len(content)) || !bytes.Equal(got.Bytes(), content) {
		t.Errorf("copied %d of %d octets, %v", n, len(content), err)
	}
}

// TestReaderMemoryDoesNotGrow runs alone, so that it counts its own allocations.
func TestReaderMemoryDoesNotGrow(t *testing.T) {
	const size = 64 << 20
	body := io.MultiReader(strings.NewReader("--b\r\n\r\n"), io.LimitReader(zeros{}, size), strings.NewReader("\r\n--b--\r\n"))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p, err := NewReader(body, ct, Limits{}).Next()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, p); n != size || err != nil {
		t.Error(n, err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d octets went through %d of memory", size, n)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
