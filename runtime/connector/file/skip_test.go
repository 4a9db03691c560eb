package file

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/ptl"
)

// badInput is a file of which every third line is bad.
func badInput(n int) (input string, good, bad []int) {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		if i%3 == 0 {
			fmt.Fprintf(&b, "{\"user\":\"%d\",\"item\":\"\"}\n", i)
			bad = append(bad, i)
		} else {
			fmt.Fprintf(&b, "{\"user\":%d,\"item\":\"\"}\n", i)
			good = append(good, i)
		}
	}
	return b.String(), good, bad
}

// rejectedLines are the line numbers in a file of rejected records.
func rejectedLines(t *testing.T, fsys vfs.FS, path string) (lines []int) {
	t.Helper()
	for line := range strings.Lines(text(t, fsys, path)) {
		var r struct{ Place, Field, Reason, Text string }
		var n int
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscanf(r.Place, strings.TrimSuffix(path, ".rejected")+":%d", &n); err != nil || r.Field != "user" || r.Text == "" {
			t.Fatalf("%s: %v", line, err)
		}
		lines = append(lines, n)
	}
	return lines
}

func skipping(path string) ptl.Source[order] {
	return NDJSONSource(orderType, SourceOptions{Path: path, Atom: ptl.Cut{Events: 3}, Bad: ptl.SkipBad})
}

func TestSkipBad(t *testing.T) {
	fsys := vfs.NewMem()
	input, good, bad := badInput(20)
	put(t, fsys, "1.in", input)
	put(t, fsys, "1.in.rejected", "of an earlier run")
	put(t, fsys, "2.in", `{"user":7,"item":""}`)
	put(t, fsys, "2.in.rejected", "of an earlier run")
	env := &ptl.Env{FS: fsys}
	atoms, positions := drain(t, open(t, skipping("*.in"), env, nil))
	want := fmt.Sprint(bad)
	if got := fmt.Sprint(rejectedLines(t, fsys, "1.in.rejected")); got != want || len(concat(atoms)) != len(good)+1 {
		t.Errorf("got %s, want %s; %d atoms", got, want, len(atoms))
	}
	if text(t, fsys, "2.in.rejected") != "" {
		t.Error("2.in.rejected is still there")
	}
	for i, at := range positions {
		rest, _ := drain(t, open(t, skipping("*.in"), env, at))
		if fmt.Sprint(rest) != fmt.Sprint(atoms[i+1:]) {
			t.Errorf("behind atom %d: %v", i, rest)
		}
		if got := fmt.Sprint(rejectedLines(t, fsys, "1.in.rejected")); got != want {
			t.Errorf("replayed behind atom %d: got %s, want %s", i, got, want)
		}
	}
}

// A crash at any operation: behind the last position that was taken, each bad line is rejected once.
func TestSkipBadCrash(t *testing.T) {
	input, good, bad := badInput(30)
	run := func(fsys vfs.FS, at *[]byte, taken *int) error {
		s := skipping("a.in")
		if err := s.Open(&ptl.Env{FS: fsys, Durable: true}, *at); err != nil {
			return err
		}
		for {
			events, now, err := s.Next(nil)
			if err != nil {
				return errors.Join(err, s.Close())
			}
			*at = now
			*taken += len(events)
		}
	}
	finished := func(err error) bool { return err != nil && !errors.Is(err, errCrash) && err.Error() == "EOF" }
	for _, unsynced := range []int{0, 50, 100} {
		for n := 0; ; n++ {
			mem := vfs.NewCrashableMem()
			put(t, mem, "a.in", input)
			syncAll(t, mem, "a.in")
			var at []byte
			taken := 0
			c := &crashing{mem: mem, n: n, fails: n}
			err := run(c.fs(unsynced), &at, &taken)
			if finished(err) {
				break
			}
			if !errors.Is(err, errCrash) {
				t.Fatal(err)
			}
			if err := run(c.left, &at, &taken); !finished(err) {
				t.Fatalf("unsynced %d, crash at %d: %v", unsynced, n, err)
			}
			got := fmt.Sprint(rejectedLines(t, c.left, "a.in.rejected"))
			if got != fmt.Sprint(bad) || taken != len(good) {
				t.Fatalf("unsynced %d, crash at %d: %d events, rejected %s", unsynced, n, taken, got)
			}
		}
	}
}

// syncAll makes a file survive a crash.
func syncAll(t *testing.T, fsys vfs.FS, path string) {
	t.Helper()
	f, err := fsys.OpenReadWrite(path, vfs.WriteCategoryUnspecified)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	dir, dirErr := fsys.OpenDir(fsys.PathDir(path))
	if dirErr == nil {
		dirErr = errors.Join(dir.Sync(), dir.Close())
	}
	if err = errors.Join(err, dirErr); err != nil {
		t.Fatal(err)
	}
}
