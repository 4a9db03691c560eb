package ptltest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portals-lang/portals/runtime/ptl"
)

// Suite is an application with its tests: what generated code exports.
type Suite struct {
	App   *ptl.App
	Tests []*Test

	whole *ptl.App // App and those that it imports, if there are some
}

// With adds the apps that App imports, directly or not. They run in the tests that name one of them, cut off from the world
// as App is.
func (s *Suite) With(peers ...*ptl.App) *Suite {
	s.whole = ptl.Together(append([]*ptl.App{s.App}, peers...)...)
	return s
}

// all is all that can run in a test: its params are those that can be set.
func (s *Suite) all() *ptl.App {
	if s.whole != nil {
		return s.whole
	}
	return s.App
}

// Test is a test of an application.
type Test struct {
	Name  string
	Place string
	Sees  []Seen   // the streams whose atoms it expects
	Feeds []string // the streams of other apps that it feeds or seals
	Asks  []Client // its ends of portals
	Run   func(t *T)
}

// namesPeers tells whether the test names something of another app: `shop.orders`.
func (t *Test) namesPeers() bool {
	isPeers := func(name string) bool { return strings.Contains(name, ".") }
	return slices.ContainsFunc(t.Feeds, isPeers) ||
		slices.ContainsFunc(t.Sees, func(s Seen) bool { return isPeers(s.stream) }) ||
		slices.ContainsFunc(t.Asks, func(c Client) bool { return isPeers(c.portal) })
}

// T is a test that runs.
type T struct {
	trial *trial
	place string // of the running line
	text  string

	failure *Failure
}

// At tells where in the program the calls that follow stand, and how they read there.
func (t *T) At(place, text string) { t.place, t.text = place, text }

// Feeding is one atom for one stream.
type Feeding struct {
	stream string
	events ptl.Batch
}

// Atom is an atom for a stream.
func Atom[E any](stream string, events ptl.List[E]) Feeding {
	return Feeding{stream, ptl.Events[E](events.All())}
}

// Feed gives atoms to streams, all before anything runs, and lets the application run until nothing moves.
func (t *T) Feed(atoms ...Feeding) {
	for _, a := range atoms {
		f := t.trial.feeds[a.stream]
		if f.sealed {
			t.fail("the stream %s is sealed: it takes no more atoms", a.stream)
		}
		f.atoms = append(f.atoms, t.trial.given(a.stream, a.events))
	}
	t.settle()
}

// Seal seals a stream.
func (t *T) Seal(stream string) {
	t.trial.feeds[stream].sealed = true
	t.settle()
}

// Advance moves the clock.
func (t *T) Advance(by ptl.Duration) {
	if by < 0 {
		t.fail("the clock cannot go back, by %s", ptl.DurationType.Text(by))
	}
	w := t.trial.world
	until := ptl.AddTime(w.now, by)
	for w.pass(until) {
		t.settle()
	}
}

// Ask asks a portal and returns the reply.
func Ask[Req, Rep any](t *T, portal string, req Req) Rep {
	requests, replies := t.trial.feeds[asksName(portal)], t.trial.pages[asksName(portal)]
	if t.trial.over {
		t.fail("the app is complete: nobody answers %s any more", portal)
	}
	requests.atoms = append(requests.atoms, ptl.Events[Req]{req})
	t.settle()
	atom := replies.next()
	if atom == nil {
		t.failWith(Failure{Message: fmt.Sprintf("the ask of %s is not answered, and nothing moves any more", portal), Notes: t.trial.waiting()})
	}
	reply := atom.(ptl.Events[ptl.Result[Rep, ptl.Error]])[0]
	if !reply.OK {
		t.fail("the ask of %s failed: %s", portal, reply.Err.Message)
	}
	return reply.Value
}

// AsksNoMore tells that the test will not ask a portal again, so that the workflow which answers it may be complete.
func (t *T) AsksNoMore(portal string) {
	t.trial.feeds[asksName(portal)].sealed = true
	t.settle()
}

// Lane is for functions that log.
func (t *T) Lane() *ptl.Lane {
	return ptl.NewLane("test", ptl.Runtime{Log: t.trial.log.logger(), Now: t.trial.world.clock, Seed: t.trial.world.dice.Uint64})
}

// settle lets the application run until nothing moves.
func (t *T) settle() {
	if f := t.trial.settle(); f != nil {
		t.failWith(*f)
	}
}

// fail ends the test.
func (t *T) fail(format string, args ...any) {
	t.failWith(Failure{Message: fmt.Sprintf(format, args...)})
}

// failWith ends the test, whose trial looks at the failure before it looks at the panic.
func (t *T) failWith(f Failure) {
	f.Place, f.Line = t.place, t.text
	t.failure = &f
	panic(ptl.Failure{Message: f.Message})
}

// Failure is why a test failed.
type Failure struct {
	Place    string   `json:"place,omitempty"` // of the line that failed
	Line     string   `json:"line,omitempty"`  // how it reads
	Message  string   `json:"message"`
	Diff     []string `json:"diff,omitempty"` // lines; `-` before what was expected, `+` before what was seen
	Expected []string `json:"expected,omitempty"`
	Seen     string   `json:"seen,omitempty"`
	Notes    []string `json:"notes,omitempty"` // atoms left over, handlers that wait
	Log      []string `json:"log,omitempty"`   // the last that the app has logged
}
