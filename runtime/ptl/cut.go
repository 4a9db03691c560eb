package ptl

import (
	"fmt"
	"math"
	"strconv"
)

// AtomLimit bounds an atom, because an atom is held in memory while it runs. Zero fields stand for the defaults.
type AtomLimit struct {
	Events int64
	Bytes  int64 // of input
}

// The default AtomLimit.
const (
	DefaultAtomEvents = 1_000_000
	DefaultAtomBytes  = 256 << 20
)

// AtomTooLarge is the error of a source whose atom passes the limit.
type AtomTooLarge struct {
	Stream string
	Limit  int64
	Unit   string // "events" or "bytes"
}

func (e *AtomTooLarge) Error() string {
	of := "an atom"
	if e.Stream != "" {
		of += " of stream " + e.Stream
	}
	return fmt.Sprintf("%s passes the limit of %s %s: cut its source into smaller atoms, such as `atom: 1000`",
		of, thousands(e.Limit), e.Unit)
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Cutter says where the atoms of a source end. A source calls Start before the first event of an atom and Add after
// each. The limit on events holds for atoms that nothing else would end: who asks for larger atoms by number gets them,
// and atoms cut by time end at the limit, since where time cuts is free anyway. The limit on bytes holds for all.
type Cutter struct {
	cut       Cut
	env       *Env
	maxEvents int64
	maxBytes  int64

	events, bytes int64
	look          int64 // the number of events at which Add looks closer
	deadline      Time
}

// clockEvery is how many events pass between two looks at the clock, which costs more than an event may.
const clockEvery = 16

// NewCutter returns the cutter of a source.
func NewCutter(cut Cut, env *Env) *Cutter {
	c := &Cutter{cut: cut, env: env, maxEvents: env.Limit.Events, maxBytes: env.Limit.Bytes}
	if c.maxEvents <= 0 {
		c.maxEvents = DefaultAtomEvents
	}
	if c.maxBytes <= 0 {
		c.maxBytes = DefaultAtomBytes
	}
	c.Start()
	return c
}

// Start begins an atom.
func (c *Cutter) Start() {
	c.events, c.bytes = 0, 0
	c.setLook()
}

func (c *Cutter) setLook() {
	switch {
	case c.cut.Events > 0:
		c.look = c.cut.Events
	case c.cut.After > 0:
		c.look = c.maxEvents
	default:
		c.look = c.maxEvents + 1
	}
	if c.cut.After > 0 {
		c.look = min(c.look, c.events+clockEvery)
		if c.events == 0 {
			c.look = 1
		}
	}
}

// Events is how many events the atom has so far.
func (c *Cutter) Events() int64 { return c.events }

// Deadline is when an atom that has events ends by time; ok is false if time does not end it.
func (c *Cutter) Deadline() (at Time, ok bool) { return c.deadline, c.cut.After > 0 && c.events > 0 }

// Room is how many events Add can take at once without passing a point where it must look.
func (c *Cutter) Room() int64 { return c.look - c.events }

// Add counts events and their bytes and tells whether they close the atom.
func (c *Cutter) Add(events, bytes int64) (closed bool, err error) {
	c.events += events
	c.bytes += bytes
	if c.events < c.look && c.bytes <= c.maxBytes {
		return false, nil
	}
	return c.decide()
}

func (c *Cutter) decide() (closed bool, err error) {
	switch {
	case c.bytes > c.maxBytes:
		return false, &AtomTooLarge{c.env.Stream, c.maxBytes, "bytes"}
	case c.cut.Events > 0 && c.events >= c.cut.Events:
		return true, nil
	case c.cut.Events <= 0 && c.cut.After > 0 && c.events >= c.maxEvents:
		return true, nil
	case c.cut.Events <= 0 && c.events > c.maxEvents:
		return false, &AtomTooLarge{c.env.Stream, c.maxEvents, "events"}
	}
	if c.cut.After > 0 {
		if now := c.env.Now(); c.events == 1 {
			c.deadline = later(now, c.cut.After)
		} else if now >= c.deadline {
			return true, nil
		}
	}
	c.setLook()
	return false, nil
}

// later is t + d, or the end of time.
func later(t Time, d Duration) Time {
	if sum := t + Time(d); d <= 0 || sum >= t {
		return sum
	}
	return math.MaxInt64
}
