package ptltest

// plan says which schedules to try.
type plan struct {
	first uint64 // the first seed
	seeds int    // how many
	crash bool   // and crash at every commit of each
}

// result is what became of a test.
type result struct {
	suite     *Suite
	test      *Test
	schedules int
	crashes   int
	failure   *Failure // nil: none
	seed      uint64   // of the schedule that failed
	crash     Crash    // after which it failed
	commits   uint64   // of that schedule, had it not crashed
}

// try runs a test with every schedule of the plan, until one fails.
func (p plan) try(suite *Suite, test *Test) *result {
	r := &result{suite: suite, test: test}
	for i := range p.seeds {
		r.seed = p.first + uint64(i)
		r.schedules++
		if r.failure, r.commits = try(suite, test, r.seed, p.crash, Crash{}); r.failure != nil {
			return r
		}
		if p.crash && !r.crashEverywhere() {
			return r
		}
	}
	return r
}

// crashEverywhere runs the test once for each moment around a commit. It tells whether all went well.
func (r *result) crashEverywhere() bool {
	for commit := uint64(1); commit <= r.commits; commit++ {
		for _, after := range []bool{false, true} {
			r.crash = Crash{Commit: commit, After: after}
			r.crashes++
			if r.failure, _ = try(r.suite, r.test, r.seed, true, r.crash); r.failure != nil {
				return false
			}
		}
	}
	r.crash = Crash{}
	return true
}
