package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/portals-lang/portals/runtime/ptl"
)

// post is a request whose events wait to be taken, and then to be durable.
type post[T any] struct {
	request
	events []T
}

// take answers a request.
func (s *source[T]) take(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.stopping, cancel)()
	size := r.ContentLength
	switch encoding := r.Header.Get("Content-Encoding"); {
	case encoding != "" && !strings.EqualFold(encoding, "identity"):
		refuse(w, http.StatusUnsupportedMediaType, "the body is encoded ("+encoding+"); send it as it is")
		return
	case size > maxBody:
		refuseSize(w, r)
		return
	case size < 0: // it will be known at its end
		size = maxBody
	}
	hold := hold{room: s.server.room}
	defer hold.keep(0)
	body, err := s.read(ctx, w, r, size, &hold)
	if err != nil {
		s.refuseBody(w, r, err)
		return
	}
	p := &post[T]{request: request{durable: make(chan struct{}), dropped: make(chan struct{})}}
	if p.events, err = s.decode(body); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	p.count = int64(len(p.events))
	key, keyed, err := keyOf(r.Header)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	if keyed {
		p.key, p.body, p.keyed = digestOf([]byte(key)), digestOf(body), true
		if first := s.first(ctx, &p.request); first != &p.request {
			s.answerAgain(w, &p.request, first)
			return
		}
	}
	select {
	case s.posts <- p:
	case <-ctx.Done(): // nobody has it, and nobody will
		s.keys.drop(&p.request)
		s.refuseStopping(w)
		return
	}
	select {
	case <-p.durable:
	case <-s.closed:
	}
	s.answerTaken(w, &p.request)
}

// answerTaken answers a request that was taken, when it is durable or nothing will be any more.
func (s *source[T]) answerTaken(w http.ResponseWriter, r *request) {
	if s.stopping.Err() != nil { // or the next request would go down with the connection, and its client be in doubt
		w.Header().Set("Connection", "close")
	}
	select {
	case <-r.durable:
		answer(w, http.StatusAccepted, `{"accepted":`+strconv.FormatInt(r.count, 10)+"}")
	default:
		refuse(w, http.StatusInternalServerError, "the app ended, and it is not known whether the events are stored: all of them are, or none")
	}
}

// first finds the request that had a key first, and waits until it is clear what becomes of it; nil if that cannot be waited for.
func (s *source[T]) first(ctx context.Context, r *request) *request {
	for {
		first := s.keys.claim(r)
		if first == r || first.body != r.body {
			return first
		}
		select {
		case <-first.durable:
			return first
		case <-first.dropped:
		case <-s.closed:
			return first
		case <-ctx.Done():
			return nil
		}
	}
}

// answerAgain answers a request whose key another one had before.
func (s *source[T]) answerAgain(w http.ResponseWriter, r, first *request) {
	switch {
	case first == nil:
		s.refuseStopping(w)
	case first.body != r.body:
		refuse(w, http.StatusUnprocessableEntity, "another body was posted with this Idempotency-Key; give each its own")
	default:
		s.answerTaken(w, first)
	}
}

// keyOf is the key of a request. One that is empty, or is several, is a mistake of the client's, which believes to be safe with it.
func keyOf(header http.Header) (key string, keyed bool, err error) {
	switch all := header.Values("Idempotency-Key"); {
	case len(all) == 0:
		return "", false, nil
	case len(all) > 1:
		return "", false, fmt.Errorf("the request has %d Idempotency-Keys; give it one", len(all))
	case all[0] == "":
		return "", false, errors.New("the Idempotency-Key is empty; give each request its own, or none")
	case len(all[0]) > longestKey:
		return "", false, fmt.Errorf("the Idempotency-Key has more than %d bytes", longestKey)
	default:
		return all[0], true, nil
	}
}

// hold is what a request has of a server's room.
type hold struct {
	room *semaphore.Weighted
	n    int64
}

func (h *hold) take(ctx context.Context, n int64) error {
	if err := h.room.Acquire(ctx, n); err != nil {
		return ptl.ErrInterrupted
	}
	h.n += n
	return nil
}

// keep gives back all but n bytes.
func (h *hold) keep(n int64) {
	h.room.Release(h.n - n)
	h.n = n
}

