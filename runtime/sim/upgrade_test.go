package sim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/engine"
	"github.com/portals-lang/portals/runtime/ptl"
)

// tally is the state of an application of two versions: the second one keeps one Int more, before the other.
type tally struct{ n, more int64 }

type tallyLane struct {
	ptl.Lane
	total   ptl.Keyed[int64, tally]
	toTotal ptl.Exchange[int64, int64]
	out     ptl.Out[int64]
}

// moreAtFirst is what the second version's new state begins with.
const moreAtFirst = 7

func tallyType(version int) *ptl.StateType[tally] {
	t := &ptl.StateType[tally]{
		Init:      func(s *tally) { *s = tally{more: moreAtFirst} },
		IsInitial: func(s *tally) bool { return *s == tally{more: moreAtFirst} },
		Fields:    []ptl.StateField{{Name: "n", Type: "Int", Shape: ptl.IntType.Shape}},
		Append:    func(b []byte, s *tally) []byte { return ptl.AppendInt(b, s.n) },
		Read:      func(r *ptl.Reader, s *tally) { *s = tally{n: r.Int(), more: moreAtFirst} },
	}
	if version == 2 {
		t.Fields = append([]ptl.StateField{{Name: "more", Type: "Int", Shape: ptl.IntType.Shape}}, t.Fields...)
		t.Append = func(b []byte, s *tally) []byte { return ptl.AppendInt(ptl.AppendInt(b, s.more), s.n) }
		t.Read = func(r *ptl.Reader, s *tally) { *s = tally{more: r.Int(), n: r.Int()} }
	}
	return t
}

const (
	tallyEvents = 240
	tallyKeys   = 60
)

// tallies counts the numbers from 0 by their rest, and shows each with the count of its key and the new state.
func (r *Run) tallies(version int) *ptl.Graph {
	g := &ptl.Graph{}
	numbers := ptl.SourceStream(g, ptl.StreamSpec{Name: "numbers"}, ptl.IntType, ptl.RangeSource(0, tallyEvents, ptl.Cut{Events: 4}))
	shown := ptl.NewStream(g, ptl.StreamSpec{Name: "shown"}, ptl.IntType)
	w := ptl.NewWorkflow[tallyLane](g, ptl.WorkflowSpec{Name: "count"}, nil)
	count := func(l *tallyLane, h uint64, key, v int64) {
		s := l.total.At(&l.Lane, h, key)
		s.n++
		l.out.Put(&l.Lane, v*1000+s.n*10+s.more)
	}
	ptl.Reads(w, numbers, ptl.Each(func(l *tallyLane, v int64) {
		if h := ptl.HashInt(v % tallyKeys); l.Inline {
			count(l, h, v%tallyKeys, v)
		} else {
			l.toTotal.Send(&l.Lane, h, v%tallyKeys, v)
		}
	}))
	ptl.AddTask(w, &ptl.Task[*tallyLane]{
		Name:    "Total",
		State:   ptl.KeyedState("Total", func(l *tallyLane) *ptl.Keyed[int64, tally] { return &l.total }, ptl.IntType, tallyType(version), nil),
		Receive: ptl.Receive(func(l *tallyLane) *ptl.Exchange[int64, int64] { return &l.toTotal }, count),
	})
	ptl.Writes(w, shown, func(l *tallyLane) *ptl.Out[int64] { return &l.out })
	ptl.NewSink(g, ptl.SinkSpec{Name: "shown"}, shown, ptl.Sink[int64](&sink{run: r, page: r.page("shown")}))
	return g
}

// tally runs one process of a version; it dies before its disk operation number dieAt, or stops in order after so many
// draws, unless these are 0.
func (r *Run) tally(version, dieAt, stopAt int) (died, complete bool, err error) {
	w := &world{dice: rand.New(rand.NewPCG(r.plan.Seed, uint64(dieAt))), limit: 100_000, stopAt: stopAt, now: r.now}
	r.world = w
	defer func() { r.now = w.now }()
	d := newDisk(r, r.mem)
	d.dieAt = dieAt
	s, err := d.open()
	if err == nil {
		o := r.options(0, s)
		o.Watch = nil
		var e *engine.Engine
		if e, err = engine.Open(r.tallies(version), o); err == nil {
			w.stop = e.Stop
			err = e.Run()
			complete = e.Complete()
		}
		err = errors.Join(err, s.Close())
	}
	if d.dead {
		r.mem, r.pages = d.after, map[string]*page{}
		for name, p := range d.pages {
			r.pages[name] = &p
		}
	}
	return d.dead, complete, err
}

