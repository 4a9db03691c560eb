//go:build !linux

package runtime

import "time"

// afterFunc calls f, which returns at once, after d. What an idle Go process waits for its timers with is fine enough here.
func afterFunc(d time.Duration, f func()) { time.AfterFunc(d, f) }
