package aws

import (
	"errors"
	"fmt"
	"net/http"

	smithy "github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/vienreiz/vienreiz/shared/store"
)

// What S3 says by its status.
const (
	notFound  = http.StatusNotFound
	beyondEnd = http.StatusRequestedRangeNotSatisfiable
	exists    = http.StatusPreconditionFailed // a put with If-None-Match
	contended = http.StatusConflict           // ConditionalRequestConflict: another write is going on
)

// status is the one of a service's answer; 0: there is no answer.
func status(err error) int {
	var answer *smithyhttp.ResponseError
	if err == nil || !errors.As(err, &answer) {
		return 0
	}
	return answer.HTTPStatusCode()
}

// code is the name that a service gives an error.
func code(err error) string {
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return ""
	}
	return answer.ErrorCode()
}

func wrap(verb, bucket, key string, err error) error {
	if status(err) == notFound && code(err) != "NoSuchBucket" && code(err) != "NoSuchUpload" {
		err = store.ErrNotFound
	}
	return fmt.Errorf("%s %s/%s: %w", verb, bucket, key, err)
}
