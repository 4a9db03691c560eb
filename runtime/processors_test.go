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

// watching is a standard input that gives lines twice; before the second time it waits until those of the first are out, notes how many
// processors Go has, and what another run would make of that.
type watching struct {
	t              *testing.T
	reads          int
	processors     int
	workers, lanes int
}

func (w *watching) Read(b []byte) (int, error) {
	if w.reads++; w.reads > 2 {
		return 0, io.EOF
	}
	if w.reads == 2 {
		for began := time.Now(); ; time.Sleep(time.Millisecond) {
			if text, err := os.ReadFile("out.txt"); err == nil && len(text) > 0 {
				break
			}
			if time.Since(began) > time.Minute {
				w.t.Error("the first lines did not come out")
				return 0, io.EOF
			}
		}
		app := &ptl.App{Name: "another"}
		another := Options{Memory: true}.withDefaults(app).engine(app, nil)
		w.processors, w.workers, w.lanes = goruntime.GOMAXPROCS(0), another.Workers, another.Lanes
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
		{"two with sync", Options{Durability: store.Sync}, "", true, own + 1},
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
			if in.processors != c.want || in.workers != own || in.lanes != own {
				t.Errorf("while it ran there were %d processors, for %d workers and %d partitions; not %d for %d", in.processors, in.workers, in.lanes, c.want, own)
			}
		})
		if now := goruntime.GOMAXPROCS(0); now != own {
			t.Fatalf("%s: %d processors are left of %d", c.name, now, own)
		}
	}
}

// TestSpareLeavesWhatIsSet: what somebody sets meanwhile stays, and counts.
func TestSpareLeavesWhatIsSet(t *testing.T) {
	t.Setenv("GOMAXPROCS", "")
	own := goruntime.GOMAXPROCS(0)
	defer goruntime.GOMAXPROCS(own)
	giveBack := spareProcessor()
	goruntime.GOMAXPROCS(own + 3)
	if n := processors(); n != own+3 {
		t.Errorf("%d processors are counted of %d that were set", n, own+3)
	}
	giveBack()
	if n := goruntime.GOMAXPROCS(0); n != own+3 {
		t.Errorf("%d processors are left of %d that were set", n, own+3)
	}
}
