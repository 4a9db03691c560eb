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
	hold := hold{room: s.server.room, control: http.NewResponseController(w)}
	defer hold.end()
	body, err := s.read(ctx, http.MaxBytesReader(w, r.Body, maxBody), size, &hold)
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

// incoming is a body on its way.
type incoming struct {
	hold  *hold
	from  io.Reader
	size  int64 // it has no more bytes
	got   []byte
	ended bool
}

// read reads a body that may have so many bytes: its first part, for which there is always room, and then as much again as it
// has sent, as often as needed. For what comes behind the first part it has as long as for that; waiting for room does not count.
// It has longer, by what has come, if that comes at leastRate, and does not pause for all that time. While it has the reserve, or room that
// others wait for, it has not, and must hardly pause.
func (s *source[T]) read(ctx context.Context, from io.Reader, size int64, hold *hold) ([]byte, error) {
	body := incoming{hold: hold, from: from, size: size}
	if err := s.readOn(&body, min(size, firstPart), bodyTime); err != nil {
		return nil, err
	}
	for left := bodyTime; !body.ended; {
		had := int64(len(body.got))
		more := min(size-had, had)
		if err := hold.take(ctx, more); err != nil {
			return nil, err
		}
		begun := time.Now()
		if err := s.readOn(&body, had+more, left); err != nil {
			return nil, err
		}
		left -= time.Since(begun)
	}
	hold.keep(max(int64(len(body.got))-firstPart, 0))
	return body.got, hold.control.SetReadDeadline(time.Time{}) // else waiting for the answer would count
}

// What a body is refused with that does not come.
var (
	errPaused = errors.New("the body paused for " + pauseTime.String() + " when there was little room; send it again")
	errLate   = errors.New("the body did not come within " + bodyTime.String() + ", and there was little room; send it again")
	errSlow   = fmt.Errorf("the body did not come within %v, and comes with less than %d KiB a second", bodyTime, leastRate>>10)
)

// readOn reads, for a while, until there are n bytes or the body has ended. All that it may have are followed by the end.
func (s *source[T]) readOn(body *incoming, n int64, long time.Duration) error {
	until := time.Now().Add(long)
	got := append(make([]byte, 0, n+1), body.got...) // with room for seeing the end
	var err error
	for err == nil && (int64(len(got)) < n || n == body.size) {
		var k int
		k, err = s.readSome(body, got[len(got):cap(got)], until, until.Add(time.Duration(len(got))*time.Second/leastRate))
		got = got[:len(got)+k]
	}
	body.got, body.ended = got, err == io.EOF
	if body.ended {
		err = nil
	}
	return err
}

// readSome reads what comes next.
func (s *source[T]) readSome(body *incoming, into []byte, scarce, until time.Time) (int, error) {
	if most := time.Now().Add(bodyTime); most.Before(until) {
		until = most
	}
	if err := body.hold.reads(scarce, until); err != nil {
		return 0, err
	}
	atOnce := context.AfterFunc(s.stopping, body.hold.interrupt)
	n, err := body.from.Read(into)
	over := body.hold.hasRead()
	switch {
	case !atOnce() && (err == nil || err == io.EOF):
		err = ptl.ErrInterrupted
	case isTimeout(err):
		err = over
	}
	return n, err
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
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
	switch tooLarge := (*http.MaxBytesError)(nil); {
	case s.stopping.Err() != nil || err == ptl.ErrInterrupted:
		s.refuseStopping(w)
	case errors.As(err, &tooLarge):
		refuseSize(w, r)
	case err == errPaused || err == errLate || err == errSlow:
		w.Header().Set("Connection", "close")
		refuse(w, http.StatusRequestTimeout, err.Error())
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
