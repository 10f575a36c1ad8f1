package storetest

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"runtime"
	"testing"

	"github.com/vienreiz/vienreiz/shared/store"
)

const (
	largeSize  = 100 << 20
	flatMargin = 32 << 20 // octets of heap beyond what there was before
)

// pattern is a stream without end that looks at the heap each megabyte.
type pattern struct {
	n    int64
	peak uint64
	sum  hash.Hash
}

func (p *pattern) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte((p.n + int64(i)) * 2654435761 >> 13)
	}
	p.note(b)
	return len(b), nil
}

func (p *pattern) Write(b []byte) (int, error) {
	p.note(b)
	return len(b), nil
}

func (p *pattern) note(b []byte) {
	p.sum.Write(b)
	before := p.n >> 20
	p.n += int64(len(b))
	if p.n>>20 != before {
		p.peak = max(p.peak, heap())
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func flatMemory(t *testing.T, w World) {
	if testing.Short() {
		t.Skip("SKIPPED: 100 MB of octets are too many for -short")
	}
	for name, announced := range map[string]int64{"announced": largeSize, "unannounced": 0} {
		runtime.GC()
		before := heap()
		in, out := &pattern{sum: sha256.New()}, &pattern{sum: sha256.New()}
		if _, err := w.Objects.Put(ctx, PlainBucket, name, io.LimitReader(in, largeSize), store.PutOptions{Size: announced, Once: true}); err != nil {
			t.Fatal(err)
		}
		f, o, err := w.Objects.Open(ctx, PlainBucket, name, store.Range{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyBuffer(struct{ io.Writer }{out}, struct{ io.Reader }{f}, make([]byte, 64<<10)); err != nil {
			t.Error(err)
		}
		f.Close()
		if o.Size != largeSize || hex.EncodeToString(in.sum.Sum(nil)) != hex.EncodeToString(out.sum.Sum(nil)) {
			t.Errorf("%s: read other octets than were put", name)
		}
		if peak := max(in.peak, out.peak); peak > before+flatMargin {
			t.Errorf("%s: heap went from %d to %d octets", name, before, peak)
		}
		if err := w.Objects.Delete(ctx, PlainBucket, name); err != nil {
			t.Error(err)
		}
	}
}
