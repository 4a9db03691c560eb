//go:build !linux

package runtime

// yieldThread lets other threads of the system go first, where a program can say so.
func yieldThread() {}
