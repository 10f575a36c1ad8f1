//go:build !unix

package runtime

import "os/exec"

// apart changes nothing: bootstraps are programs for Linux.
func apart(*exec.Cmd) {}
