package ptl

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tallyingLane is that of a workflow which answers a request with how often its key was asked so far.
type tallyingLane struct {
	Lane
	asks    Asks[int64, int64]
	answers Answers[int64, int64]
	counts  Keyed[int64, int64]
	blocks  int // of which the keys were found at once
}

var countType = &StateType[int64]{Init: func(s *int64) { *s = 0 }, Append: func(b []byte, s *int64) []byte { return AppendInt(b, *s) }}

// keyOf fails where the key of a request cannot be found.
func (l *tallyingLane) keyOf(r *Request[int64]) int64 { return Div(r.Req, Rem(r.Req, 10)) }

func (l *tallyingLane) keys(requests []Request[int64], found []Hashed[int64]) {
	for i := range requests {
		key := l.keyOf(&requests[i])
		found[i] = Hashed[int64]{HashInt(key), key}
	}
	l.blocks++
}

func (l *tallyingLane) take(r Request[int64]) {
	var key int64
	if f := l.Guard(func() { key = l.keyOf(&r) }); f != nil {
		l.answers.Fail(&l.Lane, r, f, "Counter", "", "")
		return
	}
	l.run(HashInt(key), key, r)
}

func (l *tallyingLane) run(h uint64, key int64, r Request[int64]) {
	s := l.counts.At(&l.Lane, h, key)
	*s++
	l.answers.Reply(&l.Lane, r, *s*1000+int64(l.Event))
}

// answeredBy is what an app answers these atoms, and how many blocks of requests it looked up.
func answeredBy(t *testing.T, byKey bool, atoms [][]int64) (replies []Reply[int64], blocks int) {
	t.Helper()
	g := &Graph{}
	asks, answers := NewWorkflow[tallyingLane](g, WorkflowSpec{Name: "asks"}, nil), NewWorkflow[tallyingLane](g, WorkflowSpec{Name: "answers"}, nil)
	p := NewPortal(g, PortalSpec{Name: "p"}, IntType, IntType)
	AsksPortal(asks, g, p, func(l *tallyingLane) *Asks[int64, int64] { return &l.asks })
	AddTask(answers, &Task[*tallyingLane]{Name: "Counter", State: KeyedState("Counter", func(l *tallyingLane) *Keyed[int64, int64] { return &l.counts }, IntType, countType, nil)})
	at := func(l *tallyingLane) *Answers[int64, int64] { return &l.answers }
	if byKey {
		AnswersByKey(answers, g, p, at, func(l *tallyingLane) *Keyed[int64, int64] { return &l.counts }, (*tallyingLane).keys, (*tallyingLane).run, (*tallyingLane).take)
	} else {
		AnswersPortal(answers, g, p, at, (*tallyingLane).take)
	}
	if err := g.Connect(); err != nil {
		t.Fatal(err)
	}
	if err := answers.Start(Runtime{}); err != nil {
		t.Fatal(err)
	}
	for _, atom := range atoms {
		var requests Events[Request[int64]]
		for i, n := range atom {
			requests = append(requests, Request[int64]{Req: n, id: uint64(i+1) << 8, cell: 1})
		}
		if _, failure := answers.Run(0, requests); failure != nil {
			t.Fatal(failure)
		}
		batch, _ := answers.Take(0)
		replies = append(replies, batch.(*replyBatch).parts[0].(Events[Reply[int64]])...)
	}
	return replies, answers.lanes[0].blocks
}

// TestAnswersByKey: that the keys of requests are found and looked up before any of them is handled changes nothing, be there many
// keys or few, and several requests of one, or such of which no key can be found.
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
	want, _ := answeredBy(t, false, atoms)
	got, blocks := answeredBy(t, true, atoms)
	if d := cmp.Diff(want, got, cmp.AllowUnexported(Reply[int64]{})); d != "" {
		t.Error(d)
	}
	failed := 0
	for _, r := range got {
		if r.reason != nil {
			failed++
		}
	}
	if failed == 0 || blocks == 0 {
		t.Errorf("%d requests had no key, and %d blocks all had one", failed, blocks)
	}
}
