package ptl

// pool holds values by number, from 1, and uses their memory again. A value stays where it is.
type pool[T any] struct {
	chunks []*[poolChunk]T
	spare  []uint32 // numbers that are free
	taken  uint32   // the highest number ever taken
	peak   int      // the most in use since none was
}

// poolChunk is how many values are made at once.
const poolChunk = 64

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
		if n = p.taken; int(n) > len(p.chunks)*poolChunk {
			p.chunks = append(p.chunks, new([poolChunk]T))
		}
	}
	p.peak = max(p.peak, p.used())
	return n, p.at(n)
}

func (p *pool[T]) at(n uint32) *T { return &p.chunks[(n-1)/poolChunk][(n-1)%poolChunk] }

// give frees a number. It tells whether the pool is empty and has been made small, so that nothing of it may be kept.
func (p *pool[T]) give(n uint32) (emptied bool) {
	p.spare = append(p.spare, n)
	if p.used() > 0 {
		return false
	}
	if len(p.chunks)*poolChunk > max(cellsKept, 4*p.peak) {
		*p = pool[T]{}
		return true
	}
	p.peak = 0
	return false
}
