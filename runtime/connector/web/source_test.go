package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/portals-lang/portals/runtime/connector/stdio"
	"github.com/portals-lang/portals/runtime/ptl"
)

type order struct {
	User int64
	Item string
}

var orderType = ptl.RecordType("Order",
	ptl.Field("user", func(o *order) *int64 { return &o.User }, ptl.IntType),
	ptl.Field("item", func(o *order) *string { return &o.Item }, ptl.StringType),
)

// env is the world, with what sources give notice of.
func env(stream string, notices *[]string) *ptl.Env {
	return &ptl.Env{
		Stream: stream,
		Log:    slog.New(slog.DiscardHandler),
		Now:    func() ptl.Time { return ptl.Time(time.Now().UnixNano()) },
		After: func(d ptl.Duration) <-chan struct{} {
			done := make(chan struct{})
			time.AfterFunc(time.Duration(d), func() { close(done) })
			return done
		},
		Go:     func(f func()) { go f() },
		Notice: func(text string) { *notices = append(*notices, text) },
	}
}

// opened is a source that a test drives as the engine does.
type opened[T any] struct {
	ptl.Source[T]
	url   string
	atoms int // that next has taken
}

func open[T any](t *testing.T, typ *ptl.Type[T], address string, cut ptl.Cut) *opened[T] {
	t.Helper()
	var notices []string
	s := PostSource(typ, SourceOptions{Address: address, Atom: cut})
	if err := s.Open(env("orders", &notices), nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return &opened[T]{Source: s, url: notices[0][strings.Index(notices[0], "http://"):]}
}

// next takes an atom.
func (o *opened[T]) next(t *testing.T) []T {
	t.Helper()
	events, at, err := o.Next(nil)
	if err != nil || at != nil {
		t.Fatal(at, err)
	}
	o.atoms++
	return events
}

// durable says that all that was taken is durable.
func (o *opened[T]) durable() { o.Source.(ptl.Answering).Durable(uint64(o.atoms)) }

// reply is what a client was answered; of status 0 if it was not.
type reply struct {
	status int
	header http.Header
	body   string
}

func send(method, url string, body io.Reader) reply {
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		return reply{body: err.Error()}
	}
	return do(r)
}

func do(r *http.Request) reply {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		return reply{body: err.Error()}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return reply{body: err.Error()}
	}
	return reply{answer.StatusCode, answer.Header, string(text)}
}

// posted posts beside the test.
func posted(url, body string) chan reply {
	c := make(chan reply, 1)
	go func() { c <- send("POST", url, strings.NewReader(body)) }()
	return c
}

func wantReply(t *testing.T, got reply, status int, body string) {
	t.Helper()
	if ok, err := regexp.MatchString("^(?:"+body+")\n$", got.body); got.status != status || !ok || err != nil {
		t.Errorf("got %d %s, want %d %s", got.status, got.body, status, body)
	}
}

func TestBodies(t *testing.T) {
	s := open(t, orderType, "localhost:0/orders", ptl.Cut{})
	for _, c := range []struct{ body, want string }{
		{`{"user":1,"item":"a"}`, "[{1 a}]"},
		{"\xef\xbb\xbf" + `{"user":1,"item":"a"}` + "\r\n\n" + `{"user":2,"item":"b"}` + "\n", "[{1 a} {2 b}]"},
		{`{"user":1,"item":"a"}{"user":2,"item":"b"}`, "[{1 a} {2 b}]"}, // as `curl -d @file` sends two lines
		{"{\n  \"user\": 1,\n  \"item\": \"a\"\n}", "[{1 a}]"},
	} {
		answer := posted(s.url, c.body)
		if got := fmt.Sprint(s.next(t)); got != c.want {
			t.Errorf("%s: got %s", c.body, got)
		}
		s.durable()
		wantReply(t, <-answer, 202, fmt.Sprintf(`\{"accepted":%d\}`, strings.Count(c.want, "{")))
	}
}

