package enc

import (
	"bytes"
	"encoding/hex"
	"testing"

	"pgregory.net/rapid"
)

// TestVectorsOfRFC3394 are those of its §4.
func TestVectorsOfRFC3394(t *testing.T) {
	t.Parallel()
	const (
		kek  = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
		data = "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F"
	)
	for name, tt := range map[string]struct {
		kek, data int
		want      string
	}{
		"4.1": {16, 16, "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"},
		"4.2": {24, 16, "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D"},
		"4.3": {32, 16, "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7"},
		"4.4": {24, 24, "031D33264E15D33268F24EC260743EDCE1C6C7DDEE725A936BA814915C6762D2"},
		"4.5": {32, 24, "A8F9BC1612C68B3FF6E6F4FBE30E71E4769C8B80A32CB8958CD5D17D6B254DA1"},
		"4.6": {32, 32, "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21"},
	} {
		k, d, want := unhex(kek)[:tt.kek], unhex(data)[:tt.data], unhex(tt.want)
		if got, err := WrapKey(k, d); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: wrapped to %X, %v", name, got, err)
		}
		if got, err := UnwrapKey(k, want); err != nil || !bytes.Equal(got, d) {
			t.Errorf("%s: unwrapped to %X, %v", name, got, err)
		}
	}
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

func TestKeyWrapRefusesEveryChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kek := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "kek")
		key := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "key")
		wrapped, err := WrapKey(kek, key)
		if err != nil {
			t.Fatal(err)
		}
		bit := rapid.IntRange(0, 8*len(wrapped)-1).Draw(t, "bit")
		wrapped[bit/8] ^= 1 << (bit % 8)
		if _, err := UnwrapKey(kek, wrapped); err != ErrDecrypt {
			t.Fatalf("got %v", err)
		}
	})
}

func TestKeyWrapRefusesLengths(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 8, 15, 17, 23} {
		if _, err := WrapKey(make([]byte, 16), make([]byte, n)); !hasRule(err, RuleKey) {
			t.Errorf("a key of %d octets: got %v", n, err)
		}
		if _, err := UnwrapKey(make([]byte, 16), make([]byte, n)); err != ErrDecrypt {
			t.Errorf("a value of %d octets: got %v", n, err)
		}
	}
	if _, err := WrapKey(make([]byte, 15), make([]byte, 16)); !hasRule(err, RuleKey) {
		t.Error("wraps under a key of 15 octets")
	}
	if _, err := UnwrapKey(make([]byte, 15), make([]byte, 24)); err != ErrDecrypt {
		t.Error("unwraps under a key of 15 octets")
	}
}
