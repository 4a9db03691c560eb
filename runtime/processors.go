package runtime

import (
	"os"
	goruntime "runtime"
	"sync"
)

// spares are processors of Go above those that it has by itself, one for each run that commits with a sync. Who syncs keeps his
// processor until Go's monitor takes it away, and the goroutines that wait for that one wait as well: for hundreds of microseconds and
// more, since the other processors look for work elsewhere only when they have none, and the monitor's thread may have to wait itself.
// With a spare one, they go on at once. The number of workers and partitions stays what it is.
var spares struct {
	sync.Mutex
	own, taken int
}

// spareProcessor adds one until it is given back. Who sets GOMAXPROCS in the environment has decided.
func spareProcessor() (giveBack func()) {
	if os.Getenv("GOMAXPROCS") != "" {
		return func() {}
	}
	spares.Lock()
	defer spares.Unlock()
	if spares.taken == 0 {
		spares.own = goruntime.GOMAXPROCS(0)
	}
	spares.taken++
	goruntime.GOMAXPROCS(spares.own + spares.taken)
	return func() {
		spares.Lock()
		defer spares.Unlock()
		spares.taken--
		goruntime.GOMAXPROCS(spares.own + spares.taken)
	}
}

// processors is how many actors may run at once: Go's processors without the spare ones.
func processors() int {
	spares.Lock()
	defer spares.Unlock()
	if spares.taken > 0 {
		return spares.own
	}
	return goruntime.GOMAXPROCS(0)
}
