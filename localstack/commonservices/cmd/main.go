// Command commonservices runs the simulated Common Services for a developer:
//
//	go run ./localstack/commonservices/cmd --listen 127.0.0.1:0 --root root.pem
//
// It prints a READY line for each service and for the root's file, then serves until it is stopped.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/vienreiz/vienreiz/localstack/commonservices"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "commonservices:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("commonservices", flag.ContinueOnError)
	listen := fs.String("listen", "127.0.0.1:0", "loopback `address` to listen at")
	root := fs.String("root", "", "`file` to write the root certificate of the signatures to (default a new one in the folder for temporary files)")
	worldFile := fs.String("world", "", "YAML `file` of another world")
	slow := fs.Duration("slow", 0, "hold each answer back this long")
	broken := fs.String("broken", "", "be broken: "+strings.Join(commonservices.Faults(), ", "))
	if err := fs.Parse(args); err != nil {
		return err
	}
	world, err := loadWorld(*worldFile)
	if err != nil {
		return err
	}
	fault := commonservices.Fault{Slow: *slow, Broken: *broken}
	if err := fault.Check(); err != nil {
		return err
	}
	s, err := commonservices.New(world, rand.Reader, time.Now)
	if err != nil {
		return err
	}
	s.Set(fault)
	file, err := writeRoot(*root, commonservices.PEM(s.Root()))
	if err != nil {
		return err
	}
	return serve(ctx, s, *listen, file)
}

func writeRoot(file string, octets []byte) (string, error) {
	if file != "" {
		return file, os.WriteFile(file, octets, 0o644)
	}
	f, err := os.CreateTemp("", "commonservices-root-*.pem")
	if err != nil {
		return "", err
	}
	_, err = f.Write(octets)
	return f.Name(), errors.Join(err, f.Close())
}

func loadWorld(file string) (*commonservices.World, error) {
	if file == "" {
		return commonservices.DefaultWorld()
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return commonservices.LoadWorld(b)
}

func serve(ctx context.Context, s *commonservices.Simulator, listen, root string) error {
	host, _, err := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("listen at %q: the simulation stays on this machine; give a loopback address such as 127.0.0.1:0", listen)
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	base := "http://" + l.Addr().String()
	fmt.Printf("READY eb %s/eb\nREADY dsd %s/dsd\nREADY sr %s/sr\nREADY root %s\n", base, base, base, root)
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
