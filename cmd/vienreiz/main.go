// Command vienreiz is the whole product in one binary: an AS4 access point for the
// operator's hand, the evidence messages, the directory, the node.
//
// Each sub-command is one file here: flags in, a package called, a table or JSON out.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
)

// Exit codes of every sub-command.
const (
	exitRight   = 0 // done, and everything that was checked is right
	exitRefused = 1 // refused, failed, or not right
	exitUsage   = 2 // the command line cannot be understood
)

// command is one sub-command. run gets the arguments behind its name and returns the exit code.
type command struct {
	name    string
	summary string
	run     func(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int
}

// commands is the list that --help prints, in this order.
var commands = []command{
	runCommand,
	demoCommand,
	nodeCommand,
	restoreCommand,
	invokeCommand,
	sloCommand,
	as4Command,
	partnersCommand,
	keysCommand,
	edmCommand,
	directoryCommand,
	costCommand,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := dispatch(ctx, "vienreiz", commands, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// dispatch runs the command that args[0] names. Groups of commands call it again for their own list.
func dispatch(ctx context.Context, group string, list []command, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		usage(stderr, group, list)
		return exitUsage
	}
	if args[0] == "--help" || args[0] == "-h" || args[0] == "-help" || args[0] == "help" {
		usage(stdout, group, list)
		return exitRight
	}
	for _, c := range list {
		if c.name == args[0] {
			return c.run(ctx, args[1:], stdin, stdout, stderr)
		}
	}
	fmt.Fprintf(stderr, "%s: unknown command %q; see %s --help\n", group, args[0], group)
	return exitUsage
}

func usage(w io.Writer, group string, list []command) {
	fmt.Fprintf(w, "Usage: %s COMMAND [arguments]\n\nCommands:\n", group)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range list {
		fmt.Fprintf(tw, "  %s\t%s\n", c.name, c.summary)
	}
	_ = tw.Flush() // stdout is gone: nobody to tell
	fmt.Fprintf(w, "\n%s COMMAND --help tells more. Exit codes: 0 right, 1 refused or failed, 2 wrong usage.\n", group)
}
