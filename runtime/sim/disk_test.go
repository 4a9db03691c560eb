package sim

import (
	"flag"
	"testing"
)

var everyOp = flag.Bool("every", false, "crash at every disk operation, not at one in so many")

// small finds applications with enough going on, and not too much to run it many times.
func small(from uint64) uint64 {
	for seed := from; ; seed++ {
		app, plan := draw(seed)
		plan = Plan{Seed: seed, Lanes: plan.Lanes, Guarded: true}
		r := simulate(app, plan)
		if !r.tooLarge && r.draws > 150 && r.draws < 500 && len(app.Portals) > 0 && r.events > 20 {
			return seed
		}
	}
}

// TestCrashAtDiskOperations runs an application on the real store, kills it before a disk operation, kills what comes up
// from that too, in the middle of its recovery, and lets the third one go on to the end.
func TestCrashAtDiskOperations(t *testing.T) {
	step, crashes, least := 3, 0, 400
	if underRace { // it makes each run ten times as long; what it looks for, it finds in one run as in another
		step, least = 41, 30
	}
	if *everyOp {
		step = 1
	}
	for from := uint64(1); from < 60; from += 20 {
		seed := small(from)
		for _, power := range []bool{false, true} {
			for at := 1; ; at += step {
				app, plan := draw(seed)
				plan = Plan{Seed: seed, Lanes: plan.Lanes, Guarded: true, Real: true, Power: power, DiesAt: []int{at, 1 + at*7%60}, Beside: true, Budget: int64(at % 2)}
				r := simulate(app, plan)
				if len(r.findings) > 0 {
					t.Fatalf("seed %d, power %v, operation %d: %s", seed, power, at, describe(r))
				}
				crashes += r.deaths
				if r.deaths == 0 {
					t.Logf("seed %d: about %d operations", seed, at)
					break
				}
			}
		}
	}
	if t.Logf("%d crashes", crashes); crashes < least {
		t.Errorf("%d crashes are too few to have been at all sorts of operations", crashes)
	}
}

// TestDiskFailsAtOperations makes one operation of the real store's disk fail.
func TestDiskFailsAtOperations(t *testing.T) {
	step := 7
	if *everyOp {
		step = 1
	}
	seed := small(7)
	for at := 1; at < 600; at += step {
		app, plan := draw(seed)
		r := simulate(app, Plan{Seed: seed, Lanes: plan.Lanes, Guarded: true, Real: true, DiskFails: at, Beside: true, Budget: int64(at % 2)})
		if len(r.findings) > 0 {
			t.Fatalf("seed %d, operation %d fails: %s", seed, at, describe(r))
		}
	}
}
