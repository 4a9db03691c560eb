package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/portals-lang/portals/runtime/ptl"
)

// receiver is a server that answers as it is told, and keeps what it was sent.
type receiver struct {
	*httptest.Server
	mu      sync.Mutex
	answers []func(w http.ResponseWriter) // then 200
	got     []string                      // key and body of each request
}

func newReceiver(t *testing.T, answers ...func(w http.ResponseWriter)) *receiver {
	r := &receiver{answers: answers}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		r.got = append(r.got, fmt.Sprintf("%s %s %s %q", req.Method, req.URL.Path, req.Header.Get("Idempotency-Key"), body))
		var answer func(w http.ResponseWriter)
		if len(r.answers) > 0 {
			answer, r.answers = r.answers[0], r.answers[1:]
		}
		r.mu.Unlock()
		if answer != nil {
			answer(w)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func status(code int, header, value, body string) func(w http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		if header != "" {
			w.Header().Set(header, value)
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// hangUp ends the connection without an answer.
func hangUp(w http.ResponseWriter) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = c.Close()
	}
}

// openSink opens a sink that begins with atom 3, and whose pauses take no time but are noted.
func openSink(t *testing.T, url string, log io.Writer) (s ptl.Sink[order], pauses *[]ptl.Duration) {
	t.Helper()
	s, pauses = PostSink(orderType, SinkOptions{URL: url}), &[]ptl.Duration{}
	e := &ptl.Env{
		Stream: "orders", Sink: "orders-é", Atom: 3, Run: "r1",
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "url" {
				return slog.Attr{}
			}
			return a
		}})),
		After: func(d ptl.Duration) <-chan struct{} {
			*pauses = append(*pauses, d)
			return isClosed
		},
	}
	if err := s.Open(e, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, pauses
}

func TestSinkPostsInOrder(t *testing.T) {
	r := newReceiver(t, status(201, "", "", "thanks"), status(204, "", "", ""))
	s, _ := openSink(t, r.URL+"/in", io.Discard)
	for _, atom := range [][]order{{{1, "a"}, {2, "b"}}, {}, {{3, "c"}}, {{4, "d"}}} {
		if err := s.Write(atom); err != nil {
			t.Fatal(err)
		}
	}
	at, err := s.Sync()
	if at != nil || err != nil || s.Flush() != nil || s.Exact() {
		t.Error("it has no positions of its own")
	}
	want := []string{
		`POST /in r1/orders-%C3%A9/3 "{\"user\":1,\"item\":\"a\"}\n{\"user\":2,\"item\":\"b\"}\n"`,
		`POST /in r1/orders-%C3%A9/5 "{\"user\":3,\"item\":\"c\"}\n"`,
		`POST /in r1/orders-%C3%A9/6 "{\"user\":4,\"item\":\"d\"}\n"`,
	}
	if !slices.Equal(r.got, want) {
		t.Errorf("got %s", strings.Join(r.got, "\n"))
	}
}

// TestSinkTriesAgain: what may pass is waited for, with the same key, and is told.
func TestSinkTriesAgain(t *testing.T) {
	r := newReceiver(t, hangUp, status(503, "", "", "\n"), status(500, "", "", "oh \xff"), status(429, "Retry-After", "7", ""), status(503, "Retry-After", "100000", ""), status(408, "Retry-After", "soon", ""))
	var log bytes.Buffer
	s, pauses := openSink(t, r.URL, &log)
	if err := s.Write([]order{{1, "a"}}); err != nil {
		t.Fatal(err)
	}
	if got := slices.Compact(slices.Clone(r.got)); len(r.got) != 7 || len(got) != 1 || !strings.Contains(got[0], " r1/orders-%C3%A9/3 ") {
		t.Errorf("got %s", strings.Join(r.got, "\n"))
	}
	const ms, second = ptl.Millisecond, ptl.Second
	if want := []ptl.Duration{100 * ms, 200 * ms, 400 * ms, 7 * second, longestAsked, 3200 * ms}; !slices.Equal(*pauses, want) {
		t.Errorf("it waited %v", *pauses)
	}
	const line = `level=WARN msg="an atom is not taken; it will be posted again" sink=orders-é found=`
	for _, want := range []string{
		line + `EOF "again in"=100ms` + "\n", line + `"503 Service Unavailable" "again in"=200ms` + "\n",
		line + `"500 Internal Server Error" "again in"=400ms answer="oh ` + "\uFFFD\"\n", line + `"429 Too Many Requests" "again in"=7s` + "\n",
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s is not in\n%s", want, log.String())
		}
	}
	for range 20 {
		r.answers = append(r.answers, status(502, "", "", ""))
	}
	if err := s.Write([]order{{1, "a"}}); err != nil || slices.Max((*pauses)[6:]) != longestPause {
		t.Errorf("%v: it waited %v", err, *pauses)
	}
}

