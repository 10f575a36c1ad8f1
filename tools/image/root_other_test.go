//go:build !linux

package main

import "errors"

// inRoot is for Linux.
func inRoot(string, string, ...string) (string, error) { return "", errors.ErrUnsupported }
