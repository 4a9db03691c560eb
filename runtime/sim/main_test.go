package sim

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets garbage lie longer: a run holds very little, so that collecting it takes a fourth of the time otherwise.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}