// TestWrongBodies: a body is refused whole, in the words that a file or standard input would be.
func TestWrongBodies(t *testing.T) {
	s := open(t, orderType, "localhost:0/orders", ptl.Cut{})
	go func() { _, _, _ = s.Next(nil) }() // it serves, and gets nothing
	good := `{"user":1,"item":"a"}` + "\n"
	for _, lines := range []string{
		good + `{"user":"x","item":"a"}`,
		`{"user":1}`,
		good + good + `{"user":1,"item":"a"`,
		good + `{"user":1,,"item":"a"}` + "\n" + good,
		good + "nothing",
		good + "{\"user\":1,\"item\":\"\xff\"}",
		`{"user":1,"user":2,"item":"a"}`,
	} {
		in := stdio.NDJSONSource(orderType, stdio.SourceOptions{})
		var notices []string
		e := env("orders", &notices)
		e.Stdin = strings.NewReader(lines)
		if err := in.Open(e, nil); err != nil {
			t.Fatal(err)
		}
		var err error
		for err == nil {
			_, _, err = in.Next(nil)
		}
		want, _, _ := strings.Cut(err.Error(), "\n")
		got := send("POST", s.url, strings.NewReader(lines))
		text := string(ptl.AppendJSONString(nil, strings.Replace(want, "stdin:", "body:", 1)))
		wantReply(t, got, 400, regexp.QuoteMeta(`{"error":`+text+`}`))
	}
	wantReply(t, send("POST", s.url, strings.NewReader(" \n")), 400, `\{"error":"the body is empty; post events as JSON, one after the other"\}`)
	wantReply(t, send("POST", s.url, strings.NewReader("{\n\"user\":\n\"x\"}")), 400, `.*"body:3: field user: \\"x\\" is not an Int"\}`)
	wantReply(t, send("POST", s.url, strings.NewReader(`[{"user":1,"item":"a"}]`)), 400,
		`.*is not an object \(Order\)\\n  events are posted one after the other, not as a list of them"\}`)
}

func TestRefusals(t *testing.T) {
	s := open(t, orderType, "localhost:0/orders", ptl.Cut{})
	go func() { _, _, _ = s.Next(nil) }()
	got := send("GET", s.url, nil)
	wantReply(t, got, 405, `\{"error":"events of stream orders are posted here, as JSON: use POST, not GET"\}`)
	if allow := got.header.Get("Allow"); allow != "POST" {
		t.Errorf("allowed is %q", allow)
	}
	wantReply(t, send("POST", s.url+"/", nil), 404, `\{"error":"there is nothing at /orders/; events are posted to /orders"\}`)
	large := strings.Repeat(" ", maxBody+1)
	wantReply(t, send("POST", s.url, strings.NewReader(large)), 413, `.*the body has more than 8 MiB; send its events in several requests.*`)
	wantReply(t, send("POST", s.url, io.MultiReader(strings.NewReader(large))), 413, `.*more than 8 MiB.*`) // of unknown length
	r, _ := http.NewRequest("POST", s.url, strings.NewReader("x"))
	r.Header.Set("Content-Encoding", "gzip")
	wantReply(t, do(r), 415, `.*the body is encoded \(gzip\); send it as it is.*`)
}

// TestAnswersWait: an answer comes when its atom is durable, and not before.
func TestAnswersWait(t *testing.T) {
	s := open(t, ptl.IntType, "localhost:0/", ptl.Cut{})
	first := posted(s.url, "1")
	s.next(t)
	second := posted(s.url, "2 3")
	s.next(t)
	time.Sleep(20 * time.Millisecond)
	if len(first)+len(second) > 0 {
		t.Fatal("answered too early")
	}
	durable := s.Source.(ptl.Answering).Durable
	durable(0)
	durable(1)
	wantReply(t, <-first, 202, `\{"accepted":1\}`)
	time.Sleep(20 * time.Millisecond)
	if len(second) > 0 {
		t.Fatal("answered too early")
	}
	durable(2)
	wantReply(t, <-second, 202, `\{"accepted":2\}`)
}

// TestConnectionEnds: a client that keeps its connection is told when it is the last answer, and only then.
func TestConnectionEnds(t *testing.T) {
	s := open(t, ptl.IntType, "localhost:0/n", ptl.Cut{})
	client := http.Client{Transport: &http.Transport{}}
	for _, last := range []bool{false, true} {
		ends := make(chan bool, 1)
		go func() {
			answer, err := client.Post(s.url, "", strings.NewReader("1"))
			if err == nil {
				err = answer.Body.Close()
			}
			ends <- err == nil && answer.StatusCode == http.StatusAccepted && answer.Close == last
		}()
		s.next(t)
		if last {
			s.Interrupt()
		}
		s.durable()
		if !<-ends {
			t.Errorf("the connection is not ended %v", last)
		}
	}
}

