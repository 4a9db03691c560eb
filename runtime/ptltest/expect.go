package ptltest

import (
	"fmt"
	"strings"

	"github.com/portals-lang/portals/runtime/ptl"
)

// Seen is a stream whose atoms a test expects.
type Seen struct {
	stream string
	equal  func(a ptl.Batch, i int, b ptl.Batch, j int) bool
	text   func(a ptl.Batch, i int) string // as a literal of the language
}

// Sees tells of a stream whose atoms a test expects.
func Sees[E any](stream string, t *ptl.Type[E]) Seen {
	return Seen{
		stream: stream,
		equal: func(a ptl.Batch, i int, b ptl.Batch, j int) bool {
			return t.Equal(a.(ptl.Events[E])[i], b.(ptl.Events[E])[j])
		},
		text: func(a ptl.Batch, i int) string { return string(t.Quote(nil, a.(ptl.Events[E])[i])) },
	}
}

// texts are the events of an atom.
func (s Seen) texts(atom ptl.Batch) []string {
	out := make([]string, atom.Len())
	for i := range out {
		out[i] = s.text(atom, i)
	}
	return out
}

// same tells whether two atoms hold the same events, in the same order.
func (s Seen) same(a, b ptl.Batch) bool {
	for i := range min(a.Len(), b.Len()) {
		if !s.equal(a, i, b, i) {
			return false
		}
	}
	return a.Len() == b.Len()
}

// matched pairs the events of two atoms that are equal, in whatever order: for each of want the index in seen, or -1.
func (s Seen) matched(want, seen ptl.Batch) (pairs []int, all bool) {
	used := make([]bool, seen.Len())
	pairs, all = make([]int, want.Len()), want.Len() == seen.Len()
	for i := range pairs {
		pairs[i] = -1
		for j := range used {
			if !used[j] && s.equal(want, i, seen, j) {
				pairs[i], used[j] = j, true
				break
			}
		}
		all = all && pairs[i] >= 0
	}
	return pairs, all
}

// Expect expects the next atom of a stream that is not empty to hold these events.
func Expect[E any](t *T, stream string, want ptl.List[E]) {
	atom := t.next(stream, want.Len() == 0)
	p, expected := t.trial.pages[stream], ptl.Events[E](want.All())
	if atom == nil {
		t.nothing(stream, p.seen.texts(expected))
	}
	if !p.seen.same(expected, atom) {
		t.differs(p, fmt.Sprintf("the next atom of %s is another one", stream), diffEvents(p.seen, expected, atom))
	}
}

// ExpectUnordered expects the next atom of a stream that is not empty to hold these events, in any order.
func ExpectUnordered[E any](t *T, stream string, want ptl.List[E]) {
	atom := t.next(stream, want.Len() == 0)
	p, expected := t.trial.pages[stream], ptl.Events[E](want.All())
	if atom == nil {
		t.nothing(stream, p.seen.texts(expected))
	}
	if pairs, all := p.seen.matched(expected, atom); !all {
		t.differs(p, fmt.Sprintf("the next atom of %s holds other events, in whatever order", stream), diffUnordered(p.seen, expected, atom, pairs))
	}
}

// ExpectOneOf expects the next atom of a stream that is not empty to be one of these.
func ExpectOneOf[E any](t *T, stream string, wants ...ptl.List[E]) {
	atom := t.next(stream, false)
	p := t.trial.pages[stream]
	var nearest []string
	for _, want := range wants {
		expected := ptl.Events[E](want.All())
		if atom == nil {
			nearest = append(nearest, oneLine(p.seen.texts(expected)))
			continue
		}
		if p.seen.same(expected, atom) {
			return
		}
		if diff := diffEvents(p.seen, expected, atom); nearest == nil || marked(diff) < marked(nearest) {
			nearest = diff
		}
	}
	if atom == nil {
		t.failWith(Failure{Message: fmt.Sprintf("nothing more has come on %s", stream), Expected: nearest, Notes: t.trial.waiting()})
	}
	message := fmt.Sprintf("the next atom of %s is none of these", stream)
	if len(wants) > 1 {
		message += "; it is nearest to this one"
	}
	t.differs(p, message, nearest)
}

// ExpectNone expects that nothing more is there.
func ExpectNone(t *T, stream string) {
	if notes := leftOver(t.trial.pages[stream], ""); notes != nil {
		t.failWith(Failure{Message: fmt.Sprintf("something more has come on %s", stream), Notes: notes})
	}
}

// ExpectSealed expects that a stream is sealed and at its end.
func ExpectSealed(t *T, stream string) {
	if notes := leftOver(t.trial.pages[stream], ""); notes != nil {
		t.failWith(Failure{Message: fmt.Sprintf("the stream %s is not at its end", stream), Notes: notes})
	}
	if !t.trial.sealed(stream) {
		t.failWith(Failure{Message: fmt.Sprintf("the stream %s is not sealed", stream), Notes: t.trial.waiting()})
	}
}

// Holds expects a truth.
func (t *T) Holds(holds bool) {
	if !holds {
		t.fail("this does not hold")
	}
}

// Equal expects an equality, whose right side is what the test wants.
func Equal[V any](t *T, typ *ptl.Type[V], seen, want V) {
	if typ.Equal(seen, want) {
		return
	}
	is, should := string(typ.Quote(nil, seen)), string(typ.Quote(nil, want))
	f := Failure{Message: "the two sides differ"}
	if diff := diffValues(parse(should), parse(is), 0); len(diff) > 2 {
		diff[len(diff)-1] = strings.TrimSuffix(diff[len(diff)-1], ",")
		f.Diff = diff
	} else {
		f.Expected, f.Seen = []string{should}, is
	}
	t.failWith(f)
}

// next takes an atom; empty tells that the line expects one without events, which there is none to look at.
func (t *T) next(stream string, empty bool) ptl.Batch {
	if empty {
		t.fail("an empty atom is never seen: write `expect %s none` where nothing more is to come", stream)
	}
	return t.trial.pages[stream].next()
}

// nothing is the failure of a line that expects an atom which has not come.
func (t *T) nothing(stream string, want []string) {
	t.failWith(Failure{Message: fmt.Sprintf("nothing more has come on %s", stream), Expected: []string{oneLine(want)}, Notes: t.trial.waiting()})
}

func (t *T) differs(p *page, message string, diff []string) {
	t.failWith(Failure{Message: message, Diff: diff, Notes: leftOver(p, " behind it")})
}

// mostLeft is how many atoms that are left over are shown.
const mostLeft = 5

// leftOver tells of the atoms that nobody has expected; nil if there are none.
func leftOver(p *page, where string) []string {
	rest := p.rest()
	if len(rest) == 0 {
		return nil
	}
	notes := []string{fmt.Sprintf("left over on %s%s:", p.seen.stream, where)}
	for i, atom := range rest {
		if i == mostLeft {
			notes = append(notes, fmt.Sprintf("  … and %d more", len(rest)-i))
			break
		}
		notes = append(notes, "  "+oneLine(p.seen.texts(atom)))
	}
	return notes
}
