package sim

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/engine"
	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/store"
)

// TestRealScheduler runs random applications on goroutines: under the race detector it finds what the drawn order of
// whole steps cannot. What varies is watched under a lock, and the model takes it up as in a simulated run.
func TestRealScheduler(t *testing.T) {
	before := runtime.NumGoroutine()
	runs := uint64(30)
	if testing.Short() || underRace {
		runs = 10
	}
	for seed := *first; seed < *first+runs; seed++ {
		if simulateSeed(seed).tooLarge { // here nothing gives it up
			continue
		}
		app, _ := draw(seed)
		if r := onGoroutines(t, app, seed); len(r.findings) > 0 {
			t.Fatalf("seed %d: %s", seed, describe(r))
		}
	}
	for range 1000 { // those that end have to get their turn
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d behind", before, runtime.NumGoroutine())
}

func onGoroutines(t *testing.T, app *App, seed uint64) *Run {
	t.Helper()
	r := &Run{app: app, plan: Plan{Seed: seed, Lanes: 3, Guarded: true}, pages: map[string]*page{}, given: map[string]int{}, answered: map[string]int{}, stored: entries{}}
	r.world = &world{dice: rand.New(rand.NewPCG(seed, 1))}
	r.history = newHistory(r)
	r.mem = vfs.NewMem()
	s, err := store.Open("store", store.Options{FS: r.mem, App: "sim", Random: bytes.NewReader(make([]byte, 16)), SegmentBytes: 64 << 10, CheckpointBytes: 8 << 10})
	if err != nil {
		t.Fatal(err)
	}
	var choices sync.Mutex
	begun := time.Now()
	o := engine.Options{
		Env: &ptl.Env{FS: vfs.NewMem(), Stdin: bytes.NewReader(nil), Stdout: io.Discard, Log: slog.New(slog.DiscardHandler),
			Now: func() ptl.Time { return ptl.Time(time.Since(begun)) }},
		Store: s, Lanes: 3, Workers: 4, SkipFailed: true, Interval: 100 * ptl.Microsecond,
		Seed:  func() uint64 { return seed },
		Timer: func(d ptl.Duration, f func()) { time.AfterFunc(time.Duration(d), f) },
		Watch: &engine.Watch{Opened: r.history.opened, Took: func(node, input string) {
			choices.Lock()
			defer choices.Unlock()
			r.history.took(node, input)
		}},
		MemoryBudget: int64(seed % 2),
		Sizes:        engine.Sizes{Parallel: 2, Stream: 8, SinkAtoms: 2, Portals: 2, SinkSyncs: ptl.Millisecond, Record: 40},
	}
	r.history.lock = &choices
	e, err := engine.Open(r.build(), o)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- e.Run() }()
	for running, waits := true, 0; running; waits++ { // while the process is halted, no wait ends
		select {
		case err = <-ended:
			running = false
		case <-time.After(100 * time.Millisecond):
			if waits == 200 {
				panic(fmt.Sprintf("the run of seed %d does not end", seed))
			}
		}
	}
	if closed := s.Close(); err == nil {
		err = closed
	}
	if err != nil {
		if !r.tooLarge {
			r.found("failure", err.Error())
		}
		return r
	}
	if s, err = store.Open("store", store.Options{FS: r.mem, App: "sim"}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if r.stored, err = contentOf(s); err != nil {
		t.Fatal(err)
	}
	r.checkEnd(r.stored)
	return r
}
