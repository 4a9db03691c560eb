package main

import "time"

// ownTime is asked for beside busyTime only, which is not known here.
func ownTime() time.Duration { return 0 }
