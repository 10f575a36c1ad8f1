package partners_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"testing"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

// agreed imports a P-Mode for both parties and returns what each has of the other.
func agreed(t *testing.T, suite as4test.Suite, pairs ...string) (ofB, ofA *as4.Partner) {
	t.Helper()
	if suite != as4test.RSA {
		pairs = append(pairs, `policy="eDeliveryAS4Policy_BST.xml" signatureMethod="RSA_SHA256"`, `profile="ECC"`)
	}
	text := replaced(t, pairs...)
	both := [2]*as4.Partner{}
	for i, me := range []string{"AP_XA_01", "AP_XB_01"} {
		d, _ := imported(t, replacedParty(text, me), keysOf(suite, "AP_XA_01", "AP_XB_01"))
		agreements, err := d.Agreements()
		if err != nil || len(agreements) != 1 {
			t.Fatal(len(agreements), err)
		}
		both[i] = agreements[0]
	}
	return both[0], both[1]
}

func replacedParty(text, me string) string {
	return string(bytes.Replace([]byte(text), []byte(`party="AP_XX_01"`), []byte(`party="`+me+`"`), 1))
}

func TestImportedAgreementsCarryMessagesInEverySuite(t *testing.T) {
	t.Parallel()
	for _, suite := range as4test.Suites {
		for name, pairs := range map[string][]string{"one role": nil, "two roles": {`responderRole="gateway"`, `responderRole="other"`}} {
			t.Run(string(suite)+", "+name, func(t *testing.T) {
				t.Parallel()
				ofB, ofA := agreed(t, suite, pairs...)
				a, b := as4test.NewParty(suite, "AP_XA_01"), as4test.NewParty(suite, "AP_XB_01")
				for action, wireType := range map[string]string{ebms.ExecuteQueryRequest: ebms.GZIP, ebms.ExecuteQueryResponse: "application/x-ebrs+xml"} {
					out := as4test.Request(as4test.Octets("application/x-ebrs+xml", as4.CompressWhenUseful, []byte("<query/>")))
					out.Action = action
					box := &as4.MemoryOutbox{}
					signed, err := a.Sender().Sign(context.Background(), ofB, out, box)
					if err != nil {
						t.Fatal(err)
					}
					if got := signed.Parts[0].WireType; got != wireType {
						t.Errorf("%s: the part goes as %s, the P-Mode says %s", action, got, wireType)
					}
					pkg, err := as4.Pack(rand.Reader, signed, ofB)
					if err != nil {
						t.Fatal(err)
					}
					var body bytes.Buffer
					if err := pkg.Write(&body, box); err != nil {
						t.Fatal(err)
					}
					receiver := b.Receiver(&as4test.Inbox{})
					receiver.Partners = as4test.Partners{ofA}
					if answer := receiver.Receive(context.Background(), pkg.ContentType, &body); answer.Message == nil {
						t.Errorf("%s: refused: %v", action, answer.Cause())
					}
				}
			})
		}
	}
}

func TestRolesOfALegAreHeldInTheirOrder(t *testing.T) {
	t.Parallel()
	ofB, ofA := agreed(t, as4test.ECDSA, `responderRole="gateway"`, `responderRole="other"`)
	a, b := as4test.NewParty(as4test.ECDSA, "AP_XA_01"), as4test.NewParty(as4test.ECDSA, "AP_XB_01")
	for name, roles := range map[string][2]string{"both the first": {ebms.OOTSRole, ebms.OOTSRole}, "the wrong way round": {"http://example.org/role/other", ebms.OOTSRole}} {
		out := as4test.Request()
		out.From.Role, out.To.Role = roles[0], roles[1]
		box := &as4.MemoryOutbox{}
		signed, err := a.Sender().Sign(context.Background(), ofB, out, box)
		if err != nil {
			t.Fatal(err)
		}
		pkg, err := as4.Pack(rand.Reader, signed, ofB)
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		if err := pkg.Write(&body, box); err != nil {
			t.Fatal(err)
		}
		receiver := b.Receiver(&as4test.Inbox{})
		receiver.Partners = as4test.Partners{ofA}
		if answer := receiver.Receive(context.Background(), pkg.ContentType, &body); answer.Message != nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