// TestSinkIsRefused: what will never be taken ends the app, with all that is needed to mend it; the atom was not written.
func TestSinkIsRefused(t *testing.T) {
	for _, c := range []struct {
		answer func(w http.ResponseWriter)
		want   string
	}{
		{status(422, "", "", "no such item\n"), " answered 422 Unprocessable Entity: no such item\n" +
			"  at atom 3 of stream orders, whose first of 2 events is {\"user\":1,\"item\":\"a\"}\n" +
			"  mend what refuses it, and start again: the next run goes on with this atom"},
		{status(404, "", "", ""), " answered 404 Not Found\n  at atom 3 of stream orders, whose first of 2 events is {\"user\":1,\"item\":\"a\"}\n" +
			"  mend what refuses it, and start again: the next run goes on with this atom"},
		{status(301, "Location", "/there", ""), " answered 301 Moved Permanently\n  it points to /there: write that URL, if events are meant to go there"},
	} {
		r := newReceiver(t, c.answer)
		s, _ := openSink(t, strings.Replace(r.URL, "http://", "http://me:secret@", 1), io.Discard)
		err := s.Write([]order{{1, "a"}, {2, "b"}})
		if err == nil || err.Error() != strings.Replace(r.URL, "http://", "http://me:xxxxx@", 1)+c.want {
			t.Errorf("got %v", err)
		}
		if err := s.Write([]order{{1, "a"}}); err != nil || len(r.got) != 2 || !strings.Contains(r.got[1], "/3 ") {
			t.Errorf("%v: %v", err, r.got)
		}
	}
	for _, url := range []string{"localhost:80/x", "/x", "ftp://x/", "http:///x", "http://x y/"} {
		if err := PostSink(orderType, SinkOptions{URL: url}).Open(&ptl.Env{}, nil); err == nil || !strings.Contains(err.Error(), "this is no URL to post to; write one such as") {
			t.Errorf("%s: got %v", url, err)
		}
	}
}

// TestSinkInterrupt: a run that ends waits for the answer under way, for a while, and for nothing else.
func TestSinkInterrupt(t *testing.T) {
	begun, goOn := make(chan struct{}, 2), make(chan struct{})
	slow := func(http.ResponseWriter) {
		begun <- struct{}{}
		<-goOn
	}
	r := newReceiver(t, slow, status(503, "", "", ""), slow)
	s, _ := openSink(t, r.URL, io.Discard)
	written := make(chan error, 1)
	write := func() { written <- s.Write([]order{{1, "a"}}) }
	go write()
	<-begun
	s.(ptl.Remote).Interrupt()
	goOn <- struct{}{}
	if err := <-written; err != nil {
		t.Error(err)
	}
	go write()
	if err := <-written; err != ptl.ErrInterrupted || len(r.got) != 2 {
		t.Errorf("%v: %v", err, r.got)
	}
	go write()
	<-begun
	s.(*sink[order]).end() // as it does when it has waited long enough
	if err := <-written; err != ptl.ErrInterrupted {
		t.Error(err)
	}
	close(goOn)

	gone := httptest.NewServer(nil)
	gone.Close()
	s, _ = openSink(t, gone.URL, io.Discard)
	s.(*sink[order]).env.After = func(ptl.Duration) <-chan struct{} { return nil } // it waits for ever
	go write()
	time.Sleep(20 * time.Millisecond)
	s.(ptl.Remote).Interrupt()
	if err := <-written; !errors.Is(err, ptl.ErrInterrupted) {
		t.Error(err)
	}
}
