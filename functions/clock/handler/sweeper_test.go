package handler

import "github.com/vienreiz/vienreiz/shared/store/aws"

// On AWS there are queues that nobody polls.
var _ sweeper = (*aws.Queues)(nil)
