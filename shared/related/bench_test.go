package related

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"testing"
)

// message is a root of 4 KiB and one part of n random octets.
func message(n int) []byte {
	content := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(content)
	o := Outline{Boundary: "----=_Part_0_687399269.1795533511602", Parts: []Entry{
		{"application/soap+xml", "r@a", 4 << 10}, {"application/octet-stream", "1@a", int64(n)},
	}}
	var b bytes.Buffer
	if err := write(&b, o, [][]byte{make([]byte, 4<<10), content}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// BenchmarkReader compares with mime/multipart over the same octets, in one run.
func BenchmarkReader(b *testing.B) {
	ct := ContentType{Boundary: "----=_Part_0_687399269.1795533511602"}
	for _, n := range []int{5 << 10, 128 << 10, 2 << 20, 25 << 20} {
		body := message(n)
		run := func(name string, f func() error) {
			b.Run(fmt.Sprintf("%s/%dKB", name, n>>10), func(b *testing.B) {
				b.SetBytes(int64(len(body)))
				b.ReportAllocs()
				for b.Loop() {
					if err := f(); err != io.EOF {
						b.Fatal(err)
					}
				}
			})
		}
		run("related", func() error {
			r := NewReader(bytes.NewReader(body), ct, Limits{})
			for {
				p, err := r.Next()
				if err != nil {
					return err
				}
				if _, err := p.WriteTo(io.Discard); err != nil {
					return err
				}
			}
		})
		run("standard", func() error {
			r := multipart.NewReader(bytes.NewReader(body), ct.Boundary)
			for {
				p, err := r.NextRawPart()
				if err != nil {
					return err
				}
				if _, err := io.Copy(io.Discard, p); err != nil {
					return err
				}
			}
		})
	}
}
