package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/vienreiz/vienreiz/shared/keys/file"
	"github.com/vienreiz/vienreiz/shared/partners"
)

// importFlags are those of `partners import`.
type importFlags struct {
	pmode, trustStore, password, me, out, into string
	rollOver, strict                           bool
}

func runPartnersImport(_ context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	var f importFlags
	fs := flagSet("vienreiz partners import", "--pmode FILE --truststore FILE [--out FILE | --into FILE] [flags]", `Makes a partners document of what the Commission publishes: a Domibus P-Mode (AP_XX_01.xml) and a trust
store (gateway_truststore.jks) with one certificate per party, whose alias is the party id in lower case.
The document goes to standard output, to --out, or into an existing one with --into, which keeps what was
set by hand (holds, and an endpoint, profile or dialect that is not what the last import said; partners
written by hand) and tells what changes. Findings go to standard error.
Exit 0: at least one partner was imported; 1: none, or findings with --strict (then nothing is written).`, stderr)
	fs.StringVar(&f.pmode, "pmode", "", "Domibus P-Mode, XML `FILE`")
	fs.StringVar(&f.trustStore, "truststore", "", "trust store, JKS or PKCS#12 `FILE`")
	fs.StringVar(&f.password, "password", file.DefaultPassword, "`PASSWORD` of the trust store")
	fs.StringVar(&f.me, "me", "", "our own party `ID` (default: the party that the P-Mode is made for)")
	fs.StringVar(&f.out, "out", "", "write the document to `FILE`, replacing it")
	fs.StringVar(&f.into, "into", "", "take the import into the document in `FILE`")
	fs.BoolVar(&f.rollOver, "roll-over", false, "with --into: pin a changed signing certificate beside the old one; without it the trust store's alone counts")
	fs.BoolVar(&f.strict, "strict", false, "problems and warnings are fatal")
	rest, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if err := f.check(rest); err != nil {
		return misuse(fs, stderr, err)
	}
	doc, err := f.imported(stderr)
	if err != nil {
		return refused(fs, stderr, err)
	}
	if f.into == "" {
		err = f.write(stdout, doc)
	} else {
		err = f.merge(stdout, doc)
	}
	if err != nil {
		return refused(fs, stderr, err)
	}
	return exitRight
}

func (f *importFlags) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q", rest[0])
	case f.pmode == "" || f.trustStore == "":
		return errors.New("--pmode and --truststore are needed")
	case f.out != "" && f.into != "":
		return errors.New("--out and --into exclude each other")
	case f.rollOver && f.into == "":
		return errors.New("--roll-over needs --into: the old certificate is in the document")
	}
	return nil
}

// imported reads both files, tells what was found, and makes the document.
func (f *importFlags) imported(stderr io.Writer) (*partners.Document, error) {
	pmodeOctets, pmodeSource, err := source(f.pmode)
	if err != nil {
		return nil, err
	}
	pmode, err := partners.ReadPMode(pmodeOctets)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.pmode, err)
	}
	storeOctets, storeSource, err := source(f.trustStore)
	if err != nil {
		return nil, err
	}
	trusted, err := file.TrustStore(storeOctets, f.password)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.trustStore, err)
	}
	store := make([]partners.Trusted, len(trusted))
	for i, t := range trusted {
		store[i] = partners.Trusted(t)
	}
	doc, found, err := partners.Import(pmode, store, partners.Options{Me: f.me, Sources: partners.Sources{PMode: pmodeSource, TrustStore: storeSource}, Now: time.Now()})
	for _, finding := range found {
		fmt.Fprintln(stderr, finding)
	}
	if err != nil {
		return nil, err
	}
	if f.strict && partners.Worst(found, partners.Warning) {
		return nil, errors.New("there are findings, and they are fatal with --strict; nothing was written")
	}
	return doc, nil
}

// source reads a file and says which it was.
func source(path string) ([]byte, partners.Source, error) {
	octets, err := file.Read(path)
	if err != nil {
		return nil, partners.Source{}, err
	}
	digest := sha256.Sum256(octets)
	return octets, partners.Source{File: filepath.Base(path), SHA256: hex.EncodeToString(digest[:])}, nil
}

func (f *importFlags) write(stdout io.Writer, doc *partners.Document) error {
	octets, err := encoded(doc)
	if err != nil {
		return err
	}
	if f.out == "" {
		_, err = stdout.Write(octets)
		return err
	}
	if err := writeFile(f.out, octets); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s: %d partners of %s, revision %d\n", f.out, len(doc.Partners), doc.Me.ID, doc.Revision)
	return err
}

func (f *importFlags) merge(stdout io.Writer, imported *partners.Document) error {
	old, err := readPartners(f.into)
	if err != nil {
		return err
	}
	doc, changes, err := partners.Merge(old, imported, f.rollOver)
	if err != nil {
		return err
	}
	for _, c := range changes {
		fmt.Fprintln(stdout, c)
	}
	if doc == old {
		_, err = fmt.Fprintf(stdout, "%s: nothing changed, revision %d\n", f.into, doc.Revision)
		return err
	}
	octets, err := encoded(doc)
	if err != nil {
		return err
	}
	if err := writeFile(f.into, octets); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s: %d partners of %s, revision %d -> %d\n", f.into, len(doc.Partners), doc.Me.ID, old.Revision, doc.Revision)
	return err
}

// encoded writes a document that can be read again, or says why it could not.
func encoded(doc *partners.Document) ([]byte, error) {
	octets, err := doc.Encode()
	if err != nil {
		return nil, err
	}
	if _, err := partners.Parse(octets); err != nil {
		return nil, fmt.Errorf("nothing was written: %w", err)
	}
	return octets, nil
}
