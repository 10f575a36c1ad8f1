package handler

import "github.com/vienreiz/vienreiz/shared/store/aws"

// On AWS queues can be folded.
var _ folding = (*aws.Queues)(nil)
