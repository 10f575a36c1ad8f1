package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/vienreiz/vienreiz/functions/node/local"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/reception"
	"github.com/vienreiz/vienreiz/shared/store/aws"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

var restoreCommand = command{"restore", "give a restored store the ids of received messages back from the journal, before /as4 opens again", runRestore}

const restoreHelp = `After the state (DynamoDB's table, or the database file of a node of its own) was restored from a backup, it has forgotten which messages came
since: each that is sent again would be taken a second time. This reads the journal, which is not restored, and gives it their ids, digests and
receipts back. A repetition is then answered with its first receipt, and not delivered again.

Before it, write into the tenant document
  closed: restoring the state
and upload it: /as4 answers 503 within a minute, and partners send again later. While it is not there, this command refuses. Take the line out
when it has ended with exit 0.

What it does not bring back: exchanges and evidence of the time between. They end at the partner by its time-outs, and the portal asks again.
It may be broken off and repeated. Exit 0: every message of the journal is known; 1: some are not, or it failed.

Examples:
  vienreiz restore --table lv-interior --journal lv-interior-journal-… --configuration lv-interior-configuration-… --since 2026-11-30T04:00:00Z
  vienreiz restore --tenant config/tenant.yaml`

// restoring are the places of a restored node.
type restoring struct {
	tenant, data                                   string // on one machine
	table, journal, configuration, document, since string
}

func runRestore(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz restore", "--table NAME --journal NAME --configuration NAME [flags], or vienreiz restore --tenant FILE [flags]", restoreHelp, stderr)
	var r restoring
	fs.StringVar(&r.tenant, "tenant", "", "`file` of the tenant document of a node on this machine")
	fs.StringVar(&r.data, "data", "", "`folder` of its store; empty: data, beside the tenant document")
	fs.StringVar(&r.table, "table", "", "`name` of the restored table in DynamoDB; Terraform's output table")
	fs.StringVar(&r.journal, "journal", "", "`name` in S3 of the bucket of the journal; Terraform's output buckets.journal")
	fs.StringVar(&r.configuration, "configuration", "", "`name` in S3 of the bucket of the configuration; Terraform's output buckets.configuration")
	fs.StringVar(&r.document, "document", "tenant.yaml", "`object` of the tenant document in that bucket")
	fs.StringVar(&r.since, "since", "", "`time` to which was restored, such as 2026-11-30T04:00:00Z; empty: the whole journal is read")
	asJSON := fs.Bool("json", false, "print one JSON object")
	rest, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if len(rest) > 0 {
		return misuse(fs, stderr, fmt.Errorf("%q is too much; everything is a flag", rest[0]))
	}
	seed, end, err := r.open(ctx)
	if errors.Is(err, errUsage) {
		return misuse(fs, stderr, err)
	}
	if err != nil {
		return refused(fs, stderr, err)
	}
	seed.Progress = func(s reception.Seeded) {
		if n := s.Known + s.Given + s.Forgotten + len(s.Unusable); n%1000 == 0 {
			fmt.Fprintf(stderr, "%d messages read, %d given back\n", n, s.Given)
		}
	}
	seeded, err := seed.Run(ctx)
	err = errors.Join(err, end(), printSeeded(stdout, &seeded, *asJSON))
	switch {
	case err != nil:
		return refused(fs, stderr, err)
	case len(seeded.Unusable) > 0:
		return exitRefused
	}
	return exitRight
}

// errUsage is of places that do not fit each other.
var errUsage = errors.New("name one store")

// open opens the store that was restored and its journal, and sees that no message
// is taken meanwhile.
func (r *restoring) open(ctx context.Context) (*reception.Seed, func() error, error) {
	seed := &reception.Seed{Now: time.Now}
	if r.since != "" {
		at, err := time.Parse(time.RFC3339, r.since)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: --since %q is no time such as 2026-11-30T04:00:00Z", errUsage, r.since)
		}
		seed.Since = at
	}
	onAWS := r.table != "" && r.journal != "" && r.configuration != ""
	switch some := r.table+r.journal+r.configuration != ""; {
	case r.tenant != "" && !some:
		return r.openLocal(ctx, seed)
	case r.tenant == "" && r.data == "" && onAWS:
		return r.openAWS(ctx, seed)
	}
	return nil, nil, fmt.Errorf("%w: give --table, --journal and --configuration, or --tenant", errUsage)
}

func (r *restoring) openLocal(ctx context.Context, seed *reception.Seed) (*reception.Seed, func() error, error) {
	if r.data == "" {
		r.data = filepath.Join(filepath.Dir(r.tenant), "data")
	}
	o, err := local.Node{Tenant: r.tenant, Data: r.data, Now: time.Now}.Open(ctx)
	if err != nil {
		return nil, nil, err
	}
	c, err := o.Assembly.Tenant.Configuration(ctx)
	if err == nil {
		err = closed(c.Document)
	}
	if err != nil {
		return nil, nil, errors.Join(err, o.Close())
	}
	seed.State, seed.Journal = o.Store.State, &journal.Journal{Objects: o.Store.Objects}
	return seed, o.Close, nil
}

func (r *restoring) openAWS(ctx context.Context, seed *reception.Seed) (*reception.Seed, func() error, error) {
	source, err := openConfiguration(ctx, "", r.configuration)
	if err != nil {
		return nil, nil, err
	}
	octets, err := source.Read(ctx, r.document)
	if err != nil {
		return nil, nil, err
	}
	d, err := tenant.Parse(octets)
	if err == nil {
		err = closed(d)
	}
	if err != nil {
		return nil, nil, err
	}
	s, err := aws.Open(ctx, aws.Config{Now: time.Now, Table: r.table, Buckets: []aws.Bucket{{Name: journal.Bucket, Bucket: r.journal, Locked: true}}})
	if err != nil {
		return nil, nil, err
	}
	seed.State, seed.Journal = s.State, &journal.Journal{Objects: s.Objects}
	return seed, func() error { return nil }, nil
}

// closed is an error while messages are taken.
func closed(d *tenant.Document) error {
	if d.Closed == "" {
		return errors.New("/as4 is open, and what comes meanwhile may be taken a second time: write closed: and why into the tenant document, and wait a minute")
	}
	return nil
}

func printSeeded(w io.Writer, s *reception.Seeded, asJSON bool) error {
	if asJSON {
		return printJSON(w, s)
	}
	fmt.Fprintf(w, "%d messages given back, %d were known, %d are older than the journal is kept\n", s.Given, s.Known, s.Forgotten)
	for _, id := range s.Unusable {
		fmt.Fprintf(w, "not given back: the entry of %s lacks its receipt or digests\n", id)
	}
	if len(s.Unusable) == 0 {
		fmt.Fprintln(w, "Every message of the journal is known. Take closed out of the tenant document.")
	}
	return nil
}
