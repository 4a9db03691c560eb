package fold

import (
	"bytes"
	"container/heap"
	"slices"
)

// span is a range deletion: everything from start up to, not including, end, that was there when it came.
type span struct {
	start, end []byte
	at         uint32 // its place in the leaf
}

// disjoint gives spans that do not overlap, ascending, each with the newest place of those that cover it. It walks
// the bounds from left to right with a heap of the spans that are open, newest on top.
func disjoint(ranges []span) []span {
	if len(ranges) < 2 {
		return ranges
	}
	slices.SortFunc(ranges, func(a, b span) int { return bytes.Compare(a.start, b.start) })
	bounds := make([][]byte, 0, 2*len(ranges))
	for _, s := range ranges {
		bounds = append(bounds, s.start, s.end)
	}
	slices.SortFunc(bounds, bytes.Compare)
	bounds = slices.CompactFunc(bounds, bytes.Equal)

	var out []span
	var open newest
	for i, bound := range bounds[:len(bounds)-1] {
		for len(ranges) > 0 && bytes.Equal(ranges[0].start, bound) {
			heap.Push(&open, ranges[0])
			ranges = ranges[1:]
		}
		for len(open) > 0 && bytes.Compare(open[0].end, bound) <= 0 {
			heap.Pop(&open)
		}
		if len(open) > 0 {
			out = append(out, span{start: bound, end: bounds[i+1], at: open[0].at})
		}
	}
	return out
}

// ranges are those of a fold. What several of them amount to is kept once: the same few may be deleted again and again.
type ranges struct {
	spans []span
	held  int // about how much memory they have
	many  int // of spans: so many are united
}

// leastMany is how many ranges are worth uniting; spanHolds is what one takes beside its bounds.
const (
	leastMany = 1 << 10
	spanHolds = 64
)

func (r *ranges) add(start, end []byte) {
	if len(r.spans) >= max(r.many, leastMany) {
		r.unite()
		r.many = 2 * len(r.spans)
	}
	both := append(append(make([]byte, 0, len(start)+len(end)), start...), end...)
	r.spans = append(r.spans, span{start: both[:len(start):len(start)], end: both[len(start):]})
	r.held += len(both) + spanHolds
}

// unite makes one of ranges that overlap or touch, and puts them in order.
func (r *ranges) unite() {
	slices.SortFunc(r.spans, func(a, b span) int { return bytes.Compare(a.start, b.start) })
	united := r.spans[:0]
	r.held = 0
	for _, s := range r.spans {
		if n := len(united); n > 0 && bytes.Compare(s.start, united[n-1].end) <= 0 {
			if bytes.Compare(s.end, united[n-1].end) > 0 {
				r.held += len(s.end) - len(united[n-1].end)
				united[n-1].end = s.end
			}
			continue
		}
		united = append(united, s)
		r.held += len(s.start) + len(s.end) + spanHolds
	}
	clear(r.spans[len(united):])
	r.spans = united
}

// newest is a heap of spans, the latest on top.
type newest []span

func (h newest) Len() int           { return len(h) }
func (h newest) Less(i, j int) bool { return h[i].at > h[j].at }
func (h newest) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *newest) Push(x any)        { *h = append(*h, x.(span)) }
func (h *newest) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
