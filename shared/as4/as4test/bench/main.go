// Command bench measures sending and receiving beside the bare crypto of the
// same message, in the same run: hashes, AEAD, RSA or elliptic operations, gzip.
// It prints a table and writes the rows as JSON. `make bench` runs it.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"testing"
	"text/tabwriter"

	"github.com/vienreiz/vienreiz/shared/as4/as4test"
)

// row is one measurement; floor_ns_op is the bare crypto of the same message.
type row struct {
	Name    string  `json:"name"`
	Suite   string  `json:"suite,omitempty"`
	Bytes   int     `json:"bytes"`
	NsOp    float64 `json:"ns_op"`
	FloorNs float64 `json:"floor_ns_op"`
	Allocs  int64   `json:"allocs_op"`
	BytesOp int64   `json:"bytes_op"`
}

// sizes are the payloads of architecture.md §8.
var sizes = []int{5 << 10, 128 << 10, 2 << 20, 25 << 20}

func main() {
	testing.Init()
	out := flag.String("o", "build/bench.json", "write the rows to `FILE`")
	only := flag.String("suite", "", "only this suite: rsa, eddsa, ecdsa, or xml")
	profile := flag.String("cpuprofile", "", "write a profile of receiving 5 KB with -suite to `FILE`, and measure nothing else")
	flag.Parse()
	err := error(nil)
	if *profile != "" {
		err = writeProfile(*profile, as4test.Suite(*only))
	} else {
		err = run(*out, *only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(out, only string) error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "name\tsuite\tbytes\tµs\tfloor µs\tratio\tallocs\tkB\t")
	var rows []row
	add := func(r row) {
		rows = append(rows, r)
		fmt.Fprintf(table, "%s\t%s\t%d\t%.0f\t%.0f\t%.2f\t%d\t%d\t\n", r.Name, r.Suite, r.Bytes, r.NsOp/1e3, r.FloorNs/1e3, r.NsOp/r.FloorNs, r.Allocs, r.BytesOp/1000)
		fmt.Fprintf(os.Stderr, "measured %s %s %d\n", r.Name, r.Suite, r.Bytes)
	}
	for _, suite := range as4test.Suites {
		for _, n := range sizes {
			if only == "" || only == string(suite) {
				b := newBench(suite, n)
				add(b.row("receive", b.receive, b.receiveFloor))
				add(b.row("send", b.send, b.sendFloor))
			}
		}
	}
	if only == "" || only == "xml" {
		for _, n := range sizes {
			b := newXMLBench(n)
			add(b.row("receive-xml", b.receive, b.xmlFloor))
			add(b.row("send-xml", b.send, b.xmlFloor))
		}
		add(canonicalisation(1 << 20))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	octets, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	return os.WriteFile(out, octets, 0o644)
}

// writeProfile profiles the row in which the XML weighs most.
func writeProfile(path string, suite as4test.Suite) error {
	if suite == "" {
		suite = as4test.EdDSA
	}
	b := newBench(suite, sizes[0])
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	r := measure(b.receive)
	pprof.StopCPUProfile()
	fmt.Printf("%.0f µs an operation; look at it with: go tool pprof -top %s\n", perOp(r)/1e3, path)
	return f.Close()
}

// rounds is how often subject and floor are measured in turn; the fastest of
// each counts, since everything that disturbs makes slower.
const rounds = 3

func (b *bench) row(name string, subject, floor func()) row {
	r := row{Name: name, Suite: b.suite, Bytes: b.size}
	for range rounds {
		s := measure(subject)
		if ns := perOp(s); r.NsOp == 0 || ns < r.NsOp {
			r.NsOp, r.Allocs, r.BytesOp = ns, s.AllocsPerOp(), s.AllocedBytesPerOp()
		}
		if ns := perOp(measure(floor)); r.FloorNs == 0 || ns < r.FloorNs {
			r.FloorNs = ns
		}
	}
	return r
}

func measure(f func()) testing.BenchmarkResult {
	return testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f()
		}
	})
}

func perOp(r testing.BenchmarkResult) float64 { return float64(r.T.Nanoseconds()) / float64(r.N) }
