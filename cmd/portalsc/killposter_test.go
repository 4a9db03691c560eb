package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// poster posts numbers, in atoms of seven of which some are empty.
const poster = `
param url: String
stream numbers = range(0, 15_000, atom: 7)
stream some: Int
workflow w { from numbers |> filter(n => n / 100 % 2 == 0) |> to some }
sink some to http.post(url)
`

// TestKillOfAPoster kills a program again and again that posts to a server, which fails now and then, also behind its back:
// it takes events and hangs up. By the keys that come with them, the server has every event once, in order.
func TestKillOfAPoster(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	dir := t.TempDir()
	source := filepath.Join(dir, "poster.ptl")
	if err := os.WriteFile(source, []byte(poster), 0o644); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "poster")
	if status := run([]string{"build", "-o", program, source}); status != 0 {
		t.Fatalf("portalsc build: exit status %d", status)
	}
	in := &inbox{t: t, dice: rand.New(rand.NewPCG(5, 6)), atoms: map[string]string{}}
	server := httptest.NewServer(in)
	defer server.Close()
	flags := []string{"--quiet", "--url", server.URL}
	killed := 0
	for killed < *kills && killSoon(t, dir, program, flags, uint64(killed)) {
		killed++
	}
	if killed == *kills {
		runProgram(t, dir, program, flags...)
	}
	var want strings.Builder
	for n := range 15_000 {
		if n/100%2 == 0 {
			fmt.Fprintln(&want, n)
		}
	}
	got := in.text.String()
	if got != want.String() {
		t.Errorf("it has %d lines, not %d", strings.Count(got, "\n"), strings.Count(want.String(), "\n"))
	}
	t.Logf("killed %d times; %d requests, of which %d were repeated", killed, in.requests, in.repeated)
	if killed < 3 || in.repeated == 0 {
		t.Error("too little happened to tell anything")
	}
}

// inbox takes each key once.
type inbox struct {
	t                  *testing.T
	mu                 sync.Mutex
	dice               *rand.Rand
	atoms              map[string]string
	text               strings.Builder
	requests, repeated int
}

func (in *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the program was killed
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.requests++
	key := r.Header.Get("Idempotency-Key")
	luck := in.dice.IntN(150)
	if luck == 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if had, again := in.atoms[key]; again {
		in.repeated++
		if had != string(body) {
			in.t.Errorf("%s comes with other events", key)
		}
	} else {
		in.atoms[key] = string(body)
		in.text.Write(body)
	}
	if luck == 1 {
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = c.Close()
		}
	}
}
