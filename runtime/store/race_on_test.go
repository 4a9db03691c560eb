//go:build race

package store

// underRace leaves out most of the crashes and errors: the race detector makes each of them ten times slower, and is
// here for the others.
const underRace = true
