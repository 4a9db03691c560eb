package engine

import (
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/ptl"
)

// resting decides how long changes that nobody waits for rest until they are committed. Meanwhile a key that changes again is stored
// once, and a handler that ends not at all. They rest least; and twice as long, and again, up to most, where collecting a cut takes a
// restful-th of the time or more, as long as that pays: where the same keys change all the time, an event costs less.
type resting struct {
	least, most ptl.Duration
	now         atomic.Int64 // how long they rest, as a ptl.Duration
	before      cutSize      // when they rested half as long
	settled     int          // so many cuts more it stays as it is
	usual       atomic.Int64 // what collecting a cut takes of late, as a ptl.Duration: at least
}

// cutSize is how many bytes a cut has stored, and the weight of the atoms that led to them.
type cutSize struct{ bytes, weight float64 }

const (
	restful   = 20
	restsStay = 16 // cuts until it is tried again

	// Of what somebody waits for, too, collecting may take a part of the time; but it waits only so many times as long for that.
	soonShare = 10
	soonMost  = 4
)

// soon is how long changes rest that somebody waits for, while there is other work: an interval, or longer where cuts are dear.
func (r *resting) soon(interval ptl.Duration) ptl.Duration {
	return min(max(interval, soonShare*ptl.Duration(r.usual.Load())), soonMost*interval)
}

func (r *resting) begin(least, most ptl.Duration) {
	r.least, r.most = least, most
	r.now.Store(int64(least))
}

// collected learns of a cut how long it took to collect, with what was written later, how long after the one before it began, and its size.
func (r *resting) collected(took, since ptl.Duration, size cutSize) {
	usual := r.usual.Load()
	r.usual.Store(min(int64(took), usual+usual/4+int64(20*ptl.Microsecond)))
	now := ptl.Duration(r.now.Load())
	switch {
	case since < now || size.bytes == 0: // somebody waited for it
	case r.settled > 0:
		r.settled--
	case now > r.least && !size.pays(r.before):
		r.now.Store(int64(now / 2))
		r.settled = restsStay
	case now < r.most && restful*took > now:
		r.before = size
		r.now.Store(int64(min(2*now, r.most)))
	}
}

// pays tells whether a cut after which more has changed than after one before has stored less for it: as if two events of five found
// stored what they change.
func (s cutSize) pays(before cutSize) bool {
	more := s.weight - before.weight
	return more < before.weight/8 || s.bytes < before.bytes*(1+0.6*more/before.weight)
}
