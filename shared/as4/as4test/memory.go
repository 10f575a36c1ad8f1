package as4test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// Payload writes content of a media type: such that does not compress, or XML and
// text that do.
func Payload(to io.Writer, mediaType string, size int64) error {
	w := bufio.NewWriterSize(to, 1<<20)
	random := rand.NewChaCha8([32]byte{1})
	if strings.HasPrefix(mediaType, "application/pdf") {
		if _, err := io.CopyN(w, random, size); err != nil {
			return err
		}
		return w.Flush()
	}
	fmt.Fprint(w, "<list>")
	for n := int64(0); n < size; {
		k, err := fmt.Fprintf(w, "<item xml:id=\"i%d\" b=\"2\" a=\"1\">Vērtība %x</item>\n", n, random.Uint64())
		if err != nil {
			return err
		}
		n += int64(k)
	}
	fmt.Fprint(w, "</list>")
	return w.Flush()
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// Peak is the most memory that a process ever had, in octets; 0 where the system
// does not say (it is read from /proc).
func Peak(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	m := highWater.FindSubmatch(status)
	if m == nil {
		return 0
	}
	kib, _ := strconv.ParseInt(string(m[1]), 10, 64)
	return kib << 10
}
