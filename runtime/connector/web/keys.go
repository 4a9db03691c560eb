package web

import (
	"crypto/sha256"
	"fmt"
	"sync"

	"github.com/portals-lang/portals/runtime/ptl"
)

// mostKeys is how many keys of requests a source remembers.
const mostKeys = 1 << 16

// longestKey bounds a key, in bytes.
const longestKey = 255

// digest stands for a key, or for a body.
type digest [16]byte

func digestOf(text []byte) (d digest) {
	sum := sha256.Sum256(text)
	copy(d[:], sum[:])
	return d
}

// request is what a source knows of a request that it has decoded.
type request struct {
	count   int64 // of its events
	key     digest
	keyed   bool // it has a key
	body    digest
	number  uint64        // of its note, once it is taken
	durable chan struct{} // closed when its events are
	dropped chan struct{} // closed when nobody has taken them
}

// keys remembers the keys of requests, so that one that a client sends again is taken once. A key is known from the moment at which
// its first request is decoded: another one waits for what becomes of that. When a request is taken, its key becomes a
// note of the atom, in the place of the oldest, and so the store has the key if it has the events.
type keys struct {
	mu    sync.Mutex
	known map[digest]*request
	ring  map[uint64]digest // by number of the note
	next  uint64            // how many there have been
}

func newKeys() *keys { return &keys{known: map[digest]*request{}, ring: map[uint64]digest{}} }

// claim returns the request that has the key of r: r itself if none had it.
func (k *keys) claim(r *request) *request {
	k.mu.Lock()
	defer k.mu.Unlock()
	if first := k.known[r.key]; first != nil {
		return first
	}
	k.known[r.key] = r
	return r
}

// drop forgets a request that nobody has taken.
func (k *keys) drop(r *request) {
	if r.keyed {
		k.mu.Lock()
		delete(k.known, r.key)
		k.mu.Unlock()
	}
	close(r.dropped)
}

// taken makes a note of a request.
func (k *keys) taken(r *request) ptl.Note {
	k.mu.Lock()
	defer k.mu.Unlock()
	r.number = k.next
	k.next++
	place := r.number % mostKeys
	k.remember(place, r)
	note := ptl.AppendUint(nil, r.number)
	note = append(append(note, r.key[:]...), r.body[:]...)
	return ptl.Note{Number: place, Value: ptl.AppendInt(note, r.count)}
}

// remember puts a request into a place, and forgets the one that was there.
func (k *keys) remember(place uint64, r *request) {
	if old, ok := k.ring[place]; ok {
		delete(k.known, old)
	}
	k.ring[place], k.known[r.key] = r.key, r
}

// recall takes a note back.
func (k *keys) recall(place uint64, note []byte) error {
	in := ptl.NewReader(note)
	r := &request{keyed: true, durable: isClosed, number: in.Uint()}
	rest := in.Rest()
	if len(rest) < len(r.key)+len(r.body) {
		return fmt.Errorf("the note of a request cannot be read: it has %d bytes", len(note))
	}
	rest = rest[copy(r.key[:], rest):]
	rest = rest[copy(r.body[:], rest):]
	in = ptl.NewReader(rest)
	if r.count = in.Int(); in.Err() != nil {
		return fmt.Errorf("the note of a request cannot be read: %w", in.Err())
	}
	k.remember(place, r)
	k.next = max(k.next, r.number+1)
	return nil
}

var isClosed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()
