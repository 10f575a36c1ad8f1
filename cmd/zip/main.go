// Command zip builds every function of functions.yaml as it is deployed:
// build/zips/ARCHITECTURE/FUNCTION.zip, or with -node the program of the container:
// build/node/ARCHITECTURE/node; the same octets on every machine.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/functions/archive"
)

func main() {
	b := archive.Builder{}
	flag.StringVar(&b.Go, "go", "go", "the go `command`")
	flag.StringVar(&b.Module, "module", ".", "`folder` of the module")
	flag.StringVar(&b.Into, "o", "", "`folder` of what is built (default build/zips, or build/node)")
	node := flag.Bool("node", false, "build the program of the container in place of the functions")
	architectures := flag.String("arch", strings.Join(archive.Architectures, ","), "architectures, a comma between")
	flag.Parse()
	names, make := flag.Args(), b.Build
	switch {
	case *node:
		names, b.Into = []string{"node"}, cmp.Or(b.Into, "build/node")
		make = func(ctx context.Context, _, architecture string) (*archive.Built, error) {
			return b.Node(ctx, architecture)
		}
	case len(names) == 0:
		names = slices.Sorted(maps.Keys(functions.All().Functions))
	}
	b.Into = cmp.Or(b.Into, "build/zips")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := build(ctx, make, names, strings.Split(*architectures, ","), os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "zip:", err)
		os.Exit(1)
	}
}

// maker builds one thing for one architecture.
type maker func(ctx context.Context, name, architecture string) (*archive.Built, error)

// build makes everything, and tells of each as it is made.
func build(ctx context.Context, make maker, names, architectures []string, out io.Writer) error {
	done, all := 0, len(names)*len(architectures)
	var failed []error
	for _, architecture := range architectures {
		for _, name := range names {
			done++
			fmt.Fprintf(out, "%2d of %d  %-5s  %-12s", done, all, architecture, name)
			z, err := make(ctx, name, architecture)
			if err != nil {
				fmt.Fprintln(out, "  failed")
				failed = append(failed, err)
				continue
			}
			fmt.Fprintf(out, "  %5.1f MB  %s\n", float64(z.Bytes)/(1<<20), z.SHA256)
		}
	}
	return errors.Join(failed...)
}
