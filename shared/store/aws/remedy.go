package aws

import (
	"fmt"
	"strings"
)

// remedy adds to an error of a queue what to do where the queue is gone or the role may not send.
func remedy(queue string, err error) error {
	switch c := code(err); {
	case c == "QueueDoesNotExist" || c == "AWS.SimpleQueueService.NonExistentQueue":
		return fmt.Errorf("%w; queue %s is gone: apply the tenant's Terraform, which makes it again", err, queue)
	case strings.Contains(c, "AccessDenied"):
		return fmt.Errorf("%w; give this role sqs:SendMessage on queue %s: the function's permissions in functions.yaml name the queue", err, queue)
	}
	return err
}
