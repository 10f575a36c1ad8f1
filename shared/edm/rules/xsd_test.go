package rules

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
)

// driver imports the schemas in an order in which libxml2 finds every name.
const driver = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="xml.xsd"/>
<xs:import namespace="http://www.w3.org/1999/xlink" schemaLocation="xlink.xsd"/>
<xs:import namespace="http://www.w3.org/2005/08/addressing" schemaLocation="ws-addr.xsd"/>
<xs:import namespace="urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0" schemaLocation="rim.xsd"/>
<xs:import namespace="urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0" schemaLocation="query.xsd"/>
<xs:import namespace="http://data.europa.eu/p4s" schemaLocation="sdg.xsd"/>
</xs:schema>`

// loosened are the changes that the 2.0 profile made to the 1.0.0 file (TDD changelog): no official file of 2.0 was at hand.
var loosened = strings.NewReplacer(
	`<xs:element ref="sdg:ConformsTo" minOccurs="0"/>
			<!-- maxOccurs="1"  -->

			<!--  OOTS (Semantic Repository) -->
			<xs:element name="Transformation" type="xs:anyURI" minOccurs="0"/>`,
	`<xs:element ref="sdg:Language" minOccurs="0" maxOccurs="unbounded"/>
			<xs:element ref="sdg:ConformsTo" minOccurs="0"/>
			<xs:element name="AssociatedDocumentRequest" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>`,
	`<xs:element name="IsAbout" minOccurs="1">`, `<xs:element name="IsAbout" minOccurs="0">`,
	`<xs:element name="IssuingAuthority" type="sdg:AgentType" minOccurs="1"/>`, `<xs:element name="IssuingAuthority" type="sdg:AgentType" minOccurs="0"/>`,
	`<xs:element name="IsConformantTo" type="sdg:EvidenceTypeType"/>`, `<xs:element name="IsConformantTo" type="sdg:EvidenceTypeType" minOccurs="0"/>`,
	`<xs:element name="IssuingDate" type="xs:date"/>`, `<xs:element name="IssuingDate" type="xs:date" minOccurs="0"/>`,
)

// extended are the additions of 1.1 and 1.2 (TDD changelog).
var extended = strings.NewReplacer(
	`<xs:element name="FamilyName" type="xs:string" minOccurs="1"/>`, `<xs:element name="FamilyName" minOccurs="1"><xs:complexType><xs:simpleContent>`+
		`<xs:extension base="xs:string"><xs:attribute name="nonLatin" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>`,
	`<xs:element name="Gender" type="sdg:GenderType" minOccurs="0"/>`, `<xs:element name="Gender" type="sdg:GenderType" minOccurs="0"/>`+
		`<xs:element name="Nationality" type="xs:string" minOccurs="0" maxOccurs="unbounded"/><xs:element name="CountryOfBirth" type="xs:string" minOccurs="0"/>`+
		`<xs:element name="TownOfBirth" type="xs:string" minOccurs="0"/><xs:element name="CountryOfResidence" type="xs:string" minOccurs="0"/>`+
		`<xs:element name="PhoneNumber" type="xs:string" minOccurs="0"/><xs:element name="EmailAddress" type="xs:string" minOccurs="0"/>`,
	`<xs:element name="RegisteredAddress" type="sdg:AddressType" minOccurs="0"/>`, `<xs:element name="RegisteredAddress" type="sdg:AddressType" minOccurs="0"/>`+
		`<xs:element name="LegalPhoneNumber" type="xs:string" minOccurs="0"/><xs:element name="LegalEmailAddress" type="xs:string" minOccurs="0"/>`,
	`<xs:element name="ReferenceFramework" type="sdg:ReferenceFrameworkType" minOccurs="0"`, `<xs:element ref="sdg:Description" minOccurs="0" maxOccurs="unbounded"/>`+
		`<xs:element name="ReferenceFramework" type="sdg:ReferenceFrameworkType" minOccurs="0"`,
)

// schemas lays out the official files with local locations, for one line, and returns the driver.
func schemas(t *testing.T, root string, v edm.Version) string {
	t.Helper()
	dir := t.TempDir()
	for name, path := range map[string]string{
		"xml.xsd": "xml/xml.xsd", "xlink.xsd": "xml/xlink.xsd", "ws-addr.xsd": "xml/ws-addr.xsd",
		"rim.xsd": "regrep4/rim.xsd", "query.xsd": "regrep4/query.xsd", "rs.xsd": "regrep4/rs.xsd", "sdg.xsd": "sdg/SDG-GenericMetadataProfile-v1.0.0.xsd",
	} {
		found, err := filepath.Glob(filepath.Join(root, "edm", "*", "*", "*", "models", "xsd", path))
		if err != nil || len(found) == 0 {
			t.Skipf("SKIPPED: no %s below %s", path, root)
		}
		b, err := os.ReadFile(found[0])
		if err != nil {
			t.Fatal(err)
		}
		s := strings.ReplaceAll(string(b), "\r\n", "\n")
		s = strings.NewReplacer(
			`<import namespace="http://www.w3.org/XML/1998/namespace" />`, `<import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="xml.xsd"/>`,
			`<xs:import namespace="http://www.w3.org/XML/1998/namespace" />`, `<xs:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="xml.xsd"/>`,
			`<import namespace="http://www.w3.org/1999/xlink" />`, `<import namespace="http://www.w3.org/1999/xlink" schemaLocation="xlink.xsd"/>`,
			`<import namespace="http://www.w3.org/2005/08/addressing" />`, `<import namespace="http://www.w3.org/2005/08/addressing" schemaLocation="ws-addr.xsd"/>`,
			"http://docs.oasis-open.org/regrep/regrep-core/v4.0/os/xsd/", "",
		).Replace(s)
		if name == "sdg.xsd" && v != edm.V10 {
			s = extended.Replace(s)
		}
		if name == "sdg.xsd" && v == edm.V20 {
			s = loosened.Replace(s)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "driver.xsd")
	if err := os.WriteFile(file, []byte(driver), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestWrittenMessagesAreValidAgainstTheSchemas(t *testing.T) {
	t.Parallel()
	root := testdata(t)
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("SKIPPED: xmllint is not installed; no written message is validated against the schemas")
	}
	for _, v := range edm.Versions() {
		t.Run(v.Line(), func(t *testing.T) {
			t.Parallel()
			xsd := schemas(t, root, v)
			for name, m := range edmtest.Messages(v) {
				file := filepath.Join(t.TempDir(), "message.xml")
				if err := os.WriteFile(file, encode(t, m), 0o644); err != nil {
					t.Fatal(err)
				}
				if out, err := exec.Command(xmllint, "--nonet", "--noout", "--schema", xsd, file).CombinedOutput(); err != nil {
					t.Errorf("%s: %v\n%s", name, err, out)
				}
			}
			wrong := filepath.Join(t.TempDir(), "wrong.xml")
			b := mutated(t, encode(t, edmtest.Request(v)), set(rPerson+"/sdg:DateOfBirth", "17.05.1990"))
			if err := os.WriteFile(wrong, b, 0o644); err != nil {
				t.Fatal(err)
			}
			if err := exec.Command(xmllint, "--nonet", "--noout", "--schema", xsd, wrong).Run(); err == nil {
				t.Error("the schema accepted a wrong date: the oracle does not look")
			}
		})
	}
	t.Logf("validated with %s", xmllint)
}
