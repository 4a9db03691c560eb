package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portals-lang/portals/runtime/ptl"
)

// State is what a task keeps, per key or shared.
type State struct {
	A, B int64
	// Life is the most life that any event of the running atom had: what barriers emit descends from it.
	Life int64
	// Many and Row are large soon enough to be stored by entry.
	Many ptl.Map[int64, int64]
	Row  ptl.List[int64]
}

// initial tells whether nothing has changed.
func (s *State) initial() bool {
	return s.A == 0 && s.B == 0 && s.Life == 0 && s.Many.Len() == 0 && s.Row.Len() == 0
}

// same tells whether two states are.
func (s *State) same(other State) bool {
	return s.A == other.A && s.B == other.B && s.Life == other.Life && slices.Equal(s.Row.All(), other.Row.All()) &&
		manyType.Equal(s.Many, other.Many) && slices.Equal(ptl.MapKeys(s.Many).All(), ptl.MapKeys(other.Many).All())
}

// taken is a copy of s that its changes do not reach.
func (s *State) taken() State {
	s.Many.Share()
	s.Row.Share()
	return *s
}

// An event is a number; its low bits are its life, which each emission and each ask of what it causes has less of. So
// whatever circles there are, every run ends.
const lifeBits = 4

func life(v int64) int64 { return v & (1<<lifeBits - 1) }

func event(payload, life int64) int64 {
	return payload&(1<<32-1)<<lifeBits | min(max(life, 0), 1<<lifeBits-1)
}

// mix is a hash of small numbers: events of different origin are different.
func mix(vs ...int64) int64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, v := range vs {
		h ^= uint64(v)
		h *= 0xbf58476d1ce4e5b9
		h ^= h >> 29
	}
	return int64(h >> 33)
}

// Op is an operation of a handler.
type Op int

// The operations. X is the event or request that is handled, R the last reply that was awaited.
const (
	Update    Op = iota // state.A = mix(state.A, X, R, N)
	Count               // state.B++
	Reset               // if X % M == 0: the state is as at first
	Emit                // if (X + state.A) % M != 0: emit mix(X, state, R, N)
	Fail                // if (X + state.A) % M == 0: fail
	Ask                 // slot N = ask portal P (mix(X, state.A))
	Tell                // ask portal P, for whose reply nobody waits
	Await               // R = await slot N; a failed ask fails the handler
	Try                 // R = try await slot N; -1 when the ask failed
	AwaitBoth           // await all slots
	AwaitAny            // await any slot
	Within              // R = await slot N within M milliseconds; -2 when the time was over first
	Reply               // reply mix(X, state, R)
	Again               // the first M times: go back N operations
	Grow                // M entries more in state.Many and state.Row
	Edit                // some of their entries change, others go
)

var opNames = [...]string{"update", "count", "reset", "emit", "fail", "ask", "tell", "await", "try", "awaitBoth", "awaitAny", "within", "reply", "again", "grow", "edit"}

// Instr is one operation with its operands.
type Instr struct {
	Op   Op
	N, M int64
	P    int // a portal of the application
}

func (i Instr) String() string {
	return fmt.Sprintf("%s(%d %d p%d)", opNames[i.Op], i.N, i.M, i.P)
}

// Body is a handler.
type Body []Instr

func (b Body) String() string {
	parts := make([]string, len(b))
	for i, in := range b {
		parts[i] = in.String()
	}
	return strings.Join(parts, "; ")
}

// slots is how many futures a handler holds.
const slots = 2

// future is a reply to come.
type future interface {
	Done() bool
	// outcome is what a future that is done holds: a reply, or the reason why there is none.
	outcome() (value int64, reason string, ok bool)
}

// Frame is a handler that runs or waits.
type Frame struct {
	Body    int // which handler of the task
	At      int // the next operation
	X, R    int64
	Turns   int64
	Replied bool
	Due     int64 // when alarm rings
	slot    [slots]future
	alarm   bell // of Within
}

// bell is a timer that a handler waits for.
type bell interface{ Done() bool }

// host is what the handler works on: the engine's parts, or the model's.
type host interface {
	state() *State
	emit(v int64)
	ask(portal int, v int64) future
	tell(portal int, v int64)
	reply(v int64)
	// after is a bell that rings in so many milliseconds, and when that is.
	after(ms int64) (bell, int64)
}

// outcome says how a handler came to stop.
type outcome struct {
	waits  bool
	failed string // why; "" if it did not
}

