package aws

import (
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/klauspost/compress/zstd"

	"github.com/vienreiz/vienreiz/shared/store"
)

// bodyForm says how recordBody is written; without it, as it is.
const (
	bodyForm = "bodyForm"
	packed   = "zstd" // RFC 8878
)

// worthPacking is the length of a body, in octets, below which a row takes one
// kilobyte anyway: DynamoDB charges for each that is begun, twice in a transaction.
const worthPacking = 700

var packer = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(err) // the options are constants
	}
	return e
})

var unpacker = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(store.MaxBody), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic(err) // the options are constants
	}
	return d
})

// putBody writes a body into an item, packed where that makes it shorter.
func putBody(item map[string]types.AttributeValue, body []byte) {
	item[recordBody] = blob(body)
	if len(body) < worthPacking {
		return
	}
	if short := packer().EncodeAll(body, nil); len(short) < len(body) {
		item[recordBody], item[bodyForm] = blob(short), text(packed)
	}
}

// bodyOf reads what putBody or a release before it wrote.
func bodyOf(item map[string]types.AttributeValue) ([]byte, error) {
	body := octets(item[recordBody])
	switch form := textOf(item[bodyForm]); form {
	case "":
		return body, nil
	case packed:
		whole, err := unpacker().DecodeAll(body, nil)
		if err != nil {
			return nil, fmt.Errorf("unpack the body: %w", err)
		}
		return whole, nil
	default:
		return nil, fmt.Errorf("the body is written as %q, which this release does not know; a later one has written it", form)
	}
}
