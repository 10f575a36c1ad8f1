// Package availability computes how much of what was asked of a node it served,
// against the 98 % of Reg. (EU) 2022/1463 art. 27, announced maintenance excluded.
//
// It counts exchanges, by the line "exchange ended" that the function exchange
// logs: those that were served, and those that failed by this node's fault
// (conduct.Fault says which is which, and why). What others broke is told, and counts
// neither way. An exchange any part of whose life lies in a window of maintenance is
// left out. A line that came twice counts once.
//
// Exchanges tell nothing of a time in which nobody got in at all. That is for
// whoever asks /health from outside.
package availability

import (
	_ "embed"
	"time"
)

// Target is the least share of served exchanges, in percent.
const Target = 98.0

// Message is that of the lines that are counted.
const Message = "exchange ended"

// Query is the same computation for CloudWatch Logs Insights, over the log group of
// the function exchange. Of maintenance it knows what stood in the tenant
// document when the exchange ended.
//
//go:embed query.txt
var Query string

// Exchange is one line.
type Exchange struct {
	Key         string    `json:"exchange"`
	Role        string    `json:"role"`
	State       string    `json:"state"`
	Code        string    `json:"code"`
	Fault       string    `json:"fault"` // none, ours or others
	Began       time.Time `json:"began"`
	Ended       time.Time `json:"ended"`
	Maintenance string    `json:"maintenance"` // yes or no: by the windows of the tenant document then
}