// TestEnd: what was taken is answered when it is durable, what was not is refused, and what never became durable is not
// called either.
func TestEnd(t *testing.T) {
	s := open(t, ptl.IntType, "localhost:0/n", ptl.Cut{})
	taken := posted(s.url, "1")
	s.next(t)
	waiting := posted(s.url, "2")
	time.Sleep(20 * time.Millisecond)
	s.Interrupt()
	if got := <-waiting; got.header.Get("Retry-After") != "5" {
		t.Errorf("got %v", got)
	} else {
		wantReply(t, got, 503, `.*has taken nothing of this; send it again.*`)
	}
	for range 2 {
		if _, _, err := s.Next(nil); err != ptl.ErrInterrupted {
			t.Errorf("got %v", err)
		}
	}
	wantReply(t, <-posted(s.url, "3"), 503, `.*send it again.*`)
	s.durable()
	wantReply(t, <-taken, 202, `\{"accepted":1\}`)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if got := <-posted(s.url, "4"); got.status != 0 {
		t.Errorf("got %v", got)
	}

	s = open(t, ptl.IntType, "localhost:0/n", ptl.Cut{})
	taken = posted(s.url, "1")
	s.next(t)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	wantReply(t, <-taken, 500, `.*it is not known whether the events are stored: all of them are, or none.*`)
}

