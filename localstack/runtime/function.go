// Package runtime runs functions as AWS Lambda does, without Lambda: it starts the
// bootstrap of a zip as a process, serves it the Runtime API on loopback, gives it
// one event after the other, and ends it when it takes too long.
//
// What Lambda does and this does not: memory limits, layers, extensions, a file
// system of its own.
package runtime

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// Limits, as Lambda has them.
const (
	// InitTime is how long a bootstrap may take before it asks for its first event.
	InitTime = 10 * time.Second
	// MaxResponse bounds an answer.
	MaxResponse = 6<<20 + 100
	// MaxEvent bounds an event.
	MaxEvent = 6 << 20
	// MaxProgram bounds what is unpacked.
	MaxProgram = 250 << 20
)

// program is the file that Lambda starts.
const program = "bootstrap"

// Function is what runs.
type Function struct {
	Name    string
	Code    string            // folder with the bootstrap: see [Unpack]
	Env     map[string]string // nothing of this process is handed on
	Memory  int               // MB, as it is told
	Timeout time.Duration     // of one event
	Init    time.Duration     // until the first event is asked for; zero: [InitTime]
	Output  io.Writer         // what it writes; nil: nobody
}

// Unpack writes the bootstrap of a zip into a folder, which it makes.
func Unpack(path, into string) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return fmt.Errorf("open zip: %w", err)
	}
	defer func() { _ = z.Close() }() // it was read only
	for _, f := range z.File {
		if f.Name != program {
			continue
		}
		if err := os.MkdirAll(into, 0o700); err != nil {
			return err
		}
		return unpack(f, filepath.Join(into, program))
	}
	return fmt.Errorf("zip %s holds no %s", filepath.Base(path), program)
}

func unpack(f *zip.File, path string) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o700)
	if err != nil {
		return err
	}
	n, err := io.Copy(w, io.LimitReader(r, MaxProgram+1))
	if err == nil && n > MaxProgram {
		err = fmt.Errorf("%s has more than %d octets", program, MaxProgram)
	}
	return errors.Join(err, w.Close())
}

// environment is that of the process.
func (f *Function) environment(api string) []string {
	all := map[string]string{
		"AWS_LAMBDA_RUNTIME_API": api, "AWS_LAMBDA_FUNCTION_NAME": f.Name, "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.Memory), "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/" + f.Name, "AWS_LAMBDA_LOG_STREAM_NAME": "local", "AWS_LAMBDA_LOG_FORMAT": "JSON",
		"AWS_EXECUTION_ENV": "AWS_Lambda_provided.al2023", "LAMBDA_TASK_ROOT": f.Code, "TZ": ":UTC", "LANG": "en_US.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin",
	}
	maps.Copy(all, f.Env)
	var list []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, name+"="+all[name])
	}
	return list
}
