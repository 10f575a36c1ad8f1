// Command zip builds every function of functions.yaml as it is deployed:
// build/zips/ARCHITECTURE/FUNCTION.zip, the same octets on every machine.
package main

import (
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
	flag.StringVar(&b.Into, "o", "build/zips", "`folder` of the zips")
	architectures := flag.String("arch", strings.Join(archive.Architectures, ","), "architectures, a comma between")
	flag.Parse()
	names := flag.Args()
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(functions.All().Functions))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := build(ctx, &b, names, strings.Split(*architectures, ","), os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "zip:", err)
		os.Exit(1)
	}
}

// build makes every zip, and tells of each as it is made.
func build(ctx context.Context, b *archive.Builder, names, architectures []string, out io.Writer) error {
	done, all := 0, len(names)*len(architectures)
	var failed []error
	for _, architecture := range architectures {
		for _, name := range names {
			done++
			fmt.Fprintf(out, "%2d of %d  %-5s  %-12s", done, all, architecture, name)
			z, err := b.Build(ctx, name, architecture)
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
