package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestKillWhilePosting kills a program again and again while clients post to it. Of what was answered with 202 each order has
// its receipt once; of a request that had no answer there are all receipts or none; and what was refused has none. Two of the
// clients give each request a key and send it until it is accepted: their orders have their receipts once, too.
func TestKillWhilePosting(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	dir := t.TempDir()
	program := buildExample(t, dir, "orders", toFile)
	address := freeAddress(t) + "/orders"
	p := &postings{url: "http://" + address, said: map[int]int{}}
	var clients sync.WaitGroup
	over := make(chan struct{})
	for i := range 4 {
		clients.Go(func() { p.client(over, i%2 == 0) })
	}
	r := rand.New(rand.NewPCG(1, 1))
	for i := range *kills {
		cmd := exec.Command(program, "--address", address, "--quiet")
		cmd.Dir = dir
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		before := p.accepted()
		waitFor(t, "it takes something", func() bool { return p.accepted() > before+5 })
		time.Sleep(time.Duration(r.IntN(100)) * time.Millisecond)
		if i%3 == 2 {
			_ = cmd.Process.Signal(os.Interrupt) // a stop in order, among the others
		} else {
			_ = cmd.Process.Kill()
		}
		if err := cmd.Wait(); (i%3 == 2) != (err == nil) {
			t.Errorf("run %d: %v", i, err)
		}
	}
	close(over)
	clients.Wait()
	cmd := exec.Command(program, "--address", address, "--quiet") // what is stored and has not been written yet
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "it listens", func() bool { // one that does not yet would not end in order
		answer, err := http.Get(p.url)
		return err == nil && answer.Body.Close() == nil
	})
	_ = cmd.Process.Signal(os.Interrupt)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	p.check(t, read(t, dir))
}

// waitFor waits until something is so. A busy machine may take long for it.
func waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	for range 6000 {
		if so() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("a minute, and not that %s", what)
}

// freeAddress is one at which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// postings is what clients post, and what they were answered.
type postings struct {
	url   string
	mu    sync.Mutex
	next  int
	good  int         // how many were accepted
	again int         // how often one was sent again
	said  map[int]int // status of the last answer by number of the request; 0: none
}

// ordersEach is how many orders a request holds.
const ordersEach = 3

// client posts one request after the other until it is over.
func (p *postings) client(over chan struct{}, keys bool) {
	for {
		p.mu.Lock()
		n := p.next
		p.next++
		p.mu.Unlock()
		for status, tries := 0, 0; status != http.StatusAccepted && (keys || tries == 0); tries++ {
			select {
			case <-over:
				return
			default:
			}
			key := ""
			if keys {
				key = fmt.Sprint("request ", n)
			}
			if status = p.post(n, key); status == 0 {
				time.Sleep(5 * time.Millisecond) // nobody is there
			}
			p.mu.Lock()
			if p.said[n] = status; status == http.StatusAccepted {
				p.good++
			}
			if tries > 0 {
				p.again++
			}
			p.mu.Unlock()
		}
	}
}

// post posts the orders of a request and returns the status of its answer, 0 if there was none.
func (p *postings) post(n int, key string) int {
	var body strings.Builder
	for i := range ordersEach {
		fmt.Fprintf(&body, `{"id":"%d/%d","item":"item %d","quantity":1}`+"\n", n, i, n%10)
	}
	r, err := http.NewRequest("POST", p.url, strings.NewReader(body.String()))
	if err != nil {
		return 0
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	client := http.Client{Timeout: 20 * time.Second}
	answer, err := client.Do(r)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return 0
	}
	return answer.StatusCode
}

func (p *postings) accepted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.good
}

func (p *postings) check(t *testing.T, out []byte) {
	t.Helper()
	type receipt struct {
		ID, Item string
		Sold     int
	}
	receipts, sold := map[int]int{}, map[string]int{}
	seen := map[string]bool{}
	for _, r := range decode[receipt](t, out) {
		var n, i int
		if _, err := fmt.Sscanf(r.ID, "%d/%d", &n, &i); err != nil || seen[r.ID] {
			t.Fatalf("%s has a second receipt, or none knows it", r.ID)
		}
		seen[r.ID] = true
		receipts[n]++
		if sold[r.Item]++; sold[r.Item] != r.Sold {
			t.Fatalf("%v is order %d of its item", r, sold[r.Item])
		}
	}
	answered := map[int]int{}
	for n, status := range p.said {
		answered[status]++
		switch got := receipts[n]; {
		case status == http.StatusAccepted && got != ordersEach, status == http.StatusServiceUnavailable && got != 0, got%ordersEach != 0:
			t.Errorf("request %d was answered with %d, and has %d receipts", n, status, got)
		case status != 0 && status != http.StatusAccepted && status != http.StatusServiceUnavailable:
			t.Errorf("request %d was answered with %d", n, status)
		}
	}
	text, _ := json.Marshal(answered)
	t.Logf("%d requests, of which %d were sent again; by status: %s; %d receipts", len(p.said), p.again, text, len(seen))
	if answered[http.StatusAccepted] < *kills {
		t.Errorf("%d requests were accepted, too few to tell anything", answered[http.StatusAccepted])
	}
}
