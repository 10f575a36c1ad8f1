package enc

import (
	"bytes"
	"fmt"
	"io"
	"testing"
)

// BenchmarkGCM compares the streams with the standard library's one shot over
// the same octets, in one run. Both set up the key, as each message has its
// own; "bare" is the cipher alone over octets in memory, "oneshot" first
// receives them into a buffer of their whole length, as a stream does in pieces.
func BenchmarkGCM(b *testing.B) {
	key, iv := octetsOf(1, 16), octetsOf(2, ivSize)
	for _, n := range []int{5 << 10, 128 << 10, 300 << 10, 2 << 20, 25 << 20} {
		plain := octetsOf(3, n)
		cipherOctets := sealed(key, iv, plain)
		whole := make([]byte, n+Overhead)
		run := func(name string, f func() error) {
			b.Run(fmt.Sprintf("%s/%dKB", name, n>>10), func(b *testing.B) {
				b.SetBytes(int64(n))
				b.ReportAllocs()
				for b.Loop() {
					if err := f(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		run("open/bare", func() error {
			_, err := standardGCM(key).Open(whole[:0], iv, cipherOctets[ivSize:], nil)
			return err
		})
		run("open/oneshot", func() error {
			copy(whole, cipherOctets)
			_, err := standardGCM(key).Open(whole[ivSize:ivSize], iv, whole[ivSize:], nil)
			return err
		})
		run("open/stream", func() error {
			g, err := NewGCMReader(bytes.NewReader(cipherOctets), key)
			if err != nil {
				return err
			}
			_, err = g.(io.WriterTo).WriteTo(io.Discard)
			return err
		})
		run("seal/bare", func() error {
			standardGCM(key).Seal(whole[:0], iv, plain, nil)
			return nil
		})
		run("seal/oneshot", func() error {
			copy(whole, plain)
			standardGCM(key).Seal(whole[:0], iv, whole[:n], nil)
			return nil
		})
		run("seal/stream", func() error {
			w, err := NewGCMWriter(io.Discard, key, iv)
			if err != nil {
				return err
			}
			if _, err := w.Write(plain); err != nil {
				return err
			}
			return w.Close()
		})
	}
}
