package stdio

import "io"

// readAhead reads while others compute. Two buffers go round: one is being filled, the other being used.
type readAhead struct {
	from   io.Reader
	chunks chan chunk  // room for both buffers, so that what was read is there for whoever looks
	free   chan []byte // the same, so giving one back never waits
	stop   chan struct{}
}

// chunk is what one read gave.
type chunk struct {
	data []byte
	err  error // there will be no further chunk
}

const chunkSize = 64 << 10

func newReadAhead(from io.Reader) *readAhead {
	r := &readAhead{from: from, chunks: make(chan chunk, 2), free: make(chan []byte, 2), stop: make(chan struct{})}
	r.free <- make([]byte, chunkSize)
	r.free <- make([]byte, chunkSize)
	return r
}

// run reads until the input ends or fails, or until stop is closed and the read under way returns.
func (r *readAhead) run() {
	for {
		var buf []byte
		select {
		case buf = <-r.free:
		case <-r.stop:
			return
		}
		select {
		case <-r.stop: // even if a buffer is free
			return
		default:
		}
		n, err := r.from.Read(buf)
		r.chunks <- chunk{buf[:n], err}
		if err != nil {
			return
		}
	}
}
