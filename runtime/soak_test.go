package runtime

import (
	"context"
	"flag"
	"fmt"
	goruntime "runtime"
	"slices"
	"testing"
	"time"

	"github.com/portals-lang/portals/runtime/connector/file"
	"github.com/portals-lang/portals/runtime/ptl"
)

// soak is how long TestSoak runs; -soak 10m is the long mode.
var soak = flag.Duration("soak", 0, "how long TestSoak runs an app that never ends")

// soakApp counts the numbers from 0 by their rest, for ever, and writes one count in 1000.
func soakApp(g *ptl.Graph) {
	numbers := ptl.SourceStream(g, ptl.StreamSpec{Name: "numbers"}, ptl.IntType, ptl.RangeSource(0, 1<<62, ptl.Cut{Events: 1000}))
	counts := ptl.NewStream(g, ptl.StreamSpec{Name: "counts"}, ptl.StringType)
	w := ptl.NewWorkflow[linesLane](g, ptl.WorkflowSpec{Name: "counting"}, nil)
	count := func(l *linesLane, h uint64, key, line string) {
		s := l.total.At(&l.Lane, h, key)
		if s.n++; s.n%1000 == 0 {
			l.out.Put(&l.Lane, fmt.Sprint(line, " ", s.n))
		}
	}
	ptl.Reads(w, numbers, ptl.Each(func(l *linesLane, v int64) {
		line := fmt.Sprint(v % 20_000)
		if h := ptl.HashString(line); l.Inline {
			count(l, h, line, line)
		} else {
			l.toTotal.Send(&l.Lane, h, line, line)
		}
	}))
	ptl.AddTask(w, &ptl.Task[*linesLane]{
		Name:    "Total",
		State:   ptl.KeyedState("Total", func(l *linesLane) *ptl.Keyed[string, linesState] { return &l.total }, ptl.StringType, linesStateType, nil),
		Receive: ptl.Receive(func(l *linesLane) *ptl.Exchange[string, string] { return &l.toTotal }, count),
	})
	ptl.Writes(w, counts, func(l *linesLane) *ptl.Out[string] { return &l.out })
	ptl.NewSink(g, ptl.SinkSpec{Name: "counts"}, counts, file.LinesSink(ptl.StringType, file.SinkOptions{Path: "out.txt"}))
}

// TestSoak runs an app for long, with its store, and wants the memory that it uses after a collection to stay what it was.
func TestSoak(t *testing.T) {
	if *soak == 0 {
		t.Skip("-soak says how long")
	}
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithTimeout(context.Background(), *soak)
	defer cancel()
	ended := make(chan error, 1)
	events := uint64(0)
	go func() {
		ended <- Run(ctx, &ptl.App{Name: "soak", Build: soakApp}, Options{Progress: func(p Progress) { events = p.Events }})
	}()
	var heap []uint64
	for every := time.NewTicker(*soak / 60); ; {
		select {
		case <-every.C:
			goruntime.GC()
			var m goruntime.MemStats
			goruntime.ReadMemStats(&m)
			heap = append(heap, m.HeapAlloc>>10)
			continue
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
		}
		break
	}
	third := len(heap) / 3
	before, after := slices.Max(heap[third:2*third]), slices.Max(heap[2*third:])
	t.Logf("%d events; KiB in use: %v", events, heap)
	if after > before+before/4 {
		t.Errorf("the memory in use grew from %d to %d KiB", before, after)
	}
}
