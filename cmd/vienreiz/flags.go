package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// list is a flag that may be repeated.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(v string) error { *l = append(*l, v); return nil }

// size is a flag of octets: 1500, 64KB, 100MB, 2GB, and KiB, MiB, GiB.
type size int64

var sizeUnits = []struct {
	suffix string
	octets int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"B", 1}, {"", 1}}

func (s *size) String() string { return strconv.FormatInt(int64(*s), 10) }

func (s *size) Set(v string) error {
	for _, u := range sizeUnits {
		number, ok := strings.CutSuffix(v, u.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err != nil || n <= 0 || n > (1<<50)/u.octets {
			break
		}
		*s = size(n * u.octets)
		return nil
	}
	return fmt.Errorf("%q is no size; write octets, or as 64KB, 100MB, 2GB", v)
}

// flagSet makes a set whose --help explains the command.
func flagSet(name, synopsis, explanation string, stderr io.Writer) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {
		w := fs.Output()
		fmt.Fprintf(w, "Usage: %s %s\n\n%s\n\nFlags:\n", name, synopsis, explanation)
		fs.PrintDefaults()
	}
	return fs
}

// parse reads flags and positional arguments in any order. done is true when
// the command is over: help was printed, or the usage is wrong.
func parse(fs *flag.FlagSet, args []string, stdout, stderr io.Writer) (positional []string, code int, done bool) {
	for {
		err := fs.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			fs.SetOutput(stdout)
			fs.Usage()
			return nil, exitRight, true
		}
		if err != nil {
			return nil, misuse(fs, stderr, err), true
		}
		rest := fs.Args()
		if len(rest) == 0 {
			return positional, exitRight, false
		}
		if consumed := len(args) - len(rest); consumed > 0 && args[consumed-1] == "--" {
			return append(positional, rest...), exitRight, false
		}
		positional = append(positional, rest[0])
		args = rest[1:]
	}
}

// misuse says what is wrong with the command line.
func misuse(fs *flag.FlagSet, stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "%s: %v\nsee %s --help\n", fs.Name(), err, fs.Name())
	return exitUsage
}

// refused says why a command did not do what was asked.
func refused(fs *flag.FlagSet, stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "%s: %v\n", fs.Name(), err)
	return exitRefused
}
