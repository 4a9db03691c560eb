package ptl

import (
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

// Lane is what one worker of a workflow works with; generated code embeds it in a struct with the workflow's own
// parts. Lane 0 exists always and, for small atoms, does all the work (Inline): events are handed on by calls. For large
// atoms, stages run on all lanes at once, each on its partition of the keys, and events change hands through exchanges.
type Lane struct {
	// Inline tells that this lane does the whole atom: hand events on by calls, not through an Exchange.
	Inline bool
	// Guarded tells that a handler that fails is undone alone, so handlers must run under a Guard.
	Guarded bool
	// Event is the index of the event that the lane works on, in what it was given of the atom; -1 when there is none.
	Event int

	index int
	atom  uint64 // number of the running atom, never 0, another for each attempt
	flow  *flow
	first int    // the index of Event 0 in the atom
	swap  int    // 1: events stand in the wrong order, for tests of tests
	count uint32 // of what the running handler has sent so far
	// Where it stands when not Inline: at Event, at near, or at cur.
	stands standing
	near   near
	cur    ord
	rand   *rand.Rand
	asked  []*futureHead // the futures that the running handler has made
	// missing are the futures that it waits for and that AwaitsAll has not found done.
	missing uint32
	above   Trail // of the request that it handles
	// firstAsk is the number of its first ask or timer, by which the handler is known; 0 when it has made none. resumes is that of
	// a handler which goes on.
	firstAsk, resumes uint64
	// suspended is the frame that was suspended last.
	suspended holder
}

// standing says how a lane knows where it stands.
type standing uint8

const (
	atPlace standing = iota
	atEvent
	atNear
)

// flow is what the lanes of a workflow share.
type flow struct {
	name    string
	lanes   int
	runtime Runtime
	atoms   int64 // atoms of the workflow so far: whose turn it is in `steps`
	turns   []turn
	asks    counter       // numbers of asks
	parked  atomic.Uint64 // and of what was parked, so far
	ends    ends          // the portals that it asks
	timers  timers        // that handlers wait for
	gated   bool          // some of its tasks are exclusive, and wait

	// again tells that an atom that has failed runs once more, to see what over.
	again bool

	mu     sync.Mutex
	now    Time // of the running atom; 0: not asked for yet
	last   Time
	failed []skipped
}

// Runtime is what a running workflow needs of the engine.
type Runtime struct {
	Lanes   int         // number of partitions, 1 or more
	Guarded bool        // failed handlers are skipped (`--on-failure skip`)
	Now     func() Time // wall clock
	Seed    func() uint64
	Log     *slog.Logger
	// Parallel calls work(0) … work(n-1), possibly at once, and returns when all have returned.
	Parallel func(n int, work func(i int))
	// ParallelEvents is the size of an atom from which the lanes share it; 0 lets the workflow find out, by the clock, when
	// that pays.
	ParallelEvents int
	// InTurn has one worker do what the lanes would share, in stages, where ParallelEvents says from when on.
	InTurn bool
	// Break makes the workflow do the wrong thing at a place of that name, for tests of tests; nil otherwise.
	Break func(place string) bool
	// Number is the workflow's, the same in every run on a store.
	Number uint64
	// Exclusive tells that some task of the application is exclusive, so requests carry their trails.
	Exclusive bool
	Deadlocks *Deadlocks
	// Refused (or nil) is told, at the end of an atom, of a request that an exclusive task refused because of a deadlock: of
	// all that the atom brought to that closed key, the n-th from 0.
	Refused func(task, key string, n int)
	// Load reads a stored value of state; ok is false when there is none. nil: nothing is stored.
	Load func(key []byte) (value []byte, ok bool, err error)
	// Scan visits the stored values whose keys begin with prefix.
	Scan func(prefix []byte, visit func(key, value []byte) error) error
	// RecordLimit is the size of a record from which large collections in it are stored by entry; 0: the default.
	RecordLimit int
	// Evicts tells that Evict will be called: memory is counted.
	Evicts bool
}

// NewLane is a lane of no workflow, for functions that are called outside of any: by tests.
func NewLane(name string, r Runtime) *Lane {
	return &Lane{Inline: true, flow: &flow{name: name, runtime: r}}
}

func (l *Lane) base() *Lane { return l }

// Begin forgets the asks of the handler before; a handler that asks begins with it.
func (l *Lane) Begin() {
	l.above, l.firstAsk = nil, l.resumes
	if len(l.asked) > 0 {
		l.forget()
	}
}

// forget frees the futures of a handler that has ended and nobody waited for.
func (l *Lane) forget() {
	for _, h := range l.asked {
		l.flow.ends.release(h)
	}
	l.asked = l.asked[:0]
}

// BeginRequest is Begin for the handler of a request, whose own asks descend from it.
func BeginRequest[Req any](l *Lane, r *Request[Req]) {
	l.Begin()
	l.above = r.Trail
}

// read makes the lane ready for events of the atom from number first on; whoever takes them keeps Event up to date, as
// Reads says.
func (l *Lane) read(first int) {
	l.first, l.stands, l.count, l.swap = first, atEvent, 0, 0
	if l.flow.breaks("merge out of order") {
		l.swap = 1
	}
}

// rest ends that.
func (l *Lane) rest() {
	l.Event, l.first, l.stands = -1, 0, atPlace
}

// begin places the lane at o before it handles what stands there.
func (l *Lane) begin(o ord) {
	l.stands, l.cur, l.count = atPlace, o, 0
}

// beginNear is begin for what was sent while the input was read.
func (l *Lane) beginNear(n near) {
	l.stands, l.near, l.count = atNear, n, 0
}

// place is where the running handler stands.
func (l *Lane) place() ord {
	switch l.stands {
	case atEvent:
		return ord{depth: 1, at: [maxHops]uint32{l.input()}}
	case atNear:
		return l.near.ord()
	}
	return l.cur
}

// next is the place of the next emission of the running handler. The counts of what events emit need not begin at 0: they
// are compared for one event only.
func (l *Lane) next() ord {
	l.count++
	o := l.place()
	return o.child(l.count - 1)
}

// reached is the place behind all that the running handler, or the input event, has sent: of a step that fails, other steps may have sent
// something before. What it shares that place with is sent later.
func (l *Lane) reached() ord {
	o := l.place()
	return o.child(l.count)
}

// nextNear is next for a lane that reads the input.
func (l *Lane) nextNear() near {
	l.count++
	return near(l.input())<<32 | near(l.count-1)
}

// input is where Event stands in the atom.
func (l *Lane) input() uint32 { return uint32((l.first + l.Event) ^ l.swap) }

// event is the number of Event in the atom, or -1.
func (l *Lane) event() int {
	if l.Event < 0 {
		return -1
	}
	return l.first + l.Event
}

// Now is the time of the running atom: one value for all of it, never before that of an earlier atom.
func (l *Lane) Now() Time {
	f := l.flow
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now == 0 {
		f.last = max(f.last, f.runtime.Now())
		f.now = f.last
	}
	return f.now
}

// Random is a uniform random Int in [0, n); it fails the event when n is not positive.
func (l *Lane) Random(n int64) int64 {
	if n <= 0 {
		Fail("random(n) needs n > 0")
	}
	return l.generator().Int64N(n)
}

// UUID is a random identifier (version 4).
func (l *Lane) UUID() string {
	const digits = "0123456789abcdef"
	var raw [16]byte
	g := l.generator()
	for i := 0; i < 16; i += 8 {
		v := g.Uint64()
		for j := range 8 {
			raw[i+j] = byte(v >> (8 * j))
		}
	}
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80
	out := make([]byte, 0, 36)
	for i, b := range raw {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			out = append(out, '-')
		}
		out = append(out, digits[b>>4], digits[b&15])
	}
	return string(out)
}

