// Package stack runs a node over the stack on AWS that its environment names: the
// streaming lane's container, and any other functions that shall run in a process of
// their own. The environment is that of the functions; see package cloud. Where few
// queues are polled, a process that runs exchange hands items of the others on to
// Lambda, as that function does.
package stack

import (
	"context"
	"fmt"
	"io"

	"github.com/vienreiz/vienreiz/functions/cloud"
	"github.com/vienreiz/vienreiz/functions/cloud/hand"
	"github.com/vienreiz/vienreiz/functions/node"
	awsstore "github.com/vienreiz/vienreiz/shared/store/aws"
)

// Stack is what a node runs on.
type Stack struct {
	Environment func(string) string
	Metrics     io.Writer // nil: nowhere
	Ready       io.Writer // is told the addresses, and READY at last
}

// Run opens the stack and runs the node until ctx ends. The error is of what could
// not be opened, could not be started, or broke.
func (s Stack) Run(ctx context.Context, o *node.Options) error {
	opened, err := cloud.Open(ctx, s.Environment, cloud.Settings{Metrics: s.Metrics, Wait: awsstore.MaxWait, Hands: []cloud.Hands{hand.On}})
	if err != nil {
		return fmt.Errorf("the environment does not say on which stack this node runs; Terraform sets it for functions and the lane (infra/terraform):\n%w", err)
	}
	n, err := o.Open()
	if err != nil {
		return err
	}
	n.Assembly, n.Queues = opened.Assembly, queues{opened.Queues}
	n.Announce(s.Ready)
	return n.Run(ctx)
}

// queues tell of nothing that arrives: to receive from them is to wait for it.
type queues struct{ *awsstore.Queues }

// Arrived never tells.
func (queues) Arrived(string) (<-chan struct{}, error) { return nil, nil }
