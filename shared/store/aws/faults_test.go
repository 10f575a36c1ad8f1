package aws_test

import (
	"context"
	"errors"
	"sync/atomic"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

var errKilled = errors.New("killed on purpose")

// faults counts the calls that a process makes to the SDK, and breaks one.
type faults struct {
	calls atomic.Int64

	killAt    int64 // no call from this one on succeeds
	afterDone bool  // but the call itself takes effect

	loseAt int64 // the answer to this request is lost; the SDK repeats it
	sent   atomic.Int64
}

// option puts the faults into the SDK: calls are counted once, requests each time
// that the SDK tries.
func (f *faults) option(o *config.LoadOptions) error {
	o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
		if err := s.Initialize.Add(middleware.InitializeMiddlewareFunc("kill", f.kill), middleware.Before); err != nil {
			return err
		}
		return s.Deserialize.Add(middleware.DeserializeMiddlewareFunc("lose", f.lose), middleware.After)
	})
	return nil
}

func (f *faults) kill(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	n := f.calls.Add(1)
	if f.killAt == 0 || n < f.killAt {
		return next.HandleInitialize(ctx, in)
	}
	if n == f.killAt && f.afterDone {
		if out, meta, err := next.HandleInitialize(ctx, in); err != nil {
			return out, meta, err
		}
	}
	return middleware.InitializeOutput{}, middleware.Metadata{}, errKilled
}

func (f *faults) lose(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, meta, err := next.HandleDeserialize(ctx, in)
	if f.sent.Add(1) == f.loseAt && err == nil {
		return middleware.DeserializeOutput{}, meta, &smithyhttp.RequestSendError{Err: syscall.ECONNRESET}
	}
	return out, meta, err
}
