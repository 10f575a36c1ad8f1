package requester

import (
	"errors"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/store"
)

// A copy of an item that was slower than the end leaves nothing personal behind.
func TestAnItemOfAnEndedExchangeTakesAwayWhatAnotherLeft(t *testing.T) {
	t.Parallel()
	f := open(t)
	r := f.record(t, f.create(t, "", order()).ID)
	f.now = f.now.Add(7 * time.Minute)
	if err := errors.Join(f.Keeper.Wake(t.Context(), r.Key), f.Keeper.End(t.Context(), r.Key)); err != nil {
		t.Fatal(err)
	}
	if err := f.Keeper.PutAt(t.Context(), r.Folder()+"/request", []byte("<query:QueryRequest/>")); err != nil {
		t.Fatal(err)
	}
	f.down = errors.New("nobody asks the directory")
	if err := f.Desk.Resolve(t.Context(), r.Key); err != nil {
		t.Fatal(err)
	}
	if list, err := f.store.Objects.List(t.Context(), conduct.Bucket, "", "", store.MaxList); err != nil || len(list) > 0 {
		t.Errorf("left are %v, %v", list, err)
	}
}
