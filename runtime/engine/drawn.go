package engine

// Draws decides what the machine decides in a real run: who comes next, and how long things take. With the same draws the
// same application does the same again.
type Draws interface {
	// Next picks one of n things that may happen now. A negative number ends the process there, as a crash does.
	Next(n int) int
	// Wait is called when nothing may happen before time has passed. False means that nothing ever will.
	Wait() bool
}

// drawn is the scheduler of a simulated run: one goroutine that takes each step, each piece of work beside the actors and
// each lane of a stage in an order that is drawn. Finer than a step it does not interleave; steps that race with each other
// are the matter of tests under the race detector.
type drawn struct {
	draws   Draws
	ready   []*actor
	jobs    []func() // work beside the actors
	stopped bool
}

func (d *drawn) wake(a *actor, _ bool) {
	switch a.state.Load() {
	case idle:
		a.state.Store(queued)
		d.ready = append(d.ready, a)
	case running:
		a.state.Store(again)
	}
}

// run takes steps until it is stopped, and then finishes the work beside the actors, as waiting for it would.
func (d *drawn) run(quiet func()) {
	for {
		n := len(d.jobs)
		if !d.stopped {
			n += len(d.ready)
			if len(d.ready) == 0 {
				n++ // that it is quiet may show before a job ends, or after it
			}
		}
		if n == 0 {
			return
		}
		if !d.stopped && n == 1 && len(d.ready) == 0 {
			quiet()
			if len(d.ready) == 0 && !d.draws.Wait() {
				return
			}
			continue
		}
		i := d.draws.Next(n)
		if i < 0 {
			return
		}
		d.take(i, quiet)
	}
}

// take makes thing number i happen: a job, the step of an actor, or that it is quiet.
func (d *drawn) take(i int, quiet func()) {
	if i < len(d.jobs) {
		job := d.jobs[i]
		d.jobs = append(d.jobs[:i], d.jobs[i+1:]...)
		job()
		return
	}
	if i -= len(d.jobs); i == len(d.ready) {
		quiet()
		return
	}
	a := d.ready[i]
	d.ready = append(d.ready[:i], d.ready[i+1:]...)
	a.state.Store(running)
	d.leave(a, a.step())
}

// leave ends a's turn.
func (d *drawn) leave(a *actor, active bool) {
	if active || a.state.Load() == again {
		a.state.Store(queued)
		d.ready = append(d.ready, a)
		return
	}
	a.state.Store(idle)
}

// instead leaves it to the draws whether a does it in a step of its own.
func (d *drawn) instead(a *actor, work func(a *actor)) bool {
	if a.state.Load() != idle || d.draws.Next(2) != 0 {
		return false
	}
	a.state.Store(running)
	work(a)
	d.leave(a, false)
	return true
}

func (d *drawn) stop()                                { d.stopped = true }
func (d *drawn) beside(work func())                   { d.jobs = append(d.jobs, work) }
func (d *drawn) waiting(_ *actor, work func())        { d.beside(work) }
func (d *drawn) atOnce(_ *actor, _ bool, work func()) { d.beside(work) }

// parallel runs the lanes one after the other, in an order that is drawn. They share nothing, so that is as good as any
// other way of running them at once.
func (d *drawn) parallel(n int, work func(i int)) {
	left := make([]int, n)
	for i := range left {
		left[i] = i
	}
	for len(left) > 0 {
		k := max(d.draws.Next(len(left)), 0)
		i := left[k]
		left = append(left[:k], left[k+1:]...)
		work(i)
	}
}