func (l *Lane) generator() *rand.Rand {
	if l.rand == nil {
		seed := l.flow.runtime.Seed
		l.rand = rand.New(rand.NewPCG(seed(), seed()))
	}
	return l.rand
}

// Log writes what a `log` statement says. Where there is no lane, as in what is computed before anything runs, it is nil.
func (l *Lane) Log(place, text string) {
	if l == nil {
		slog.Info(text, "at", place)
		return
	}
	if l.flow.again {
		return
	}
	l.flow.runtime.Log.Info(text, "workflow", l.flow.name, "at", place)
}

// Guard calls a handler that has no state. A failure is returned instead of passed on.
func (l *Lane) Guard(call func()) (f *Fault) {
	defer func() {
		if r := recover(); r != nil {
			f = recovered(r)
		}
	}()
	call()
	return nil
}

// Skip is told of an event that failed. By the policy `skip` it is put aside; else its failure is that of the atom.
func (l *Lane) Skip(f *Fault, task string, key, event string) {
	if !l.flow.runtime.Guarded {
		f.Task, f.Key, f.Event = task, key, event
		panic(f)
	}
	l.putAside(f, task, key, event)
}

// putAside makes an event that failed a dead letter, which there is when the atom commits.
func (l *Lane) putAside(f *Fault, task string, key, event string) {
	d := &DeadLetter{Event: event, Task: task, Key: key, Error: f.Message, Place: f.Site.String()}
	l.flow.mu.Lock()
	l.flow.failed = append(l.flow.failed, skipped{d, l.reached()})
	l.flow.mu.Unlock()
}

