package store

// Stats is what a store has done since it was opened, and what it takes.
type Stats struct {
	Recovered   uint64 // groups that Open found behind the last checkpoint
	CleanStart  bool   // the store had been closed in order
	Cut         string // what stood at the end of the log, where the last run was not closed in order
	Checkpoints int64  // steps of checkpoints, recovery's included
	Folded      int64  // operations they folded
	Failed      error  // of the last checkpoint, if it failed
	StateBytes  uint64 // on disk
}

// Stats may be called at any time; it is cheap enough for every second.
func (s *Store) Stats() Stats {
	s.checkpoint.mu.Lock()
	defer s.checkpoint.mu.Unlock()
	st := Stats{Recovered: s.found.Groups, CleanStart: s.found.Clean, Checkpoints: s.checkpoint.count,
		Folded: s.checkpoint.folded, Failed: s.checkpoint.failed, StateBytes: s.state.Bytes()}
	if !s.found.Clean {
		st.Cut = s.found.Cut
	}
	return st
}

// Identity says whose store this is.
func (s *Store) Identity() Identity { return s.identity }
