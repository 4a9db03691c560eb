package runtime

import "golang.org/x/sys/unix"

// yieldThread lets other threads of the system that wait for this one's processor go first. The thread is in a system call meanwhile, so Go
// can give the goroutines that wait for it to another one.
func yieldThread() { _, _, _ = unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }
