package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/keys/kms"
	"github.com/vienreiz/vienreiz/shared/rotation"
	"github.com/vienreiz/vienreiz/shared/store/aws"
	"github.com/vienreiz/vienreiz/shared/tenant"
	"github.com/vienreiz/vienreiz/shared/tenant/bucket"
	"github.com/vienreiz/vienreiz/shared/tenant/folder"
)

const rotateHelp = `Moves partners to our new signing certificate. Before it the tenant document lists the new key and certificate behind the old ones, under
keys.signing and keys.decryption, and the new certificate is registered, so that partners can have it.

Each partner that has the old certificate gets a message of the test service, signed with the new key. A receipt that the partner has signed
over it is its yes: its entry in the partner document is changed at once, and messages to it are signed with the new key within a minute.
Any other answer leaves the partner as it is, with the reason. Messages are decrypted with both keys until the old one is taken out.

The command may be broken off and repeated: it does what is left. It ends with who remains, and whether the old key can be taken out.
Exit 0: nobody remains; 1: somebody does, or it failed.

Examples:
  vienreiz keys rotate --tenant config/tenant.yaml --dry-run
  vienreiz keys rotate --tenant config/tenant.yaml --partner AP_LT_01
  vienreiz keys rotate --bucket lv-interior-configuration-… --json`

func runKeysRotate(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz keys rotate", "--tenant FILE | --bucket NAME [flags]", rotateHelp, stderr)
	file := fs.String("tenant", "", "`FILE` of the tenant document in a folder; the files that it names lie beside it")
	name := fs.String("bucket", "", "`NAME` in S3 of the bucket of the configuration, in place of a folder; Terraform's output buckets.configuration")
	document := fs.String("document", "tenant.yaml", "`OBJECT` of the tenant document in the bucket")
	certificate := fs.String("certificate", "", "`SHA256` of the new certificate in lower-case hex; without it the last under keys.signing")
	only := fs.String("partner", "", "only the partner with this `ID`")
	dry := fs.Bool("dry-run", false, "ask nobody and write nothing: only say who would be asked")
	asJSON := fs.Bool("json", false, "print one JSON object")
	rest, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if len(rest) > 0 || (*file == "") == (*name == "") {
		return misuse(fs, stderr, errors.New("give either --tenant or --bucket, and everything else as a flag"))
	}
	source, err := openConfiguration(ctx, *file, *name)
	if err != nil {
		return refused(fs, stderr, err)
	}
	if c, ok := source.(io.Closer); ok {
		defer c.Close()
	}
	if *file != "" {
		*document = filepath.Base(*file)
	}
	r, err := assembly.Rotation(ctx, source, *document, time.Now)
	if err != nil {
		return refused(fs, stderr, err)
	}
	r.New, r.Only, r.Dry = *certificate, *only, *dry
	report, err := r.Run(ctx)
	if report != nil {
		err = errors.Join(err, printRotation(stdout, report, *dry, *asJSON))
	}
	switch {
	case err != nil:
		return refused(fs, stderr, err)
	case report.Remain > 0:
		return exitRefused
	}
	return exitRight
}

// configured is a configuration that can be written.
type configured interface {
	tenant.Source
	Replace(ctx context.Context, name string, was, octets []byte) error
}

// openConfiguration opens a folder, or a bucket on AWS.
func openConfiguration(ctx context.Context, file, name string) (configured, error) {
	if file != "" {
		return folder.Open(filepath.Dir(file))
	}
	s, err := aws.Open(ctx, aws.Config{Now: time.Now, Buckets: []aws.Bucket{{Name: bucket.Bucket, Bucket: name}}})
	if err != nil {
		return nil, err
	}
	keys, err := kms.Open(ctx)
	return &bucket.Source{Objects: s.Objects, Keys: keys}, err
}

func printRotation(w io.Writer, report *rotation.Report, dry, asJSON bool) error {
	if asJSON {
		return printJSON(w, report)
	}
	fmt.Fprintf(w, "new certificate %s\n\n", report.New)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "PARTNER\tOUTCOME\tREASON")
	for _, p := range report.Partners {
		fmt.Fprintf(tw, "%s\t%s\t%s\n", p.Party, p.Outcome, p.Reason)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	switch {
	case dry:
		fmt.Fprintf(w, "\n%d of %d would be asked; nobody was, and nothing was written.\n", report.Remain, len(report.Partners))
	case report.Remain > 0:
		fmt.Fprintf(w, "\n%d of %d still need the old certificate. Keep both keys in the tenant document, and run this again when they have the new one.\n", report.Remain, len(report.Partners))
	default:
		fmt.Fprintf(w, "\nNobody needs the old certificate to verify us. Take the old key out of keys.signing now, and out of keys.decryption a day later,\nwhen no partner resends what it encrypted before; then out of the variables of Terraform, and revoke its certificate.\n")
	}
	return nil
}
