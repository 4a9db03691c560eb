package runtime

import (
	"os"
	goruntime "runtime"
	"strconv"
	"sync"
)

// spare is a processor of Go above those that it has by itself, while there are runs that commit with syncs. Who syncs keeps his
// processor until Go's monitor takes it away, and the goroutines that wait for that one wait as well: for hundreds of microseconds and
// more, since the other processors look for work elsewhere only when they have none, and the monitor's thread may have to wait itself.
// With a spare one, they go on at once. The number of workers and partitions stays what it is.
var spare struct {
	sync.Mutex
	own  int // processors without it
	runs int // that commit with syncs
}

// spareProcessor has it until it is given back by all. Who sets GOMAXPROCS in the environment has decided; so has who sets it while it
// is there: then it stays as it is. Go follows a changed limit of the processor time by itself no more.
func spareProcessor() (giveBack func()) {
	if n, err := strconv.Atoi(os.Getenv("GOMAXPROCS")); err == nil && n > 0 {
		return func() {}
	}
	spare.Lock()
	defer spare.Unlock()
	if spare.runs++; spare.runs == 1 {
		spare.own = goruntime.GOMAXPROCS(0)
		goruntime.GOMAXPROCS(spare.own + 1)
	}
	return func() {
		spare.Lock()
		defer spare.Unlock()
		if spare.runs--; spare.runs == 0 && goruntime.GOMAXPROCS(0) == spare.own+1 {
			goruntime.GOMAXPROCS(spare.own)
		}
	}
}

// processors is how many actors may run at once: Go's processors without the spare one.
func processors() int {
	spare.Lock()
	defer spare.Unlock()
	n := goruntime.GOMAXPROCS(0)
	if spare.runs > 0 && n == spare.own+1 {
		return spare.own
	}
	return n
}
