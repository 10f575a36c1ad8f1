package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
	"github.com/vienreiz/vienreiz/shared/xmlsec/c14n"
)

// bench is one message of one suite and size.
type bench struct {
	suite    string
	size     int
	content  as4.Content
	from, to *as4test.Party
	partner  *as4.Partner
	receiver *as4.Receiver
	sender   *as4.Sender

	contentType string
	body        []byte // on the wire
	floor       floor
}

func newBench(suite as4test.Suite, n int) *bench {
	payload := make([]byte, n)
	_, _ = rand.Read(payload)
	b := prepare(suite, n, as4test.Octets("application/pdf", as4.CompressAlways, payload))
	b.floor = newFloor(suite, b.from, b.to, payload)
	return b
}

// newXMLBench has a SOAP-like document that is sent uncompressed.
func newXMLBench(n int) *bench {
	document := xmlOf(n)
	b := prepare(as4test.EdDSA, n, as4test.Octets("application/xml", as4.CompressNever, document))
	b.suite = ""
	b.floor = newFloor(as4test.EdDSA, b.from, b.to, document)
	return b
}

func prepare(suite as4test.Suite, n int, c as4.Content) *bench {
	b := &bench{suite: string(suite), size: n, content: c, from: as4test.NewParty(suite, "AP_XA_01"), to: as4test.NewParty(suite, "AP_XB_01")}
	b.partner, b.sender = b.to.Agreement(), b.from.Sender()
	b.receiver = b.to.Receiver(nowhere{}, b.from)
	b.contentType, b.body, _ = b.from.Wire(b.to, as4test.Request(c))
	return b
}

func (b *bench) receive() {
	a := b.receiver.Receive(context.Background(), b.contentType, bytes.NewReader(b.body))
	if a.Message == nil {
		panic(a.Cause())
	}
}

func (b *bench) send() {
	box := &as4.MemoryOutbox{}
	signed, err := b.sender.Sign(context.Background(), b.partner, as4test.Request(b.content), box)
	if err != nil {
		panic(err)
	}
	pkg, err := as4.Pack(rand.Reader, signed, b.partner)
	if err == nil {
		err = pkg.Write(io.Discard, box)
	}
	if err != nil {
		panic(err)
	}
}

func xmlOf(n int) []byte {
	var s strings.Builder
	s.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rim:List xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0">`)
	for i := 0; s.Len() < n; i++ {
		fmt.Fprintf(&s, `<rim:Slot name="Slot%d" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><rim:SlotValue xsi:type="rim:StringValueType"><rim:Value xml:lang="lv">Vērtība %d &amp; cita</rim:Value></rim:SlotValue></rim:Slot>`, i, i)
	}
	s.WriteString(`</rim:List>`)
	return []byte(s.String())
}

// canonicalisation compares with goxmldsig, whose time stands as the floor.
func canonicalisation(n int) row {
	document := xmlOf(n)
	doc, err := xmlsafe.ParseBytes(document, xmlsafe.Limits{Bytes: int64(n) * 2, Elements: n})
	if err != nil {
		panic(err)
	}
	theirs := etree.NewDocument()
	if err := theirs.ReadFromBytes(document); err != nil {
		panic(err)
	}
	canonicalizer := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	b := &bench{size: n}
	return b.row("c14n", func() {
		h := sha256.New()
		if err := c14n.Element(h, doc.Root(), nil); err != nil {
			panic(err)
		}
	}, func() {
		octets, err := canonicalizer.Canonicalize(theirs.Root())
		if err != nil {
			panic(err)
		}
		sha256.Sum256(octets)
	})
}

// nowhere is an inbox that keeps nothing.
type nowhere struct{}

func (nowhere) Begin(context.Context, as4.MessageKey) (as4.Attempt, error) { return nowhere{}, nil }

func (nowhere) Part(int, ebms.PartInfo) (io.WriteCloser, error) { return nowhere{}, nil }

func (nowhere) Commit(_ context.Context, _ *as4.Message, receipt []byte) ([]byte, error) {
	return receipt, nil
}

func (nowhere) Discard() error              { return nil }
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) Close() error                { return nil }
