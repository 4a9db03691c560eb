package measure

import (
	"bytes"
	"encoding/binary"
	"io"
	"strconv"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// plainEcho is by hand what echo.ptl is: it counts the numbers of its input by key, logs the counts, and prints a number when its count is
// durable. One goroutine reads and counts, another one writes and syncs all that has come meanwhile. Its log goes round in a file, and
// nobody makes checkpoints.
type plainEcho struct {
	in   *io.PipeReader
	out  io.Writer
	file vfs.File
	keys int64

	mu   sync.Mutex
	more *sync.Cond
	next group // what is to be committed
	over bool
	err  error // of the committer
}

// group is committed together.
type group struct{ log, out []byte }

// mostPending is how much log may wait for a commit until reading pauses.
const mostPending = 4 << 20

// beginPlain starts it.
func (p *probing) beginPlain(keys int64) (*live, error) {
	in, w := io.Pipe()
	l := &live{in: w, out: newArrivals(), ended: make(chan error, 1), stored: p.store() + ".plain"}
	file, err := zeroFilled(l.stored)
	if err != nil {
		return nil, err
	}
	e := &plainEcho{in: in, out: l.out, file: file, keys: keys}
	e.more = sync.NewCond(&e.mu)
	go func() {
		err := e.run()
		l.out.end()
		in.CloseWithError(io.ErrClosedPipe)
		l.ended <- joinErr(err, file.Close())
	}()
	return l, nil
}

func (e *plainEcho) run() error {
	committed := make(chan struct{})
	go func() {
		defer close(committed)
		e.commit()
	}()
	err := e.count()
	e.mu.Lock()
	e.over = true
	e.mu.Unlock()
	e.more.Broadcast()
	<-committed
	return joinErr(e.err, err)
}

// count reads lines, and hands on what one read has brought.
func (e *plainEcho) count() error {
	counts := map[int64]int64{}
	buf, held := make([]byte, 64<<10), 0
	for {
		n, err := e.in.Read(buf[held:])
		rest := buf[:held+n]
		e.mu.Lock()
		for len(e.next.log) > mostPending && e.err == nil {
			e.more.Wait()
		}
		failed := e.err != nil
		for {
			end := bytes.IndexByte(rest, '\n')
			if end < 0 {
				break
			}
			x, err := strconv.ParseInt(string(rest[:end]), 10, 64)
			if err != nil {
				e.mu.Unlock()
				return err
			}
			rest = rest[end+1:]
			key := x * 7919 % e.keys
			counts[key]++
			e.next.log = binary.AppendVarint(binary.AppendVarint(e.next.log, key), counts[key])
			e.next.out = append(strconv.AppendInt(e.next.out, x, 10), '\n')
		}
		e.mu.Unlock()
		e.more.Broadcast()
		held = copy(buf, rest)
		switch {
		case failed || err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// commit writes and syncs what there is, prints it, and goes on with what has come meanwhile.
func (e *plainEcho) commit() {
	var g group
	at := int64(0)
	for {
		e.mu.Lock()
		for len(e.next.out) == 0 && !e.over {
			e.more.Wait()
		}
		g, e.next = e.next, group{g.log[:0], g.out[:0]}
		e.mu.Unlock()
		e.more.Broadcast()
		if len(g.out) == 0 {
			return
		}
		if at+int64(len(g.log)) > rawBytes {
			at = 0
		}
		_, err := e.file.WriteAt(g.log, at)
		if err == nil {
			err = e.file.SyncData()
		}
		if err == nil {
			_, err = e.out.Write(g.out)
		}
		if err != nil {
			e.mu.Lock()
			e.err = err
			e.mu.Unlock()
			e.more.Broadcast()
			e.in.CloseWithError(err) // it may be waited for
			return
		}
		at += int64(len(g.log))
	}
}