// run runs a handler on from where it stands.
func (f *Frame) run(b Body, h host) outcome {
	for f.At < len(b) {
		in := b[f.At]
		f.At++
		switch in.Op {
		case Ask:
			f.slot[in.N%slots] = nil
			if life(f.X) > 0 {
				f.slot[in.N%slots] = h.ask(in.P, event(mix(f.X, h.state().A, in.N), life(f.X)-1))
			}
		case Tell:
			if life(f.X) > 0 {
				h.tell(in.P, event(mix(f.X, h.state().A, in.N), life(f.X)-1))
			}
		case Await, Try, AwaitBoth, AwaitAny, Within:
			if !f.await(in) {
				if in.Op == Within && f.alarm == nil {
					f.alarm, f.Due = h.after(in.M)
				}
				f.At--
				return outcome{waits: true}
			}
			if reason := f.settle(in); reason != "" {
				return outcome{failed: reason}
			}
		case Reply:
			if !f.Replied {
				f.Replied = true
				h.reply(mix(f.X, h.state().A, h.state().B, f.R))
			}
		case Again:
			if f.Turns < in.M {
				f.Turns++
				f.At = max(f.At-1-int(in.N), 0)
			}
		case Fail:
			if in.M > 0 && (f.X>>lifeBits+h.state().A)%in.M == 0 {
				return outcome{failed: fmt.Sprintf("failed at %d", f.At)}
			}
		default:
			f.simple(in, h)
		}
	}
	return outcome{}
}

// simple runs an operation that neither waits nor fails.
func (f *Frame) simple(in Instr, h host) {
	s := h.state()
	switch in.Op {
	case Update:
		s.A = mix(s.A, f.X, f.R, in.N) % 1000
	case Count:
		s.B++
	case Reset:
		if in.M > 0 && f.X>>lifeBits%in.M == 0 {
			*s = State{Life: s.Life}
		}
	case Emit:
		if life(f.X) > 0 && (in.M == 0 || (f.X>>lifeBits+s.A)%in.M != 0) {
			h.emit(event(mix(f.X, s.A, s.B, f.R, in.N), life(f.X)-1))
		}
	case Grow:
		for i := range in.M {
			ptl.MapPut(&s.Many, mix(f.X, s.A, i)%50, mix(f.X, i))
			ptl.ListPush(&s.Row, mix(s.A, i)%100)
		}
	case Edit:
		s.edit(mix(f.X, s.A, in.N), in.M)
	}
}

// edit changes n entries, as h has it. What becomes of the collections shows in A, and so in all that is emitted later.
func (s *State) edit(h, n int64) {
	for i := range n {
		keys := ptl.MapKeys(s.Many)
		if keys.Len() == 0 || s.Row.Len() == 0 {
			break
		}
		k, at := keys.All()[mix(h, i)%int64(keys.Len())], mix(h, i)%int64(s.Row.Len())
		switch mix(h, i, 5) % 4 {
		case 0:
			ptl.MapRemove(&s.Many, k)
			ptl.ListRemoveAt(&s.Row, 0)
		case 1:
			ptl.MapUpdate(&s.Many, k, 0, func(v int64) int64 { return v + 1 })
			ptl.ListSet(&s.Row, at, h%1000)
		case 2:
			ptl.ListRemoveAt(&s.Row, at)
		case 3:
			ptl.ListInsert(&s.Row, at, k)
		}
		s.A = mix(s.A, k, ptl.MapGet(s.Many, k).Value, ptl.ListFirst(s.Row).Value) % 1000
	}
}

// await tells whether what an operation awaits is there.
func (f *Frame) await(in Instr) bool {
	switch in.Op {
	case AwaitBoth:
		for _, s := range f.slot {
			if s != nil && !s.Done() {
				return false
			}
		}
		return true
	case AwaitAny:
		open := false
		for _, s := range f.slot {
			if s != nil && s.Done() {
				return true
			}
			open = open || s != nil
		}
		return !open
	}
	s := f.slot[in.N%slots]
	return s == nil || s.Done() || in.Op == Within && f.alarm != nil && f.alarm.Done()
}

// settle takes what was awaited into R; a failed ask is a reason to fail.
func (f *Frame) settle(in Instr) (reason string) {
	take := func(s future) bool {
		if s == nil || !s.Done() {
			return false
		}
		v, why, ok := s.outcome()
		if ok {
			f.R = mix(f.R, v)
		} else if in.Op == Try {
			f.R = -1
		} else {
			reason = "the ask failed: " + why
		}
		return true
	}
	switch in.Op {
	case Within:
		f.alarm = nil
		if s := f.slot[in.N%slots]; s != nil && !take(s) {
			f.R = -2
		}
	case AwaitBoth:
		for _, s := range f.slot {
			if reason == "" {
				take(s)
			}
		}
	case AwaitAny:
		for _, s := range f.slot {
			if take(s) {
				break
			}
		}
	default:
		take(f.slot[in.N%slots])
	}
	return reason
}
