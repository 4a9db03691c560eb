package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/portals-lang/portals/runtime/connector/format"
	"github.com/portals-lang/portals/runtime/ptl"
)

// How a sink waits: for an answer; after a failed attempt, twice as long after each; as long as Retry-After asks for, but no
// longer than that; and for the answer under way when the run ends.
const (
	answerTime   = 30 * time.Second
	firstPause   = 100 * ptl.Millisecond
	longestPause = 30 * ptl.Second
	longestAsked = 5 * ptl.Minute
	lastAnswer   = 5 * time.Second
)

// sink posts atoms to a URL.
type sink[T any] struct {
	options SinkOptions
	encoder format.Encoder[T]
	env     *ptl.Env
	client  *http.Client
	key     string // of an atom, without its number
	next    uint64 // the number of the next atom
	body    []byte

	stopping context.Context // done from Interrupt on
	stop     func()
	running  context.Context // done when no answer is waited for any more
	end      func()
}

// Open implements ptl.Sink. There are no positions: which atoms were taken is the engine's to know.
func (s *sink[T]) Open(env *ptl.Env, _ []byte) error {
	if u, err := url.Parse(s.options.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("http.post(%q): this is no URL to post to; write one such as \"https://example.com/events\"", s.options.URL)
	}
	s.env, s.next = env, env.Atom
	s.key = env.Run + "/" + url.PathEscape(env.Sink) + "/"
	s.client = &http.Client{
		Transport: http.DefaultTransport.(*http.Transport).Clone(),
		Timeout:   answerTime,
		// Most redirects make a GET without a body of a POST: the events would be gone, and the answer 200.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return nil
}

// Write implements ptl.Sink: it returns when the atom is taken, or never will be.
func (s *sink[T]) Write(events []T) error {
	if len(events) > 0 {
		if err := s.deliver(events); err != nil {
			return err
		}
	}
	s.next++
	return nil
}

func (s *sink[T]) deliver(events []T) error {
	s.body = s.body[:0]
	for i := range events {
		s.body = s.encoder.Append(s.body, events[i])
	}
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		a, err := s.attempt()
		if err == nil && a.taken() {
			return nil
		}
		if err == nil && !a.temporary() {
			return s.refused(a, events)
		}
		if s.stopping.Err() != nil {
			return ptl.ErrInterrupted
		}
		wait := max(pause, a.after)
		s.warn(a, err, wait)
		select {
		case <-s.env.After(wait):
		case <-s.stopping.Done():
			return ptl.ErrInterrupted
		}
	}
}

// given is the answer that a request was given.
type given struct {
	code     int
	status   string
	text     string       // of its body, shortened
	location string       // where it points to
	after    ptl.Duration // what it asks to wait
}

func (a given) taken() bool { return a.code/100 == 2 }

// temporary tells that the same request may be taken later.
func (a given) temporary() bool {
	switch a.code {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return a.code/100 == 5
}

// attempt posts the atom once.
func (s *sink[T]) attempt() (given, error) {
	r, err := http.NewRequestWithContext(s.running, http.MethodPost, s.options.URL, bytes.NewReader(s.body))
	if err != nil {
		return given{}, err
	}
	r.Header.Set("Content-Type", "application/x-ndjson")
	r.Header.Set("Idempotency-Key", s.key+strconv.FormatUint(s.next, 10))
	answer, err := s.client.Do(r)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err // which is said to be a POST to there anyway
		}
		return given{}, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10)) // all of it, so that the connection serves again
	a := given{code: answer.StatusCode, status: answer.Status, location: answer.Header.Get("Location")}
	if seconds, err := strconv.ParseInt(answer.Header.Get("Retry-After"), 10, 32); err == nil {
		a.after = min(max(0, ptl.Duration(seconds)*ptl.Second), longestAsked)
	}
	if a.taken() {
		return a, nil // whatever became of the rest
	}
	a.text = ptl.Shortened(strings.ToValidUTF8(strings.TrimSpace(string(text)), "\uFFFD"), shownAnswer)
	return a, err
}

// shownAnswer bounds how much of an answer is shown.
const shownAnswer = 300

func (s *sink[T]) warn(a given, err error, wait ptl.Duration) {
	found := a.status
	if err != nil {
		found = err.Error()
	}
	args := []any{"sink", s.env.Sink, "url", s.shownURL(), "found", found, "again in", string(ptl.ShowDuration(nil, wait))}
	if a.text != "" {
		args = append(args, "answer", a.text)
	}
	s.env.Log.Warn("an atom is not taken; it will be posted again", args...)
}

// refused is the error for an answer that says that the atom will never be taken.
func (s *sink[T]) refused(a given, events []T) error {
	text := fmt.Sprintf("%s answered %s", s.shownURL(), a.status)
	if a.text != "" {
		text += ": " + a.text
	}
	if a.location != "" {
		return fmt.Errorf("%s\n  it points to %s: write that URL, if events are meant to go there", text, a.location)
	}
	first := bytes.TrimSuffix(s.encoder.Append(nil, events[0]), []byte("\n"))
	return fmt.Errorf("%s\n  at atom %d of stream %s, whose first of %d events is %s\n"+
		"  mend what refuses it, and start again: the next run goes on with this atom", text, s.next, s.env.Stream, len(events), ptl.Shortened(string(first), shownEvent))
}

const shownEvent = 1000

// shownURL is the URL without a password.
func (s *sink[T]) shownURL() string {
	u, err := url.Parse(s.options.URL)
	if err != nil {
		return s.options.URL // Open has refused it
	}
	return u.Redacted()
}

// Interrupt implements ptl.Remote: nothing is tried twice any more, and soon nothing at all.
func (s *sink[T]) Interrupt() {
	s.stop()
	time.AfterFunc(lastAnswer, s.end)
}

// Flush implements ptl.Sink.
func (s *sink[T]) Flush() error { return nil }

// Sync implements ptl.Sink.
func (s *sink[T]) Sync() ([]byte, error) { return nil, nil }

// Close implements ptl.Sink.
func (s *sink[T]) Close() error {
	s.stop()
	s.end()
	if s.client != nil {
		s.client.CloseIdleConnections()
	}
	return nil
}

// Exact implements ptl.Sink.
func (s *sink[T]) Exact() bool { return false }
