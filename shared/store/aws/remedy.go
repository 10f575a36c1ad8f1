package aws

import (
	"fmt"
	"strings"
)

// remedy adds to an error of a queue what to do where the queue is gone or the role lacks the action.
func remedy(queue, action string, err error) error {
	switch c := code(err); {
	case c == "QueueDoesNotExist" || c == "AWS.SimpleQueueService.NonExistentQueue":
		return fmt.Errorf("%w; queue %s is gone: apply the tenant's Terraform, which makes it again", err, queue)
	case strings.Contains(c, "AccessDenied"):
		return fmt.Errorf("%w; give this role %s on queue %s: the function's permissions in functions.yaml name the queue", err, action, queue)
	}
	return err
}
