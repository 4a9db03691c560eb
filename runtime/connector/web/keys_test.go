package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/portals-lang/portals/runtime/ptl"
)

// keyed posts with a key, until ctx is done.
func keyed(ctx context.Context, url, key, body string) chan reply {
	c := make(chan reply, 1)
	r, err := http.NewRequestWithContext(ctx, "POST", url, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Idempotency-Key", key)
	go func() { c <- do(r) }()
	return c
}

// TestKeys: a request that comes again is answered as the first one, when that is, and taken once.
func TestKeys(t *testing.T) {
	ctx := context.Background()
	s := open(t, ptl.IntType, "localhost:0/", ptl.Cut{})
	first := keyed(ctx, s.url, "k", "1 2")
	if got := fmt.Sprint(s.next(t)); got != "[1 2]" {
		t.Error(got)
	}
	notes := s.Source.(ptl.Noting).Notes()
	again := keyed(ctx, s.url, "k", "1 2")
	wantReply(t, <-keyed(ctx, s.url, "k", "1 3"), 422, `.*another body was posted with this Idempotency-Key.*`)
	wantReply(t, <-keyed(ctx, s.url, strings.Repeat("k", 256), "1"), 400, `.*the Idempotency-Key has more than 255 bytes.*`)
	wantReply(t, <-keyed(ctx, s.url, "", "1"), 400, `.*the Idempotency-Key is empty.*`)
	two, _ := http.NewRequest("POST", s.url, strings.NewReader("1"))
	two.Header["Idempotency-Key"] = []string{"k", "l"}
	wantReply(t, do(two), 400, `.*the request has 2 Idempotency-Keys; give it one.*`)
	wantReply(t, <-keyed(ctx, s.url, "k", "1 x"), 400, `.*not valid JSON.*`)
	time.Sleep(20 * time.Millisecond)
	if len(first)+len(again) > 0 {
		t.Error("answered before it is durable")
	}
	s.durable()
	for _, r := range []chan reply{first, again, keyed(ctx, s.url, "k", "1 2")} {
		wantReply(t, <-r, 202, `\{"accepted":2\}`)
	}
	other := keyed(ctx, s.url, "l", "1 2")
	if got := fmt.Sprint(s.next(t)); got != "[1 2]" {
		t.Error(got)
	}
	s.durable()
	wantReply(t, <-other, 202, `\{"accepted":2\}`)
	none := posted(s.url, "3")
	s.next(t)
	if s.Source.(ptl.Noting).Notes() != nil {
		t.Error("there is a note of a request without a key")
	}
	s.durable()
	<-none

	_ = s.Close()
	restarted := PostSource(ptl.IntType, SourceOptions{Address: "localhost:0/"})
	for _, n := range notes {
		if err := restarted.(ptl.Noting).Recall(n.Number, n.Value); err != nil {
			t.Fatal(err)
		}
		for cut := range n.Value {
			if restarted.(ptl.Noting).Recall(n.Number, n.Value[:cut]) == nil {
				t.Errorf("a note of %d bytes is taken for one", cut)
			}
		}
	}
	var notices []string
	if err := restarted.Open(env("orders", &notices), nil); err != nil {
		t.Fatal(err)
	}
	defer restarted.Close()
	url := notices[0][strings.Index(notices[0], "http://"):]
	go func() {
		if events, _, err := restarted.Next(nil); err == nil {
			t.Errorf("%v is taken again", events)
		}
	}()
	wantReply(t, <-keyed(ctx, url, "k", "1 2"), 202, `\{"accepted":2\}`)
	wantReply(t, <-keyed(ctx, url, "k", "1"), 422, `.*`)
}

// TestKeyOfADroppedRequest: a key whose request nobody took is free for the next one, which may wait for it already.
func TestKeyOfADroppedRequest(t *testing.T) {
	s := open(t, ptl.IntType, "localhost:0/", ptl.Cut{})
	s.Source.(*source[int64]).server.serve(env("", nil))
	ctx, leave := context.WithCancel(context.Background())
	first := keyed(ctx, s.url, "k", "1")
	time.Sleep(30 * time.Millisecond)
	second := keyed(context.Background(), s.url, "k", "1")
	time.Sleep(30 * time.Millisecond)
	leave()
	if got := <-first; got.status != 0 {
		t.Errorf("got %v", got)
	}
	time.Sleep(30 * time.Millisecond)
	if got := fmt.Sprint(s.next(t)); got != "[1]" {
		t.Error(got)
	}
	s.durable()
	wantReply(t, <-second, 202, `\{"accepted":1\}`)
	waits := keyed(context.Background(), s.url, "l", "2")
	time.Sleep(30 * time.Millisecond)
	s.Interrupt()
	wantReply(t, <-waits, 503, `.*`)
}

// TestKeysAreForgotten: the last ones are known, before and after a restart, and no more.
func TestKeysAreForgotten(t *testing.T) {
	const more = 10
	k, again := newKeys(), newKeys()
	stored := map[uint64][]byte{}
	for i := range mostKeys + more {
		r := &request{keyed: true, key: digestOf(fmt.Append(nil, i)), count: int64(i)}
		if k.claim(r) != r {
			t.Fatalf("key %d was known", i)
		}
		n := k.taken(r)
		stored[n.Number] = n.Value
	}
	for place, note := range stored {
		if err := again.recall(place, note); err != nil {
			t.Fatal(err)
		}
	}
	for _, k := range []*keys{k, again} {
		if len(k.known) != mostKeys || len(k.ring) != mostKeys || len(stored) != mostKeys || k.next != mostKeys+more {
			t.Errorf("%d keys are known of %d", len(k.known), k.next)
		}
		for _, i := range []int{more, mostKeys + more - 1} {
			if r := k.known[digestOf(fmt.Append(nil, i))]; r == nil || r.count != int64(i) {
				t.Errorf("key %d is %v", i, r)
			}
		}
		if k.known[digestOf(fmt.Append(nil, more-1))] != nil {
			t.Error("an old key is known")
		}
	}
}
