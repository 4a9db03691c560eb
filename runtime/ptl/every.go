package ptl

import (
	"errors"
)

// ticker is the source of Every.
type ticker struct {
	d         Duration
	env       *Env
	due       Time // of the next tick; 0 before the first call of Next
	interrupt chan struct{}
}

// Every generates the time, in an atom of its own, every d, first when d has passed. When the app cannot follow, ticks
// are left out rather than crowded: those that come keep the rhythm. It is not replayable: when it ticked is a fact to log.
func Every(d Duration) Source[Time] {
	return &ticker{d: d, interrupt: make(chan struct{}, 1)}
}

func (g *ticker) Open(env *Env, _ []byte) error {
	if g.d <= 0 {
		return errors.New("every(" + string(ShowDuration(nil, g.d)) + ") must be given a duration above 0s")
	}
	g.env = env
	return nil
}

func (g *ticker) Next(buf []Time) ([]Time, []byte, error) {
	now := g.env.Now()
	if g.due == 0 {
		g.due = later(now, g.d)
	}
	// The test comes even if the tick is due: otherwise an app that cannot follow could not be stopped.
	select {
	case <-g.interrupt:
		return buf, nil, ErrInterrupted
	default:
	}
	if now < g.due {
		select {
		case <-g.interrupt:
			return buf, nil, ErrInterrupted
		case <-g.env.After(Duration(g.due - now)):
		}
		now = max(g.due, g.env.Now())
	}
	missed := Duration(now-g.due) / g.d
	g.due = later(g.due+Time(missed*g.d), g.d)
	return append(buf, now), nil, nil
}

// Interrupt implements Source.
func (g *ticker) Interrupt() {
	select {
	case g.interrupt <- struct{}{}:
	default:
	}
}

func (g *ticker) Close() error     { return nil }
func (g *ticker) Replayable() bool { return false }
