package ptl

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// StateKind tells what the entries of a States are.
type StateKind uint8

// The kinds of States.
const (
	StatePerKey   StateKind = iota // the states of one key
	StateShared                    // the states that all keys share: one entry
	WaitingFrames                  // a handler that waits at an await
	ParkedItems                    // something that waits for its key, at an exclusive task
)

// Entry is a stored entry of a task's state, in a form that people read.
type Entry struct {
	Key    string  // JSON; "" for shared state
	States string  // a JSON object with a field for each state; "" for what waits
	Items  uint64  // of collections in them that are stored by entry
	Waits  *Waiter // what waits; nil for state
}

// Waiter is what waits at a task.
type Waiter struct {
	Task    string
	Handler string   // that waits; "" for something that is parked
	Parked  string   // JSON of what is parked; "" for a handler
	Place   string   // of the await
	Since   Time     // the cut that stored it first
	For     []uint32 // the portals whose replies it waits for, as PortalMark marks them
}

// JSON is an entry of state as one object, in which the key comes first.
func (e Entry) JSON() string {
	if e.Key == "" {
		return e.States
	}
	rest := e.States[1:]
	if rest != "}" {
		rest = "," + rest
	}
	return `{"key":` + e.Key + rest
}

// Find is what the key of an entry has behind the prefix, for a key that people write: as JSON, or as in a flag.
func Find(s States, key string) (rest []byte, err error) { return s.find(key) }

// Show decodes a record of s, which is stored at a place. Of the record's key, rest is what stands behind the prefix.
func Show(s States, at Prefixes, rest, value []byte) (Entry, error) { return s.show(at, rest, value) }

var (
	errSlot = errors.New("it does not lie in the slot of its key")
	errMore = errors.New("there is more behind it")

	errNoState = errors.New("what waits is no state")
)

// finished is the error of r, or that something is left.
func finished(r *Reader) error {
	if r.Err() == nil && r.Len() > 0 {
		return errMore
	}
	return r.Err()
}

func (t *keyedTable[K, S]) show(at Prefixes, rest, value []byte) (Entry, error) {
	r := NewReader(rest)
	slot := r.Byte()
	key := t.key.Read(r)
	if err := finished(r); err != nil {
		return Entry{}, fmt.Errorf("its key: %w", err)
	}
	e := Entry{Key: string(t.key.AppendJSON(nil, key))}
	if byte(t.key.Hash(key)>>56) != slot {
		return e, errSlot
	}
	var s S
	has, err := t.records.read(value, func() []byte { return append(bytes.Clone(at.Items), rest...) }, &s)
	if err != nil {
		return e, err
	}
	e.Items = t.records.apart(has, &s)
	e.States = string(t.state.JSON(nil, &s))
	return e, nil
}

func (s *Single[S]) show(at Prefixes, _, value []byte) (Entry, error) {
	var state S
	has, err := s.records.read(value, func() []byte { return bytes.Clone(at.Items) }, &state)
	if err != nil {
		return Entry{}, err
	}
	return Entry{States: string(s.typ.JSON(nil, &state)), Items: s.records.apart(has, &state)}, nil
}

func (t *waitingTable[K, F]) show(_ Prefixes, rest, value []byte) (Entry, error) {
	f, err := t.decode(rest, value)
	if err != nil {
		return Entry{}, err
	}
	w := &Waiter{Task: t.name, Handler: t.typ.Name, Since: f.since}
	for _, p := range t.typ.Points {
		if p.At == *t.typ.At(&f.data) {
			w.Place = p.Place
		}
	}
	t.typ.Futures(&f.data, &Visit{future: func(future AnyFuture) {
		if !future.Done() {
			w.For = append(w.For, future.head().asked)
		}
	}})
	return Entry{Key: string(t.key.AppendJSON(nil, f.key)), Waits: w}, nil
}

func (t *gateTable[K, P]) show(_ Prefixes, rest, value []byte) (Entry, error) {
	_, key, p, err := t.decode(rest, value)
	if err != nil {
		return Entry{}, err
	}
	w := &Waiter{Task: t.task, Parked: `"…"`, Since: p.since}
	if t.item.AppendJSON != nil {
		w.Parked = string(t.item.AppendJSON(nil, p.item))
	}
	return Entry{Key: string(t.key.AppendJSON(nil, key)), Waits: w}, nil
}

func (t *keyedTable[K, S]) find(text string) ([]byte, error) {
	key, err := t.key.ReadJSON(jsontext.NewDecoder(strings.NewReader(text)))
	if err != nil && t.key.ReadText != nil {
		key, err = t.key.ReadText(text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is not a key of task %s, whose keys are of type %s", text, t.name, t.key.Name)
	}
	return t.key.Append([]byte{byte(t.key.Hash(key) >> 56)}, key), nil
}

func (s *Single[S]) find(string) ([]byte, error) {
	return nil, fmt.Errorf("the state of task %s is shared: it has no keys", s.name)
}

func (t *waitingTable[K, F]) find(string) ([]byte, error) { return nil, errNoState }

func (t *gateTable[K, P]) find(string) ([]byte, error) { return nil, errNoState }

// Kind tells what the entries are.
func (t *keyedTable[K, S]) Kind() StateKind { return StatePerKey }

// Kind tells what the entries are.
func (s *Single[S]) Kind() StateKind { return StateShared }

// Kind tells what the entries are.
func (t *waitingTable[K, F]) Kind() StateKind { return WaitingFrames }

// Kind tells what the entries are.
func (t *gateTable[K, P]) Kind() StateKind { return ParkedItems }

// PortalMark is a short mark for a portal, the same in all versions of a program: what waits remembers by it whom it
// asked, in four bytes. It is never 0, and no two portals of an app have the same.
func PortalMark(name string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(name))
	return max(h.Sum32(), 1)
}
