package provision

import (
	"errors"
	"fmt"
	"testing"

	smithy "github.com/aws/smithy-go"
)

func TestOnlyWhatIsThereAlreadyIsForgiven(t *testing.T) {
	t.Parallel()
	there := fmt.Errorf("operation: %w", &smithy.GenericAPIError{Code: "ResourceInUseException", Message: "Table already exists: t"})
	if err := unlessThere(there, "ResourceInUseException", "exists"); err != nil {
		t.Error(err)
	}
	for _, err := range []error{errors.New("exists"), &smithy.GenericAPIError{Code: "ResourceInUseException", Message: "being deleted"}, &smithy.GenericAPIError{Code: "Throttling", Message: "exists"}} {
		if unlessThere(err, "ResourceInUseException", "exists") == nil {
			t.Errorf("forgiven: %v", err)
		}
	}
}