// upgraded stops the first version in the middle and kills the second one before its disk operation number at. What is left
// is a store of one of the two: the first version goes on with it or refuses because of what the second has added, and
// the second one comes to the right end.
func upgraded(at int, plan Plan) (died, refused bool, err error) {
	plan.Seed, plan.Real = uint64(at), true
	r := &Run{app: &App{}, plan: plan, dice: rand.New(rand.NewPCG(1, 3)), pages: map[string]*page{}, mem: vfs.NewCrashableMem()}
	r.history = newHistory(r)
	if died, complete, err := r.tally(1, 0, 60); died || complete || err != nil {
		return false, false, fmt.Errorf("the first version came to its end: %w", err)
	}
	died, complete, err := r.tally(2, at, 0)
	if died {
		var refusal *engine.Incompatible
		_, _, err = r.tally(1, 0, 1)
		if refused = errors.As(err, &refusal); err != nil && !refused {
			return died, false, fmt.Errorf("the first version does not start: %w", err)
		}
		_, complete, err = r.tally(2, 0, 0)
	}
	switch {
	case err != nil || !complete:
		return died, refused, fmt.Errorf("the second version does not come to its end: %w", err)
	case len(r.findings) > 0:
		return died, refused, errors.New(r.findings[0].String())
	}
	return died, refused, r.wrongTallies()
}

func TestCrashInUpgrade(t *testing.T) {
	step := 3
	if underRace || testing.Short() {
		step = 11
	}
	if *everyOp {
		step = 1
	}
	crashes, refusals := 0, 0
	for _, power := range []bool{false, true} {
		for at := 1; ; at += step {
			died, refused, err := upgraded(at, Plan{Power: power})
			if err != nil {
				t.Fatalf("operation %d, power %v: %v", at, power, err)
			}
			if !died {
				break
			}
			if crashes++; refused {
				refusals++
			}
		}
	}
	if refusals == 0 || refusals == crashes {
		t.Errorf("%d crashes, after which the first version refused %d times", crashes, refusals)
	}
	t.Logf("%d crashes, after which the first version refused %d times", crashes, refusals)
}

// TestUpgradeMutation makes an upgrade not whole, which the crashes must show.
func TestUpgradeMutation(t *testing.T) {
	for at := 1; ; at++ {
		died, _, err := upgraded(at, Plan{Break: "say that an upgrade is done before it is"})
		if err != nil {
			t.Logf("operation %d: %v", at, err)
			return
		}
		if !died {
			t.Fatal("nobody noticed")
		}
	}
}

// wrongTallies tells what is wrong with what is shown and stored at the end.
func (r *Run) wrongTallies() error {
	v := int64(0)
	for _, atom := range r.pages["shown"].atoms {
		for _, got := range atom {
			if want := v*1000 + (v/tallyKeys+1)*10 + moreAtFirst; got != want {
				return fmt.Errorf("it shows %d instead of %d", got, want)
			}
			v++
		}
	}
	if v != tallyEvents {
		return fmt.Errorf("it shows %d events", v)
	}
	s, err := newDisk(r, r.mem).open()
	if err != nil {
		return err
	}
	defer s.Close()
	stored, err := contentOf(s)
	if err != nil {
		return err
	}
	typ, keys := tallyType(2), 0
	for k, value := range stored {
		if prefix := numbered('s', numbersOf(stored)["ttask count/Total"]); len(k) > len(prefix) && k[:len(prefix)] == prefix {
			var got tally
			keys++
			if typ.Read(ptl.NewReader([]byte(value)), &got); got != (tally{tallyEvents / tallyKeys, moreAtFirst}) {
				return fmt.Errorf("the state %q is %+v", k, got)
			}
		}
	}
	if keys != tallyKeys {
		return fmt.Errorf("%d keys have states, not %d", keys, tallyKeys)
	}
	return nil
}
