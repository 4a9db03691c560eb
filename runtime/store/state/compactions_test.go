package state

import (
	"log/slog"
	"testing"

	"github.com/cockroachdb/pebble/v2"
)

// hasty has compactions that end before who let them begin can look, and finds the next one only when it is asked again.
type hasty struct {
	*compactions
	left  int
	found bool
}

func (h *hasty) GetAllowedWithoutPermission() int { return 1 }

func (h *hasty) GetWaitingCompaction() (bool, pebble.WaitingCompaction) {
	h.found = !h.found && h.left > 0
	return h.found, pebble.WaitingCompaction{}
}

func (h *hasty) Schedule(grant pebble.CompactionGrantHandle) bool {
	h.left--
	grant.Done()
	return true
}

// TestUntilCountsWhatEndedBefore waits for compactions that have ended before the wait begins: each is followed by the next.
func TestUntilCountsWhatEndedBefore(t *testing.T) {
	c := newCompactions(&listener{Logger: slog.New(slog.DiscardHandler)})
	db := &hasty{compactions: c, left: 5}
	c.Register(1, db)
	c.until(func() bool { return false })
	if db.left > 0 {
		t.Errorf("%d compactions are left, and nobody waits for them", db.left)
	}
}