// TestSharedAddress: streams share an address if their paths differ, and leave it to others when all have ended.
func TestSharedAddress(t *testing.T) {
	first := open(t, ptl.IntType, "localhost:0/a", ptl.Cut{})
	host := strings.TrimSuffix(strings.TrimPrefix(first.url, "http://"), "/a")
	var notices []string
	second := PostSource(ptl.IntType, SourceOptions{Address: "LOCALHOST:0/b"})
	if err := second.Open(env("others", &notices), nil); err != nil || len(notices) != 1 || notices[0] != "stream others takes what is posted to http://"+host+"/b" {
		t.Fatal(err, notices)
	}
	go func() { _, _, _ = second.Next(nil) }()
	wantReply(t, send("POST", "http://"+host+"/", nil), 404, `.*events are posted to /a, /b.*`)
	for address, want := range map[string]string{
		"localhost:0/a":         "localhost:0/a is where stream orders is posted already; give this one a path of its own",
		host + "/c":             "cannot listen at " + host + ": bind: address already in use; end what listens there, or write another address",
		"http://localhost:80/c": `http.post("http://localhost:80/c"): an address to listen at has no scheme, and this one has http://; write host, port and path, such as "localhost:8080/orders"`,
		"localhost/c":           `http.post("localhost/c"): there is no port in "localhost"; write host, port and path, such as "localhost:8080/orders"`,
		"localhost:70000/c":     `http.post("localhost:70000/c"): "70000" is no port, which is a number up to 65535; write host, port and path, such as "localhost:8080/orders"`,
		"localhost:0/c?d":       `http.post("localhost:0/c?d"): the path /c?d has a sign in it that no path here may have (? # % or white space); write host, port and path, such as "localhost:8080/orders"`,
	} {
		s := PostSource(ptl.IntType, SourceOptions{Address: address})
		if err := s.Open(env("third", &notices), nil); err == nil || err.Error() != want {
			t.Errorf("%s: got %v", address, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	late := open(t, ptl.IntType, "localhost:0/late", ptl.Cut{}) // where requests are served already
	answer := posted(late.url, "1")
	late.next(t)
	late.durable()
	wantReply(t, <-answer, 202, ".*")
	if err := errors.Join(first.Close(), late.Close()); err != nil {
		t.Error(err)
	}
	wantReply(t, send("POST", "http://"+host+"/a", strings.NewReader("1")), 503, ".*")
	if err := second.Close(); err != nil {
		t.Error(err)
	}
	again := open(t, ptl.IntType, host+"/c", ptl.Cut{})
	answer = posted(again.url, "1")
	again.next(t)
	again.durable()
	wantReply(t, <-answer, 202, ".*")
}

// TestAtoms: atoms hold whole bodies, as many as their cut says.
func TestAtoms(t *testing.T) {
	for _, c := range []struct {
		cut  ptl.Cut
		want string
	}{
		{ptl.Cut{}, "[2 2 2 2 2 2]"},
		{ptl.Cut{Events: 3}, "[4 4 4]"},
		{ptl.Cut{Events: 100}, "[12]"},
		{ptl.Cut{Events: 5, After: ptl.Second}, "[6 6]"},
		{ptl.Cut{After: 100 * ptl.Millisecond}, "[12]"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, network, _ := inMemory(t, c.cut)
			var answers []chan int
			for range 6 {
				const body = `"one" "two"`
				answers = append(answers, network.post(body, len(body), len(body), 0))
			}
			synctest.Wait() // until all of them wait
			var got []int
			for n := 0; n < 12; {
				atom := s.next(t)
				n += len(atom)
				got = append(got, len(atom))
			}
			s.durable()
			for _, a := range answers {
				if status := <-a; status != http.StatusAccepted {
					t.Errorf("%v: a client is answered with %d", c.cut, status)
				}
			}
			if fmt.Sprint(got) != c.want {
				t.Errorf("%v: got %v, want %s", c.cut, got, c.want)
			}
		})
	}
}

// TestHeld: what there is no room for stays with the client, and goes on when there is.
func TestHeld(t *testing.T) {
	s := open(t, ptl.StringType, "localhost:0/", ptl.Cut{})
	others := hold{room: s.Source.(*source[string]).server.room}
	for _, n := range []int64{mostInHand - maxBody, 1} { // and the reserve
		if err := others.take(context.Background(), n); err != nil {
			t.Fatal(err)
		}
	}
	body := &counted{Reader: strings.NewReader(`"` + strings.Repeat("x", maxBody-100) + `"`)}
	answer := make(chan reply, 1)
	go func() { answer <- send("POST", s.url, io.MultiReader(body)) }() // of unknown length
	s.Source.(*source[string]).server.serve(env("", nil))
	time.Sleep(100 * time.Millisecond)
	if n := body.count(); n > maxBody/2 {
		t.Errorf("%d bytes were taken without room", n)
	}
	others.end()
	if got := s.next(t); len(got[0]) != maxBody-100 {
		t.Error("it came in another length")
	}
	s.durable()
	wantReply(t, <-answer, 202, ".*")
	wantRoom(t, others.room)
}

func wantRoom(t *testing.T, r *room) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.free != mostInHand-maxBody || !r.reserve || len(r.waiting) > 0 {
		t.Errorf("the room was not given back: %d bytes are free, the reserve: %v, %d wait", r.free, r.reserve, len(r.waiting))
	}
}

// TestSilentClients: clients of which the bodies do not come keep nobody from posting.
func TestSilentClients(t *testing.T) {
	s := open(t, ptl.IntType, "localhost:0/", ptl.Cut{})
	const silent = 3 * mostInHand / maxBody
	answers := make(chan reply, silent)
	var bodies []*io.PipeWriter
	for range silent {
		r, w := io.Pipe()
		bodies = append(bodies, w)
		go func() { answers <- send("POST", s.url, r) }()
	}
	s.Source.(*source[int64]).server.serve(env("", nil))
	for _, w := range bodies {
		fmt.Fprint(w, "1") // what is read here is on its way
	}
	answer := posted(s.url, "2")
	if got := fmt.Sprint(s.next(t)); got != "[2]" {
		t.Error(got)
	}
	s.durable()
	wantReply(t, <-answer, 202, ".*")
	for _, w := range bodies {
		w.Close()
		s.next(t)
		s.durable()
		wantReply(t, <-answers, 202, ".*")
	}
	wantRoom(t, s.Source.(*source[int64]).server.room)
}

type counted struct {
	io.Reader
	mu sync.Mutex
	n  int
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += n
	return n, err
}

func (c *counted) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

// TestAnyInterleaving lets clients post while an engine takes atoms, makes some of them durable and ends at a random
// moment. Whatever came in which order: what was answered with 202 is durable, with 503 was never taken, and with 500 was
// taken and is not durable; and what was taken are whole bodies, each once.
func TestAnyInterleaving(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		cut := []ptl.Cut{{}, {Events: 3}, {Events: 4, After: ptl.Millisecond}}[seed%3]
		s := open(t, ptl.IntType, "localhost:0/", cut)
		const clients, each = 6, 8
		replies := make([]reply, clients*each)
		var group sync.WaitGroup
		for c := range clients {
			group.Go(func() {
				for i := c * each; i < (c+1)*each; i++ {
					replies[i] = send("POST", s.url, strings.NewReader(fmt.Sprint(3*i, "\n", 3*i+1, " ", 3*i+2)))
				}
			})
		}
		var taken [][]int64
		durable, end := 0, r.IntN(2*clients*each)
		for range end {
			switch {
			case r.IntN(3) > 0 && len(taken)-durable < 2:
				ctx, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
				context.AfterFunc(ctx, s.Interrupt) // nobody posts any more
				events, _, err := s.Next(nil)
				if err == nil {
					taken = append(taken, events)
				}
				stop()
			default:
				durable += r.IntN(len(taken) - durable + 1)
				s.Source.(ptl.Answering).Durable(uint64(durable))
			}
		}
		s.Interrupt()
		for {
			events, _, err := s.Next(nil)
			if err != nil {
				break
			}
			taken = append(taken, events)
		}
		durable += r.IntN(len(taken) - durable + 1)
		s.Source.(ptl.Answering).Durable(uint64(durable))
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		group.Wait()
		checkTaken(t, seed, taken, durable, replies)
	}
}

