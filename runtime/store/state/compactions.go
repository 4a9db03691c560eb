package state

import (
	"sync"

	"github.com/cockroachdb/pebble/v2"
)

// compactions decides when Pebble may compact: one compaction at a time; none behind one that failed, before
// something new was ingested; and none in a state that is over. Pebble's own scheduler would start a failed
// compaction again at once, which on a full disk keeps a processor busy with failing; it also polls by a clock.
type compactions struct {
	log *listener
	db  pebble.DBForCompaction

	mu      sync.Mutex
	change  sync.Cond
	running bool // one that TrySchedule or offer let through
	begun   int  // compactions under way, also those that Pebble does not ask for
	failed  bool // the last one; until resume
	ended   bool // none any more
	calls   int  // into db, under way
	ends    int  // of those that TrySchedule or offer let through
}

func newCompactions(log *listener) *compactions {
	c := &compactions{log: log}
	c.change.L = &c.mu
	log.ended = c.change.Broadcast
	return c
}

// Register is called by Pebble when it opens.
func (c *compactions) Register(_ int, db pebble.DBForCompaction) { c.db = db }

// Unregister is called by Pebble when it closes, behind the last compaction.
func (c *compactions) Unregister() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	for c.calls > 0 {
		c.change.Wait()
	}
}

// end lets no compaction begin and waits for the one under way, which gives up, or for the end of the state: a goroutine that fatal
// trouble ended (see listener) never reports back, and Pebble's Close would wait for it.
func (c *compactions) end() {
	c.log.closing.Store(true)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	for (c.running || c.begun > 0) && !c.log.over.Load() {
		c.change.Wait()
	}
}

// TrySchedule is called by Pebble when it has something to compact. If it is told no, it waits to be asked.
func (c *compactions) TrySchedule() (bool, pebble.CompactionGrantHandle) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.may() {
		return false, nil
	}
	c.running = true
	return true, c
}

func (c *compactions) may() bool { return !c.running && !c.failed && !c.ended && !c.log.over.Load() }

// UpdateGetAllowedWithoutPermission is of no interest: the limit is fixed.
func (c *compactions) UpdateGetAllowedWithoutPermission() {}

// begin is called by Pebble when a compaction begins.
func (c *compactions) begin(pebble.CompactionInfo) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.begun++
}

// compacted is called by Pebble when a compaction ends, before Done.
func (c *compactions) compacted(info pebble.CompactionInfo) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed = c.failed || info.Err != nil
	c.begun--
	c.change.Broadcast()
}

// Started, MeasureCPU and CumulativeStats are of no interest.
func (c *compactions) Started()                                                {}
func (c *compactions) MeasureCPU(pebble.CompactionGoroutineKind)               {}
func (c *compactions) CumulativeStats(stats pebble.CompactionGrantHandleStats) {}

// Done is called by Pebble behind a compaction, with no locks held.
func (c *compactions) Done() {
	c.mu.Lock()
	c.running = false
	c.ends++
	c.change.Broadcast()
	c.mu.Unlock()
	c.offer()
}

// until waits for one compaction after the other, until it is enough, or none is under way any more.
func (c *compactions) until(enough func() bool) {
	for ends, more := 0, true; more && !enough(); {
		c.offer()
		ends, more = c.behind(ends)
	}
}

// behind waits for a compaction to end if so many have, and tells how many have now, and whether one did: perhaps before the call.
func (c *compactions) behind(ends int) (now int, more bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.running && c.ends == ends && !c.log.over.Load() {
		c.change.Wait()
	}
	return c.ends, c.ends > ends
}

// resume lets compactions be tried again.
func (c *compactions) resume() {
	c.mu.Lock()
	c.failed = false
	c.mu.Unlock()
	c.offer()
}

// offer asks Pebble whether it waits to compact, and lets it.
func (c *compactions) offer() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.may() {
		return
	}
	c.running = true
	c.calls++
	c.mu.Unlock()
	waiting, _ := c.db.GetWaitingCompaction()
	accepted := waiting && c.db.Schedule(c)
	c.mu.Lock()
	if !accepted {
		c.running = false
	}
	c.calls--
	c.change.Broadcast()
}
