// Package observe is what operators see of a node: log lines that carry the trace
// of their exchange, and metrics as CloudWatch Embedded Metric Format lines.
//
// Everything that a line needs travels in the context: the call of a function
// ([Node.Call]) and, inside it, what is worked on ([Work], [Follow]). Neither holds
// personal data (architecture rule 11): a trace is random or a digest of a record's
// key, and dimensions are of closed sets or of the configuration.
package observe