// SkipFailing is what a segment of steps defers when it is guarded: Skip is told of an event on which a step fails.
func SkipFailing[T any](l *Lane, t *Type[T], event T) {
	if r := recover(); r != nil {
		l.Skip(ofStep(r), "", "", string(t.AppendJSON(nil, event)))
	}
}

// ofStep makes a Fault of what a step has failed with. A Fault already is that of a handler or step further on, which Skip
// has passed on.
func ofStep(r any) *Fault {
	if f, ok := r.(*Fault); ok {
		panic(f)
	}
	return recovered(r)
}

// skipping lets take work on the events from number from on. When a step fails, its event is put aside; next is where to
// go on.
func (l *Lane) skipping(s *StreamNode, events Batch, from, until int, take func()) (next int) {
	l.read(from)
	defer func() {
		if r := recover(); r != nil {
			f := ofStep(r)
			if l.Event < 0 {
				panic(f) // of no event
			}
			l.Skip(f, "", "", string(s.EventJSON(events, l.event())))
			next = l.event() + 1
		}
	}()
	l.Event = -1
	take()
	return until
}

// nextAsk is the number of the running handler's next ask or timer, under a key with hash h; its low byte is the slot of the key.
func (l *Lane) nextAsk(h uint64) uint64 {
	id := l.flow.asks.next(l.Inline)<<8 | h>>56
	if l.firstAsk == 0 {
		l.firstAsk = id
	}
	return id
}

// counter gives numbers, each once. Those that a lane takes which does an atom alone cost no atomic operation.
type counter struct {
	shared atomic.Uint64 // how many were given to lanes that share an atom
	alone  uint64        // and to a lane alone
}

func (c *counter) next(alone bool) uint64 {
	if alone {
		c.alone++
		return c.shared.Load() + c.alone
	}
	return c.shared.Add(1) + c.alone
}

// given is how many numbers were given so far.
func (c *counter) given() uint64 { return c.shared.Load() + c.alone }

// breaks tells whether a test wants the wrong thing done here.
func (f *flow) breaks(place string) bool { return f.runtime.Break != nil && f.runtime.Break(place) }

// turn is one `steps` of a workflow: how many atoms each task handles before the next one's turn.
type turn struct {
	name  string
	times []int64
	cycle int64
}

// Turn is the index of the task of `steps` number group whose turn the running atom is.
func (l *Lane) Turn(group int) int {
	t := &l.flow.turns[group]
	n := l.flow.atoms % t.cycle
	for i, times := range t.times {
		if n < times {
			return i
		}
		n -= times
	}
	return len(t.times) - 1
}
