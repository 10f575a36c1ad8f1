// Command image packs the program of the container as an OCI image, without Docker:
// a layout in a folder, one image for each architecture, the same octets on every
// machine. With -root it only writes what is in the image, for the Dockerfile.
//
// In the image are the program and the certificates of the public authorities, as Go's
// maintainers take them from Mozilla; no shell, no library, nothing that can be written.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	var s source
	programs := flag.String("programs", "build/node", "`folder` of ARCHITECTURE/node; go run ./cmd/zip -node fills it")
	architectures := flag.String("arch", "arm64,amd64", "architectures, a comma between")
	into := flag.String("o", "build/image", "`folder` of the layout; what was there is replaced")
	root := flag.String("root", "", "write the root file system into this `folder`, for one architecture, and no image")
	flag.StringVar(&s.version, "version", "", "`version` that the label says")
	flag.StringVar(&s.revision, "revision", "", "`commit` that the label says")
	seconds := flag.Int64("created", 0, "`seconds` since 1970 of that commit")
	flag.Parse()
	s.created = time.Unix(*seconds, 0).UTC()
	if err := run(s, *programs, strings.Split(*architectures, ","), *into, *root); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func run(s source, programs string, architectures []string, into, root string) error {
	if root != "" && len(architectures) != 1 {
		return fmt.Errorf("-root is of one architecture, not of %s: write -arch arm64 or -arch amd64", strings.Join(architectures, " and "))
	}
	for _, architecture := range architectures {
		path := filepath.Join(programs, architecture, "node")
		program, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("%w; go run ./cmd/zip -node builds it", err)
		}
		files, err := contents(program)
		if err != nil {
			return err
		}
		if root != "" {
			return write(root, files)
		}
		if err := s.add(architecture, files); err != nil {
			return fmt.Errorf("pack %s: %w", architecture, err)
		}
	}
	digest, err := s.layout(into)
	if err != nil {
		return err
	}
	fmt.Printf("%s for %s\n%s\n", into, strings.Join(architectures, " and "), digest)
	return nil
}
