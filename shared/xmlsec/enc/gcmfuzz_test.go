package enc

import (
	"bytes"
	"testing"
)

func FuzzGCMReader(f *testing.F) {
	key := octetsOf(1, 16)
	f.Add(sealed(key, octetsOf(2, ivSize), []byte("plaintext")), uint16(3))
	f.Add([]byte{}, uint16(1))
	f.Add(sealed(key, octetsOf(2, ivSize), octetsOf(3, BufferSize+chunkSize+100)), uint16(60_000))
	f.Fuzz(func(t *testing.T, octets []byte, split uint16) {
		got, err := decrypted(&splitReader{r: bytes.NewReader(octets), n: 1 + int(split)}, key)
		aead := standardGCM(key)
		var want []byte
		wantErr := ErrDecrypt
		if len(octets) >= Overhead {
			want, wantErr = aead.Open(nil, octets[:ivSize], octets[ivSize:], nil)
		}
		if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got, want) {
			t.Fatalf("got %v, standard library %v", err, wantErr)
		}
		if err != nil && err != ErrDecrypt {
			t.Fatalf("got %v", err)
		}
	})
}
