package ptl

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tallyingLane is that of a workflow which answers a request with how often its key was asked so far.
type tallyingLane struct {
	Lane
	asks    Asks[int64, int64]
	answers Answers[int64, int64]
	counts  Keyed[int64, int64]
	asked   Exchange[int64, Request[int64]]
	met     *tallied
}

// tallied is what the lanes of one workflow have met.
type tallied struct {
	blocks    int  // of which the keys were found at once
	sent      int  // requests that went to the lane of their key
	misplaced int  // handled while the lane was said to be at another event
	stop      bool // the barrier is to fail
}

var countType = &StateType[int64]{Init: func(s *int64) { *s = 0 }, Append: func(b []byte, s *int64) []byte { return AppendInt(b, *s) }}

// keyOf fails where the key of a request cannot be found.
func (l *tallyingLane) keyOf(r *Request[int64]) int64 { return Div(r.Req, Rem(r.Req, 10)) }

func (l *tallyingLane) keys(requests []Request[int64], found []Hashed[int64]) {
	for i := range requests {
		key := l.keyOf(&requests[i])
		found[i] = Hashed[int64]{HashInt(key), key}
	}
	l.met.blocks++
}

func (l *tallyingLane) take(r Request[int64]) {
	var key int64
	switch f := l.Guard(func() { key = l.keyOf(&r) }); {
	case f != nil:
		l.answers.Fail(&l.Lane, r, f, "Counter", "", "")
	case l.Inline:
		l.run(HashInt(key), key, r)
	default:
		l.asked.Send(&l.Lane, HashInt(key), key, r)
		l.met.sent++
	}
}

func (l *tallyingLane) run(h uint64, key int64, r Request[int64]) {
	if l.Inline && idOf(l.Event) != r.id {
		l.met.misplaced++
	}
	s := l.counts.At(&l.Lane, h, key)
	*s++
	l.answers.Reply(&l.Lane, r, *s)
}

// idOf is that of the request at an index of its atom.
func idOf(index int) uint64 { return uint64(index+1) << 8 }

// answeredBy is what an app answers these atoms, with so many lanes, of which all share an atom from some size on. Every second atom fails at its
// barrier first, and comes again.
func answeredBy(t *testing.T, byKey bool, lanes int, atoms [][]int64) (replies []Reply[int64], met *tallied) {
	t.Helper()
	g, met := &Graph{}, &tallied{}
	asks := NewWorkflow[tallyingLane](g, WorkflowSpec{Name: "asks"}, nil)
	answers := NewWorkflow(g, WorkflowSpec{Name: "answers"}, func(l *tallyingLane) { l.met = met })
	p := NewPortal(g, PortalSpec{Name: "p"}, IntType, IntType)
	AsksPortal(asks, g, p, func(l *tallyingLane) *Asks[int64, int64] { return &l.asks })
	AddTask(answers, &Task[*tallyingLane]{
		Name:     "Counter",
		State:    KeyedState("Counter", func(l *tallyingLane) *Keyed[int64, int64] { return &l.counts }, IntType, countType, nil),
		Requests: []*Receiver[*tallyingLane]{Receive(func(l *tallyingLane) *Exchange[int64, Request[int64]] { return &l.asked }, (*tallyingLane).run)},
		OnAtom: func(*tallyingLane) {
			if met.stop {
				Fail("not yet")
			}
		},
	})
	at := func(l *tallyingLane) *Answers[int64, int64] { return &l.answers }
	if byKey {
		AnswersByKey(answers, g, p, at, func(l *tallyingLane) *Keyed[int64, int64] { return &l.counts }, (*tallyingLane).keys, (*tallyingLane).run, (*tallyingLane).take)
	} else {
		AnswersPortal(answers, g, p, at, (*tallyingLane).take)
	}
	if err := g.Connect(); err != nil {
		t.Fatal(err)
	}
	inTurn := func(n int, work func(int)) {
		for i := range n {
			work(i)
		}
	}
	if err := answers.Start(Runtime{Lanes: lanes, ParallelEvents: 2 * blockSize, Parallel: inTurn}); err != nil {
		t.Fatal(err)
	}
	for i, atom := range atoms {
		var requests Events[Request[int64]]
		for i, n := range atom {
			requests = append(requests, Request[int64]{Req: n, id: idOf(i), cell: 1})
		}
		if met.stop = i%2 == 1; met.stop {
			if _, failure := answers.Run(0, requests); failure == nil {
				t.Fatal("the barrier has not failed")
			}
			if batch, _ := answers.Take(0); batch.Len() > 0 {
				t.Fatalf("an atom that failed has %d replies", batch.Len())
			}
			met.stop = false
		}
		if _, failure := answers.Run(0, requests); failure != nil {
			t.Fatal(failure)
		}
		batch, _ := answers.Take(0)
		replies = append(replies, batch.(*replyBatch).parts[0].(Events[Reply[int64]])...)
	}
	return replies, met
}

// TestAnswersByKey: that the keys of requests are found and looked up before any of them is handled changes nothing, be there many
// keys or few, and several requests of one, or such of which no key can be found; nor that an atom is undone and comes again, or that lanes
// share some atoms.
func TestAnswersByKey(t *testing.T) {
	var atoms [][]int64
	for n, size := range []int{1, aheadLeast - 1, aheadLeast, blockSize, 2*blockSize + 3, 4 * warmKeys, blockSize + 1} {
		var atom []int64
		for i := range size {
			if v := int64(7*i + n); n%2 == 0 || v%10 != 0 || i > blockSize { // which has no key
				atom = append(atom, v)
			}
		}
		atoms = append(atoms, atom, atom)
	}
	want, _ := answeredBy(t, false, 1, atoms)
	failed := 0
	for _, r := range want {
		if r.reason != nil {
			failed++
		}
	}
	if failed == 0 || failed == len(want) {
		t.Fatalf("%d of %d requests have no key", failed, len(want))
	}
	for _, lanes := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d lanes", lanes), func(t *testing.T) {
			got, met := answeredBy(t, true, lanes, atoms)
			if d := cmp.Diff(want, got, cmp.AllowUnexported(Reply[int64]{})); d != "" {
				t.Error(d)
			}
			if met.blocks == 0 || met.misplaced > 0 || (met.sent > 0) != (lanes > 1) {
				t.Errorf("%+v", *met)
			}
		})
	}
}
