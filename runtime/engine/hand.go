package engine

// What a run is driven by hand with: by a test that feeds an application and looks at what comes of it, while nothing
// moves in its simulated run.

// Nudge asks all sources again that had nothing yet.
func (e *Engine) Nudge() {
	for _, s := range e.sources {
		e.sched.wake(&s.actor, true)
	}
}

// Sealed tells whether the stream of that name has come to its end.
func (e *Engine) Sealed(name string) bool {
	for _, s := range e.streams {
		if s.node.Spec.Name == name {
			return s.sealed.Load()
		}
	}
	return false
}
