package sim

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

var (
	seeds = flag.Uint64("seeds", defaultSeeds(), "how many seeds to run")
	first = flag.Uint64("seed", 1, "the first seed")
)

func defaultSeeds() uint64 {
	if underRace {
		return 200
	}
	return 2000
}

func draw(seed uint64) (*App, Plan) {
	return generate(rand.New(rand.NewPCG(seed, 1))), drawPlan(seed)
}

func simulateSeed(seed uint64) *Run { return simulate(draw(seed)) }

// TestSeeds runs seed after seed. With -seeds it runs as many as there is time for.
func TestSeeds(t *testing.T) {
	failed, large := 0, 0
	for seed := *first; seed < *first+*seeds; seed++ {
		r := simulateSeed(seed)
		if r.tooLarge {
			large++
		}
		if len(r.findings) == 0 {
			continue
		}
		app, plan := draw(seed)
		small := shrink(app, plan, 2000)
		t.Errorf("seed %d: %s\nshrunk:\n%s", seed, r.findings[0], describe(small))
		if failed++; failed == 3 {
			t.Fatal("and so on")
		}
	}
	t.Logf("%d seeds, of which %d were given up as too large", *seeds, large)
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