func checkTaken(t *testing.T, seed uint64, taken [][]int64, durable int, replies []reply) {
	t.Helper()
	status := map[int64]int{} // by number of the body
	for i, atom := range taken {
		for ; len(atom) >= 3; atom = atom[3:] {
			body := atom[0] / 3
			if !slices.Equal(atom[:3], []int64{3 * body, 3*body + 1, 3*body + 2}) || status[body] != 0 {
				t.Fatalf("seed %d: body %d is taken twice, or in parts: %v", seed, body, taken)
			}
			if status[body] = 500; i < durable {
				status[body] = 202
			}
		}
		if len(atom) > 0 {
			t.Fatalf("seed %d: part of a body: %v", seed, atom)
		}
	}
	for i, r := range replies {
		want := status[int64(i)]
		if want == 0 && r.status == 0 { // it came when nobody listened any more
			continue
		}
		if want == 0 {
			want = 503
		}
		if r.status != want {
			t.Errorf("seed %d: body %d was answered with %d %s, and it should be %d", seed, i, r.status, r.body, want)
		}
	}
}

// FuzzBody: no body does harm, and one whose lines are events is these events.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{`{"user":1,"item":"a"}`, "{\"user\":1,\"item\":\"\\u00e9\"}\n{\"user\":2,\"item\":\"b\"}", "[1]", "{", "\xef\xbb\xbf", "nul", `{"user":1e3,"item":"a"}{}`} {
		f.Add([]byte(seed))
	}
	s := PostSource(orderType, SourceOptions{}).(*source[order])
	f.Fuzz(func(t *testing.T, body []byte) {
		var want []order
		reader := ptl.NewJSONReader(orderType)
		lines := true
		for line := range bytes.Lines(body) {
			if line = bytes.TrimSpace(line); len(line) > 0 {
				o, err := reader.Read(line)
				want, lines = append(want, o), lines && err == nil
			}
		}
		got, err := s.decode(slices.Clone(body))
		switch {
		case (err == nil) == (len(got) == 0):
			t.Errorf("%d events and %v", len(got), err)
		case lines && !slices.Equal(got, want):
			t.Errorf("got %v (%v), want %v", got, err, want)
		}
		var text []byte
		for _, o := range got {
			text = orderType.AppendJSON(text, o)
		}
		if again, _ := s.decode(text); !slices.Equal(again, got) {
			t.Errorf("%v is read as %v", got, again)
		}
	})
}

// FuzzRequest: no bytes on a connection keep the next client from being served.
func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1",
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n1", "GET * HTTP/1.1\r\n\r\n", "\x00", "POST /%2f HTTP/1.0\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	var notices []string
	s := PostSource(ptl.IntType, SourceOptions{Address: "localhost:0/"})
	if err := s.Open(env("n", &notices), nil); err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	go func() {
		for atoms := uint64(1); ; atoms++ {
			if _, _, err := s.Next(nil); err != nil {
				return
			}
			s.(ptl.Answering).Durable(atoms)
		}
	}()
	url := notices[0][strings.Index(notices[0], "http://"):]
	f.Fuzz(func(t *testing.T, sent []byte) {
		c, err := dial(url)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write(sent)
		_ = c.CloseWrite()
		_, _ = io.Copy(io.Discard, c)
		_ = c.Close()
		wantReply(t, send("POST", url, strings.NewReader("7")), 202, `\{"accepted":1\}`)
	})
}

func dial(url string) (*net.TCPConn, error) {
	c, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/"))
	if err != nil {
		return nil, err
	}
	return c.(*net.TCPConn), c.SetDeadline(time.Now().Add(5 * time.Second))
}
