package ptl

import "slices"

// pool holds values by number, from 1, and uses their memory again. A value stays where it is.
type pool[T any] struct {
	chunks []*[poolChunk]T // several lie side by side when there are many: less is lost to the sizes in which memory comes
	spare  []uint32        // numbers that are free
	taken  uint32          // the highest number ever taken
	peak   int             // the most in use since none was
}

const (
	poolChunk = 64
	// poolChunks is how many chunks are made at once, when there are as many already.
	poolChunks = 32
	// poolKept is how many values stay when none is in use, however few were needed.
	poolKept = 4096
)

// used is how many numbers are in use.
func (p *pool[T]) used() int { return int(p.taken) - len(p.spare) }

// take returns a free number and its value, as give has left it.
func (p *pool[T]) take() (uint32, *T) {
	var n uint32
	if last := len(p.spare) - 1; last >= 0 {
		n = p.spare[last]
		p.spare = p.spare[:last]
	} else {
		p.taken++
		if n = p.taken; !p.has(n) {
			p.grow()
		}
	}
	p.peak = max(p.peak, p.used())
	return n, p.at(n)
}

func (p *pool[T]) grow() {
	side := make([]T, min(max(len(p.chunks), 1), poolChunks)*poolChunk)
	for chunk := range slices.Chunk(side, poolChunk) {
		p.chunks = append(p.chunks, (*[poolChunk]T)(chunk))
	}
}

// has tells whether there is a value of that number, in use or not.
func (p *pool[T]) has(n uint32) bool { return int(n-1)/poolChunk < len(p.chunks) }

func (p *pool[T]) at(n uint32) *T { return &p.chunks[(n-1)/poolChunk][(n-1)%poolChunk] }

// give frees a number. It tells whether the pool is empty and has been made small, so that nothing of it may be kept.
func (p *pool[T]) give(n uint32) (emptied bool) {
	p.spare = append(p.spare, n)
	if p.used() > 0 {
		return false
	}
	if len(p.chunks)*poolChunk > max(poolKept, 4*p.peak) {
		*p = pool[T]{}
		return true
	}
	p.peak = 0
	return false
}
