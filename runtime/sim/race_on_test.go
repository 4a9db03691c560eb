//go:build race

package sim

// underRace leaves out most of the seeds: all but the real store and the tests on goroutines runs on one goroutine, and
// the race detector makes each run ten times slower.
const underRace = true
