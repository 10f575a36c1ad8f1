package main

import (
	"os/exec"
	"syscall"
)

// inRoot runs a program as nobody, with a folder as its whole file system.
func inRoot(root, program string, args ...string) (string, error) {
	c := &exec.Cmd{Path: program, Args: append([]string{program}, args...), Dir: "/", Env: []string{}}
	c.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
	said, err := c.CombinedOutput()
	return string(said), err
}
