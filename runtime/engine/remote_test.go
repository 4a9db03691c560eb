package engine

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/ptl"
)

// elsewhere is where a remote sink writes to: it keeps what it took and under which number, over all runs.
type elsewhere struct {
	atoms []string
	next  uint64
}

// remote takes some atoms, and then refuses one, or is not there any more.
type remote struct {
	*elsewhere
	takes   int
	refuses bool
	waits   func() // called before it waits
	halt    chan struct{}
	once    sync.Once
}

var errRefused = errors.New("refused")

func (r *remote) Open(env *ptl.Env, _ []byte) error {
	r.next = env.Atom
	return nil
}

func (r *remote) Write(events []pair) error {
	switch {
	case r.takes > 0:
		r.atoms = append(r.atoms, fmt.Sprint(r.next, len(events)))
		r.next++
		r.takes--
		return nil
	case r.refuses:
		return errRefused
	}
	r.waits()
	<-r.halt
	return ptl.ErrInterrupted
}

func (r *remote) Interrupt()            { r.once.Do(func() { close(r.halt) }) }
func (r *remote) Flush() error          { return nil }
func (r *remote) Sync() ([]byte, error) { return nil, nil }
func (r *remote) Close() error          { return nil }
func (r *remote) Exact() bool           { return false }

// TestRemoteSinkGoesOn: what somebody elsewhere has taken is not given to them again by the next run, and what they have not
// is, under the same number; whether a run was stopped, or ended because they refused; and none has come to its end before
// they have taken everything.
func TestRemoteSinkGoesOn(t *testing.T) {
	want := &page{}
	if err := runApp(t, counting(2000, 50, 10, nil, collector{want}), testOptions(nil, 1)); err != nil {
		t.Fatal(err)
	}
	fs, place := vfs.NewMem(), &elsewhere{}
	finished := false
	for run := 0; !finished; run++ {
		s := openStore(t, fs)
		r := &remote{elsewhere: place, takes: run, refuses: run%2 == 0, halt: make(chan struct{})}
		g := &ptl.Graph{}
		counting(2000, 50, 10, nil, r)(g)
		e, err := Open(g, testOptions(s, 2))
		if err != nil {
			t.Fatal(err)
		}
		r.waits = e.Stop
		if err := e.Run(); r.refuses != errors.Is(err, errRefused) && len(place.atoms) < len(want.atoms) {
			t.Fatalf("run %d: %v", run, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = openStore(t, fs)
		if finished, err = Finished(s); err != nil || finished != (len(place.atoms) == len(want.atoms)) {
			t.Fatalf("run %d: %d of %d atoms are taken; finished: %v, %v", run, len(place.atoms), len(want.atoms), finished, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var numbered []string
	for i, n := range want.atoms {
		numbered = append(numbered, fmt.Sprint(i, n))
	}
	if !slices.Equal(place.atoms, numbered) {
		t.Errorf("taken were %v, not %v", place.atoms, numbered)
	}
}
