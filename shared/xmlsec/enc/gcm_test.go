package enc

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

var boundaries = []int{
	0, 1, 15, 16, 17, 31, 32, 33, 12, 28,
	chunkSize - 1, chunkSize, chunkSize + 1, chunkSize + 15, chunkSize + 16, chunkSize + 17,
	BufferSize - 17, BufferSize - 16, BufferSize - 1, BufferSize, BufferSize + 1, BufferSize + 15, BufferSize + 16, BufferSize + 17, BufferSize + 28,
	BufferSize + chunkSize - 1, BufferSize + chunkSize, BufferSize + chunkSize + 1, 2*BufferSize + 16, 1<<20 + 5,
}

func octetsOf(seed uint64, n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16)})
	r.Read(b)
	return b
}

// sealed is the standard library's answer: IV ‖ ciphertext ‖ tag.
func sealed(key, iv, plain []byte) []byte {
	return standardGCM(key).Seal(bytes.Clone(iv), iv, plain, nil)
}

func decrypted(r io.Reader, key []byte) ([]byte, error) {
	g, err := NewGCMReader(r, key)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(g)
}

func encrypted(t interface{ Fatal(...any) }, key, iv, plain []byte, split func(n int) int) []byte {
	var out bytes.Buffer
	w, err := NewGCMWriter(&out, key, iv)
	if err != nil {
		t.Fatal(err)
	}
	for rest := plain; len(rest) > 0; {
		n := split(len(rest))
		if m, err := w.Write(rest[:n]); m != n || err != nil {
			t.Fatal(m, err)
		}
		rest = rest[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestGCMEqualsTheStandardLibraryAtEveryBoundary(t *testing.T) {
	t.Parallel()
	for _, keySize := range []int{16, 24, 32} {
		for _, n := range boundaries {
			key, iv, plain := octetsOf(1, keySize), octetsOf(2, ivSize), octetsOf(uint64(n), n)
			want := sealed(key, iv, plain)
			if got := encrypted(t, key, iv, plain, func(n int) int { return n }); !bytes.Equal(got, want) {
				t.Errorf("AES-%d, %d octets: encryption differs", keySize*8, n)
			}
			got, err := decrypted(bytes.NewReader(want), key)
			if err != nil || !bytes.Equal(got, plain) {
				t.Errorf("AES-%d, %d octets: decryption differs: %v", keySize*8, n, err)
			}
		}
	}
}

func TestGCMIsBlindToHowOctetsAreSplit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.SampledFrom(boundaries), rapid.IntRange(0, 3*BufferSize)).Draw(t, "octets")
		split := rapid.IntRange(1, 100_000).Draw(t, "split")
		key, iv, plain := octetsOf(3, 16), octetsOf(uint64(n), ivSize), octetsOf(uint64(n), n)
		want := sealed(key, iv, plain)
		if !bytes.Equal(encrypted(t, key, iv, plain, func(n int) int { return min(n, split) }), want) {
			t.Fatal("encryption differs")
		}
		g, err := NewGCMReader(&splitReader{r: bytes.NewReader(want), n: split}, key)
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if _, err := io.CopyBuffer(&got, struct{ io.Reader }{g}, make([]byte, 1+split/3)); err != nil || !bytes.Equal(got.Bytes(), plain) {
			t.Fatal("decryption differs", err)
		}
	})
}

// splitReader gives n octets at a time, and the last of them with io.EOF.
type splitReader struct {
	r *bytes.Reader
	n int
}

func (s *splitReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p[:min(len(p), s.n)])
	if err == nil && s.r.Len() == 0 {
		err = io.EOF
	}
	return n, err
}

func TestGCMReaderCopiesThroughWriteTo(t *testing.T) {
	t.Parallel()
	key, iv := octetsOf(1, 16), octetsOf(2, ivSize)
	for _, n := range boundaries {
		plain := octetsOf(9, n)
		g, err := NewGCMReader(bytes.NewReader(sealed(key, iv, plain)), key)
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		m, err := g.(io.WriterTo).WriteTo(&got)
		if err != nil || m != int64(n) || !bytes.Equal(got.Bytes(), plain) {
			t.Errorf("%d octets: copied %d, %v", n, m, err)
		}
	}
}

