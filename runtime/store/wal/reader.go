package wal

import (
	"sync"
	"sync/atomic"
)

// reader follows the chain and shows each group to somebody, which takes longer than to follow it. So two of them read a log that is
// long enough: the second one begins at the start of a segment in its middle, which can be read by itself, while the first is on its way there.
// That the second has read the same log shows when the first has arrived: at the very record that the second began behind, whose checksum
// holds those of all records before. If it does not arrive, what the second one has found is of an earlier time, or lies behind
// damage, and nobody has seen it.
type reader struct {
	chain
	visit   func(Record) error // nil: nobody looks
	groups  uint64
	bytes   int64
	err     error
	stopped atomic.Bool // from outside
}

// run reads to the chain's end, or to its limit.
func (r *reader) run() {
	for !r.stopped.Load() {
		rec, ok, err := r.next()
		if !ok {
			r.err = err
			return
		}
		r.groups++
		r.bytes += int64(len(rec.Payload))
		if r.visit == nil {
			continue
		}
		if r.err = r.visit(rec); r.err != nil {
			return
		}
	}
}

// readAll reads the log behind a mark, if there is a middle, with two readers. The one that it gives came to the end of the log, or met
// the first thing that went wrong, and has counted all groups; parted tells whether it is the second.
func (d directory) readAll(opts Options, from Mark) (last *reader, parted bool) {
	first := &reader{chain: chain{dir: d, at: from}, visit: opts.Visit}
	if opts.Middle == (Mark{}) {
		first.run()
		return first, false
	}
	second := &reader{chain: chain{dir: d, at: opts.Middle}, visit: opts.Second}
	var reading sync.WaitGroup
	reading.Add(1)
	opts.Go(func() {
		defer reading.Done()
		second.run()
	})
	first.limit = &opts.Middle
	first.run()
	parted = first.err == nil && first.at == opts.Middle
	second.stopped.Store(!parted)
	reading.Wait()
	if !parted {
		return first, false
	}
	second.groups += first.groups
	second.bytes += first.bytes
	return second, true
}

// leastParted is how many segments are worth two readers.
const leastParted = 3

// middle is the mark behind the start of a segment before which about half of the log lies that begins at a mark; the zero Mark if
// it is too short. Segments are counted that have a sound start, and are not left over from before the one in front of them. One that
// cannot be read is met again by who follows the chain.
func (d directory) middle(from Mark, numbers []uint64) Mark {
	var starts []Mark
	var before header
	first := max(from.Segment, 1)
	for _, n := range numbers {
		if n < first {
			continue
		}
		h, wrong, err := d.start(n)
		if n != first+uint64(len(starts)) || wrong != "" || err != nil || h.epoch < before.epoch || h.seq < before.seq {
			break
		}
		before = h
		starts = append(starts, h.behind(n))
	}
	if len(starts) < leastParted {
		return Mark{}
	}
	return starts[len(starts)/2]
}
