package aws_test

import (
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

func TestAConsumerThatMayWaitIsGivenWhatComesMeanwhile(t *testing.T) {
	emulated(t)
	t.Parallel()
	c := tenant(t, []string{storetest.WorkQueue}, nil, nil)
	sender := open(t, c)
	c.Queues[0].Wait = 15 * time.Second
	sent := make(chan error, 1)
	time.AfterFunc(500*time.Millisecond, func() { sent <- sender.Queues.Send(ctx, storetest.WorkQueue, store.Item{Body: []byte("item")}, 0) })
	list, err := open(t, c).Queues.Receive(ctx, storetest.WorkQueue, 1, time.Minute)
	if err != nil || len(list) != 1 {
		t.Errorf("received %v, %v", list, err)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}
