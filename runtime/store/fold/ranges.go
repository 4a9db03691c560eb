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

// eachUnion visits disjoint spans with those that touch made one.
func eachUnion(spans []span, visit func(start, end []byte) error) error {
	for i := 0; i < len(spans); {
		start, end := spans[i].start, spans[i].end
		for i++; i < len(spans) && bytes.Equal(spans[i].start, end); i++ {
			end = spans[i].end
		}
		if err := visit(start, end); err != nil {
			return err
		}
	}
	return nil
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
