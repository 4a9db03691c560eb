//go:build !windows

package toolchain

import (
	"os"
	"syscall"
)

// Exec runs a binary in the place of this process: its signals, streams and exit status are then nobody's concern. It
// returns only if that fails.
func Exec(binary string, args []string) error {
	return syscall.Exec(binary, args, os.Environ())
}