func TestGCMReaderRefusesWhatWasTamperedWith(t *testing.T) {
	t.Parallel()
	key, iv := octetsOf(1, 16), octetsOf(2, ivSize)
	for _, n := range boundaries {
		good := sealed(key, iv, octetsOf(4, n))
		for _, at := range []int{0, ivSize - 1, ivSize, ivSize + n/2, ivSize + n - 1, len(good) - tagSize, len(good) - 1} {
			bad := bytes.Clone(good)
			bad[at] ^= 0x10
			expectErrDecrypt(t, fmt.Sprintf("%d octets, octet %d changed", n, at), bad, key)
		}
		expectErrDecrypt(t, fmt.Sprintf("%d octets, an octet too many", n), append(bytes.Clone(good), 0), key)
		expectErrDecrypt(t, fmt.Sprintf("%d octets, other key", n), good, octetsOf(5, 16))
		for _, cut := range []int{1, tagSize - 1, tagSize, tagSize + 1, len(good)} {
			expectErrDecrypt(t, fmt.Sprintf("%d octets, %d missing", n, cut), good[:max(0, len(good)-cut)], key)
		}
	}
}

func expectErrDecrypt(t *testing.T, what string, octets, key []byte) {
	t.Helper()
	if _, err := decrypted(bytes.NewReader(octets), key); err != ErrDecrypt {
		t.Errorf("%s: got %v, want ErrDecrypt", what, err)
	}
}

func TestGCMReaderKeepsShortContentUntilItsTagIsChecked(t *testing.T) {
	t.Parallel()
	key := octetsOf(1, 16)
	bad := sealed(key, octetsOf(2, ivSize), octetsOf(4, BufferSize))
	bad[len(bad)-1]++
	if got, err := decrypted(bytes.NewReader(bad), key); len(got) > 0 || err != ErrDecrypt {
		t.Errorf("released %d octets, %v", len(got), err)
	}
}

func TestGCMReaderPassesOnTheErrorOfItsSource(t *testing.T) {
	t.Parallel()
	cut := errors.New("connection lost")
	key := octetsOf(1, 16)
	for _, want := range []error{cut, io.ErrUnexpectedEOF} {
		for _, n := range []int{0, 100, BufferSize + 500, 3 * BufferSize} {
			part := sealed(key, octetsOf(2, ivSize), octetsOf(3, 4*BufferSize))[:n]
			_, err := decrypted(io.MultiReader(bytes.NewReader(part), iotest.ErrReader(want)), key)
			if !errors.Is(err, want) || errors.Is(err, ErrDecrypt) {
				t.Errorf("after %d octets: got %v, want %v", n, err, want)
			}
		}
	}
	if _, err := decrypted(silent{}, key); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a silent source: got %v", err)
	}
}

type silent struct{}

func (silent) Read([]byte) (int, error) { return 0, nil }

func TestGCMRefusesKeysAndIVsOfOtherLengths(t *testing.T) {
	t.Parallel()
	if _, err := NewGCMReader(nil, make([]byte, 15)); err == nil {
		t.Error("reader takes a key of 15 octets")
	}
	if _, err := NewGCMWriter(nil, make([]byte, 8), make([]byte, ivSize)); err == nil {
		t.Error("writer takes a key of 8 octets")
	}
	for _, n := range []int{0, 11, 13, 16} {
		if _, err := NewGCMWriter(nil, make([]byte, 16), make([]byte, n)); err == nil {
			t.Errorf("writer takes an IV of %d octets", n)
		}
	}
}

func TestGCMWriterReportsTheErrorBelowAndIsClosedOnce(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	w, err := NewGCMWriter(failing{full}, make([]byte, 16), make([]byte, ivSize))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 2*BufferSize)); !errors.Is(err, full) {
		t.Errorf("Write: got %v", err)
	}
	if err := w.Close(); !errors.Is(err, full) {
		t.Errorf("Close: got %v", err)
	}
	if err := w.Close(); err != nil {
		t.Errorf("second Close: got %v", err)
	}
	if _, err := w.Write([]byte("x")); err == nil {
		t.Error("Write after Close succeeds")
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// TestGCMMemoryDoesNotGrow runs alone, so that it counts its own allocations.
func TestGCMMemoryDoesNotGrow(t *testing.T) {
	const size = 64 << 20
	key := octetsOf(1, 16)
	r, w := io.Pipe()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	go func() {
		g, err := NewGCMWriter(w, key, octetsOf(2, ivSize))
		if err == nil {
			_, err = io.CopyN(g, zeros{}, size)
		}
		if err == nil {
			err = g.Close()
		}
		w.CloseWithError(err)
	}()
	g, err := NewGCMReader(r, key)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, g); n != size || err != nil {
		t.Error(n, err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 2<<20 {
		t.Errorf("%d octets went through %d of memory", size, n)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestChunksAreWholeBlocksAndFillTheBuffer(t *testing.T) {
	t.Parallel()
	if chunkSize%aes.BlockSize != 0 || BufferSize%chunkSize != 0 {
		t.Error("a chunk is no whole number of blocks, or the buffer of chunks")
	}
}

func standardGCM(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}
