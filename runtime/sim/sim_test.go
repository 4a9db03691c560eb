package sim

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

var (
	seeds = flag.Uint64("seeds", defaultSeeds(), "how many seeds to run")
	first = flag.Uint64("seed", 1, "the first seed")
)

func defaultSeeds() uint64 {
	if underRace {
		return 400
	}
	return 10_000
}

func draw(seed uint64) (*App, Plan) {
	return generate(rand.New(rand.NewPCG(seed, 1))), drawPlan(seed)
}

func simulateSeed(seed uint64) *Run { return simulate(draw(seed)) }

// TestSeeds runs seed after seed, on all processors. With -seeds it runs as many as there is time for. Every failing one is
// shrunk; after the third it ends.
func TestSeeds(t *testing.T) {
	var next, failed, large atomic.Uint64
	next.Store(*first)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for failed.Load() < 3 {
				seed := next.Add(1) - 1
				if seed >= *first+*seeds {
					return
				}
				r := simulateSeed(seed)
				if r.tooLarge {
					large.Add(1)
				}
				if len(r.findings) == 0 {
					continue
				}
				failed.Add(1)
				app, plan := draw(seed)
				t.Errorf("seed %d: %s\nshrunk:\n%s", seed, r.findings[0], describe(shrink(app, plan, 2000)))
			}
		})
	}
	group.Wait()
	t.Logf("%d seeds, of which %d were given up as too large", min(next.Load()-*first, *seeds), large.Load())
}

func describe(r *Run) string {
	var b strings.Builder
	for _, f := range r.findings {
		fmt.Fprintln(&b, f)
	}
	fmt.Fprintf(&b, "%+v\n%s\n%s", r.plan, strings.Join(r.notes, "\n"), r.app)
	return b.String()
}

// TestSameSeedSameRun: nothing but the seed decides.
func TestSameSeedSameRun(t *testing.T) {
	for seed := uint64(1); seed <= 100; seed++ {
		a, b := simulateSeed(seed), simulateSeed(seed)
		if a.trace != b.trace {
			t.Fatalf("seed %d gives two runs", seed)
		}
	}
}
