package runtime

import (
	"io"
	"os"
	goruntime "runtime"
	"testing"
	"time"

	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/store"
)

// watching is a standard input of two lines; before the second it waits until the first is out, and notes how many processors Go has.
type watching struct {
	t          *testing.T
	lines      int
	processors int
	counted    int
}

func (w *watching) Read(b []byte) (int, error) {
	if w.lines++; w.lines > 2 {
		return 0, io.EOF
	}
	if w.lines == 2 {
		for began := time.Now(); ; time.Sleep(time.Millisecond) {
			if text, err := os.ReadFile("out.txt"); err == nil && len(text) > 0 {
				break
			}
			if time.Since(began) > time.Minute {
				w.t.Error("the first line did not come out")
				return 0, io.EOF
			}
		}
		w.processors, w.counted = goruntime.GOMAXPROCS(0), processors()
	}
	return copy(b, "a\na\n"), nil
}

// TestSpareProcessor: who syncs has a processor of Go more while the run lasts, unless the environment says how many there are; the number
// of partitions and workers is not changed by that, nor by a second run meanwhile.
func TestSpareProcessor(t *testing.T) {
	own := goruntime.GOMAXPROCS(0)
	for _, c := range []struct {
		name  string
		o     Options
		set   string // in the environment
		other bool   // there is another run
		want  int
	}{
		{"sync", Options{Durability: store.Sync}, "", false, own + 1},
		{"two with sync", Options{Durability: store.Sync}, "", true, own + 2},
		{"async", Options{Durability: store.Async}, "", false, own},
		{"memory", Options{Memory: true}, "", false, own},
		{"set", Options{Durability: store.Sync}, "1", false, own},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			t.Setenv("GOMAXPROCS", c.set)
			if c.other {
				defer spareProcessor()()
			}
			in := &watching{t: t}
			c.o.Stdin = in
			if err := Run(t.Context(), &ptl.App{Name: "piped", Build: pipedApp}, c.o); err != nil {
				t.Fatal(err)
			}
			if in.processors != c.want || in.counted != own {
				t.Errorf("while it ran there were %d processors, counted as %d; not %d and %d", in.processors, in.counted, c.want, own)
			}
		})
		if now := goruntime.GOMAXPROCS(0); now != own {
			t.Fatalf("%s: %d processors are left of %d", c.name, now, own)
		}
	}
}