// read reads a body that may have so many bytes. There is room for its first part before that is read, and for the rest when it
// has come: a client that says nothing holds little, or a few of them would keep all others waiting.
func (s *source[T]) read(ctx context.Context, w http.ResponseWriter, r *http.Request, size int64, hold *hold) ([]byte, error) {
	control := http.NewResponseController(w)
	from := http.MaxBytesReader(w, r.Body, maxBody)
	var body bytes.Buffer
	first := min(size, firstPart)
	if err := hold.take(ctx, first+perRequest); err != nil {
		return nil, err
	}
	if err := s.readPart(control, &body, io.LimitReader(from, first)); err != nil {
		return nil, err
	}
	if int64(body.Len()) == first { // otherwise it has ended
		if size > first {
			if err := hold.take(ctx, size-first); err != nil {
				return nil, err
			}
		}
		if err := s.readPart(control, &body, from); err != nil {
			return nil, err
		}
	}
	hold.keep(int64(body.Len()) + perRequest)
	return body.Bytes(), control.SetReadDeadline(time.Time{}) // else waiting for the answer would count
}

// readPart reads for a while.
func (s *source[T]) readPart(control *http.ResponseController, body *bytes.Buffer, from io.Reader) error {
	if err := control.SetReadDeadline(time.Now().Add(bodyTime)); err != nil {
		return err
	}
	atOnce := context.AfterFunc(s.stopping, func() { _ = control.SetReadDeadline(time.Now()) })
	_, err := body.ReadFrom(from)
	if !atOnce() && err == nil {
		err = ptl.ErrInterrupted
	}
	return err
}

// bodyName is how messages call a body.
const bodyName = "body"

// decode reads the events of a body.
func (s *source[T]) decode(body []byte) ([]T, error) {
	reader := s.readers.Get().(*ptl.JSONReader[T])
	defer s.readers.Put(reader)
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) // as from files
	events, line, err := reader.ReadAll(body, nil, ptl.DefaultAtomEvents)
	switch bad := (*ptl.BadInput)(nil); {
	case errors.As(err, &bad):
		bad.Place = fmt.Sprintf("%s:%d", bodyName, line)
		if bad.Text == "[…]" && bad.Field == "" {
			bad.Remedy = "events are posted one after the other, not as a list of them"
		}
		return nil, bad
	case err == nil && len(events) == 0:
		return nil, errors.New("the body is empty; post events as JSON, one after the other")
	}
	return events, err
}

// refuseBody answers a request whose body could not be read.
func (s *source[T]) refuseBody(w http.ResponseWriter, r *http.Request, err error) {
	var timeout interface{ Timeout() bool }
	switch tooLarge := (*http.MaxBytesError)(nil); {
	case s.stopping.Err() != nil || err == ptl.ErrInterrupted:
		s.refuseStopping(w)
	case errors.As(err, &tooLarge):
		refuseSize(w, r)
	case errors.As(err, &timeout) && timeout.Timeout():
		w.Header().Set("Connection", "close")
		refuse(w, http.StatusRequestTimeout, "the body did not come within "+bodyTime.String())
	default:
		refuse(w, http.StatusBadRequest, "the body cannot be read: "+err.Error())
	}
}

// refuseSize answers a request whose body is too large. A client that goes on sending would find the connection closed and not
// read why; so some of what it sends is taken first, and thrown away. One that asked whether to send has not begun.
func refuseSize(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Expect") == "" {
		if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(wasteTime)); err == nil {
			_, _ = io.CopyN(io.Discard, r.Body, maxWaste) // however it ends, the answer is the same
		}
	}
	w.Header().Set("Connection", "close")
	refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d MiB; send its events in several requests", maxBody>>20))
}

// retryAfter is when a client may find the next run, in seconds.
const retryAfter = "5"

// refuseStopping answers a request of which nothing was taken.
func (s *source[T]) refuseStopping(w http.ResponseWriter) {
	w.Header().Set("Retry-After", retryAfter)
	w.Header().Set("Connection", "close")
	refuse(w, http.StatusServiceUnavailable, "the app is stopping and has taken nothing of this; send it again")
}

func refuse(w http.ResponseWriter, status int, why string) {
	answer(w, status, string(ptl.AppendJSONString([]byte(`{"error":`), why))+"}")
}

func answer(w http.ResponseWriter, status int, json string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, json+"\n") // who does not read the answer has none
}
