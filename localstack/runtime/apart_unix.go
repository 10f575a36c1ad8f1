//go:build unix

package runtime

import (
	"os/exec"
	"syscall"
)

// apart puts a process into a group of its own: Ctrl-C at the terminal is for us,
// who let it finish.
func apart(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
