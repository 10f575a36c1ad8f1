package registries

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Measures of a page, in millimetres and points.
const (
	margin     = 20.0
	labelWidth = 60.0
	lineHeight = 6.5
	textSize   = 11.0
	smallSize  = 9.0
	titleSize  = 20.0
)

// tag is the language as documents name it: "lv".
func tag(language string) string { return strings.ToLower(language) }

// pdf prints the certificate on A4. The same certificate gives the same octets. fpdf tags nothing; what it can is there:
// title, language, metadata, real text in reading order, and text that is told by more than colour.
func (c *certificate) pdf() ([]byte, error) {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(c.asOf)
	f.SetModificationDate(c.asOf)
	f.SetProducer("vienreiz registries", true)
	f.SetTitle(c.title, true)
	f.SetAuthor(c.authority, true)
	f.SetSubject(c.headings["notice"], true)
	f.SetLang(tag(c.language))
	f.SetXmpMetadata(c.xmp())
	if c.scan > 0 {
		f.SetAttachments([]fpdf.Attachment{{Filename: "original.scan", Content: c.original()}})
	}
	f.AddUTF8FontFromBytes("go", "", goregular.TTF)
	f.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	f.SetMargins(margin, margin, margin)
	f.SetAutoPageBreak(true, margin+lineHeight)
	f.SetFooterFunc(func() { c.footer(f) })
	f.AddPage()
	c.head(f)
	c.table(f, c.headings["subject"], c.subject)
	c.table(f, c.headings["content"], c.content)
	c.table(f, "", c.dates())
	var out bytes.Buffer
	if err := f.Output(&out); err != nil {
		return nil, fmt.Errorf("print a certificate: %w", err)
	}
	return out.Bytes(), nil
}

// original stands for a scan of the certificate on paper: no scan is smaller for
// being compressed.
func (c *certificate) original() []byte {
	octets := make([]byte, c.scan)
	_, _ = rand.NewChaCha8(sha256.Sum256([]byte(c.id))).Read(octets) // never fails
	return octets
}

// head prints the notice, the title and who issued it.
func (c *certificate) head(f *fpdf.Fpdf) {
	f.SetFont("go", "B", textSize)
	f.SetDrawColor(160, 0, 0)
	f.SetTextColor(160, 0, 0)
	f.CellFormat(0, 9, c.headings["notice"], "1", 1, "C", false, 0, "")
	f.SetTextColor(0, 0, 0)
	f.Ln(6)
	f.SetFont("go", "B", titleSize)
	f.MultiCell(0, 9, c.title, "", "L", false)
	f.Ln(1)
	f.SetFont("go", "", textSize)
	f.MultiCell(0, lineHeight, c.headings["issuingAuthority"]+": "+c.authority+" ("+c.authorityID+")", "", "L", false)
}

// table prints labels beside values, each value as many lines as it needs.
func (c *certificate) table(f *fpdf.Fpdf, heading string, fields []field) {
	f.Ln(4)
	if heading != "" {
		f.SetFont("go", "B", textSize+1)
		f.CellFormat(0, 8, heading, "", 1, "L", false, 0, "")
	}
	f.SetDrawColor(190, 190, 190)
	for _, x := range fields {
		f.SetFont("go", "B", textSize)
		lines := len(f.SplitText(x.label, labelWidth-2))
		f.SetFont("go", "", textSize)
		width, _ := f.GetPageSize()
		lines = max(lines, len(f.SplitText(x.value, width-2*margin-labelWidth-2)))
		if _, height := f.GetPageSize(); f.GetY()+float64(lines)*lineHeight > height-margin-lineHeight {
			f.AddPage()
		}
		y := f.GetY()
		f.Line(margin, y, width-margin, y)
		f.SetFont("go", "B", textSize)
		f.MultiCell(labelWidth, lineHeight, x.label, "", "L", false)
		f.SetXY(margin+labelWidth, y)
		f.SetFont("go", "", textSize)
		f.MultiCell(0, lineHeight, x.value, "", "L", false)
		f.SetXY(margin, y+float64(lines)*lineHeight)
	}
}

// dates say from when the certificate is, until when it holds, and how old its data is.
func (c *certificate) dates() []field {
	list := []field{{"issued", c.headings["issued"], c.issued}}
	if c.validUntil != "" {
		list = append(list, field{"validUntil", c.headings["validUntil"], c.validUntil})
	}
	return append(list, field{"asOf", c.headings["asOf"], c.asOf.Format("2006-01-02 15:04 MST")})
}

func (c *certificate) footer(f *fpdf.Fpdf) {
	f.SetY(-margin)
	f.SetFont("go", "", smallSize)
	f.CellFormat(0, lineHeight, fmt.Sprintf("%s · %s · %s %d", c.headings["notice"], c.id, c.headings["page"], f.PageNo()), "", 0, "L", false, 0, "")
}

// xmp is the metadata that readers of PDF 1.4 and later look at.
func (c *certificate) xmp() []byte {
	lang := tag(c.language)
	return fmt.Appendf(nil, `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">`+
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">`+
		`<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%[2]s</rdf:li><rdf:li xml:lang="%[1]s">%[2]s</rdf:li></rdf:Alt></dc:title>`+
		`<dc:creator><rdf:Seq><rdf:li>%[3]s</rdf:li></rdf:Seq></dc:creator><dc:language><rdf:Bag><rdf:li>%[1]s</rdf:li></rdf:Bag></dc:language>`+
		`<xmp:CreateDate>%[4]s</xmp:CreateDate></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>`,
		lang, html.EscapeString(c.title), html.EscapeString(c.authority), c.asOf.Format(time.RFC3339))
}
