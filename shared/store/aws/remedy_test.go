package aws

import (
	"errors"
	"strings"
	"testing"

	smithy "github.com/aws/smithy-go"
)

func TestAnErrorOfAQueueSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for code, says := range map[string]string{
		"QueueDoesNotExist":                       "queue requests is gone: apply the tenant's Terraform",
		"AWS.SimpleQueueService.NonExistentQueue": "queue requests is gone: apply the tenant's Terraform",
		"AccessDenied":                            "give this role sqs:SendMessage on queue requests",
		"AccessDeniedException":                   "give this role sqs:SendMessage on queue requests",
	} {
		cause := &smithy.GenericAPIError{Code: code, Message: "no"}
		if err := remedy("requests", "sqs:SendMessage", cause); !errors.Is(err, cause) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v does not say %q", code, err, says)
		}
	}
	for _, other := range []error{errors.New("connection reset"), &smithy.GenericAPIError{Code: "ThrottlingException"}} {
		if err := remedy("requests", "sqs:SendMessage", other); !errors.Is(err, other) || err.Error() != other.Error() {
			t.Errorf("%v became %v", other, err)
		}
	}
}
