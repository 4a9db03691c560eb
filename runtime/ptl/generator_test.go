package ptl

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// generated runs a source from a position to its end.
func generated[T any](t interface{ Fatal(...any) }, s Source[T], env *Env, at []byte) (all [][]T, positions [][]byte) {
	if err := s.Open(env, at); err != nil {
		t.Fatal(err)
	}
	for {
		events, at, err := s.Next(nil)
		if err == io.EOF {
			return all, positions
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, slices.Clone(events))
		positions = append(positions, at)
	}
}

func TestGenerators(t *testing.T) {
	down := func(n int64) Option[Tuple2[int64, int64]] {
		if n == 0 {
			return None[Tuple2[int64, int64]]()
		}
		return Some(Tuple2[int64, int64]{n * 10, n - 1})
	}
	for _, c := range []struct {
		name string
		make func() Source[int64]
		want string
	}{
		{"range, one atom", func() Source[int64] { return RangeSource(0, 5, Cut{}) }, "[[0 1 2 3 4]]"},
		{"range, cut", func() Source[int64] { return RangeSource(-2, 3, Cut{Events: 2}) }, "[[-2 -1] [0 1] [2]]"},
		{"range, cut evenly", func() Source[int64] { return RangeSource(0, 4, Cut{Events: 2}) }, "[[0 1] [2 3]]"},
		{"range of nothing", func() Source[int64] { return RangeSource(3, 3, Cut{}) }, "[]"},
		{"range backwards", func() Source[int64] { return RangeSource(3, -3, Cut{}) }, "[]"},
		{"range at the end of Int", func() Source[int64] { return RangeSource(math.MaxInt64-1, math.MaxInt64, Cut{}) }, "[[9223372036854775806]]"},
		{"list", func() Source[int64] { return ListSource(IntType, ListOf[int64](7, 8, 9), Cut{}) }, "[[7 8 9]]"},
		{"list, cut", func() Source[int64] { return ListSource(IntType, ListOf[int64](7, 8, 9), Cut{Events: 2}) }, "[[7 8] [9]]"},
		{"list of nothing", func() Source[int64] { return ListSource(IntType, ListOf[int64](), Cut{}) }, "[]"},
		{"atoms", func() Source[int64] {
			return Atoms(IntType, ListOf(ListOf[int64](1, 2), ListOf[int64](), ListOf[int64](3)))
		}, "[[1 2] [] [3]]"},
		{"repeat", func() Source[int64] { return Repeat(IntType, ListOf[int64](1, 2), 3) }, "[[1 2] [1 2] [1 2]]"},
		{"repeat never", func() Source[int64] { return Repeat(IntType, ListOf[int64](1, 2), -1) }, "[]"},
		{"empty", Empty[int64], "[]"},
		{"unfold", func() Source[int64] { return Unfold(IntType, IntType, 3, down, Cut{}) }, "[[30 20 10]]"},
		{"unfold, cut", func() Source[int64] { return Unfold(IntType, IntType, 3, down, Cut{Events: 2}) }, "[[30 20] [10]]"},
		{"unfold, cut evenly", func() Source[int64] { return Unfold(IntType, IntType, 2, down, Cut{Events: 1}) }, "[[20] [10]]"},
		{"unfold nothing", func() Source[int64] { return Unfold(IntType, IntType, 0, down, Cut{}) }, "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			all, positions := generated(t, c.make(), &Env{}, nil)
			if got := fmt.Sprint(all); got != c.want {
				t.Fatalf("got %s, want %s", got, c.want)
			}
			for i, at := range positions {
				rest, _ := generated(t, c.make(), &Env{}, at)
				if got, want := fmt.Sprint(rest), fmt.Sprint(all[i+1:]); got != want {
					t.Errorf("behind atom %d: got %s, want %s", i, got, want)
				}
			}
			if s := c.make(); !s.Replayable() || s.Close() != nil {
				t.Error("not replayable")
			}
		})
	}
}

func TestGeneratorsAreReplayed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Int64().Draw(t, "from")
		n := rapid.Int64Range(0, 60).Draw(t, "n")
		until := from + n
		if until < from {
			until = math.MaxInt64
		}
		cut := Cut{Events: rapid.Int64Range(0, 9).Draw(t, "cut")}
		all, positions := generated(t, RangeSource(from, until, cut), &Env{}, nil)
		if len(positions) == 0 {
			return
		}
		i := rapid.IntRange(0, len(positions)-1).Draw(t, "behind")
		// Another cut makes other atoms of the same events.
		rest, _ := generated(t, RangeSource(from, until, Cut{Events: 5}), &Env{}, positions[i])
		if diff := cmp.Diff(slices.Concat(all[i+1:]...), slices.Concat(rest...)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestGeneratorInterrupt(t *testing.T) {
	s := RangeSource(0, 3, Cut{Events: 2})
	if err := s.Open(&Env{}, nil); err != nil {
		t.Fatal(err)
	}
	s.Interrupt()
	s.Interrupt()
	if _, _, err := s.Next(nil); err != ErrInterrupted {
		t.Fatalf("got %v", err)
	}
	if events, _, err := s.Next([]int64{9}); err != nil || fmt.Sprint(events) != "[9 0 1]" {
		t.Fatalf("got %v, %v", events, err)
	}
}

func TestUnfoldFails(t *testing.T) {
	fail := true
	s := Unfold(IntType, IntType, 3, func(n int64) Option[Tuple2[int64, int64]] {
		if n == 2 && fail {
			fail = false
			Fail("no 2")
		}
		if n == 0 {
			return None[Tuple2[int64, int64]]()
		}
		return Some(Tuple2[int64, int64]{n, n - 1})
	}, Cut{})
	if err := s.Open(&Env{}, nil); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the failure was lost")
			}
		}()
		_, _, _ = s.Next(nil)
	}()
	if events, _, err := s.Next(nil); err != nil || fmt.Sprint(events) != "[3 2 1]" {
		t.Fatalf("got %v, %v", events, err)
	}
}

func TestGeneratorPositionThatDoesNotFit(t *testing.T) {
	for _, c := range []struct {
		at   []byte
		want string
	}{
		{AppendUint(nil, 6), "stands behind 6, the end is at 5"},
		{[]byte{1, 1}, "1 bytes too many"},
		{[]byte{0x80}, "ends in the middle"},
		{[]byte{}, "ends in the middle"},
	} {
		err := RangeSource(0, 5, Cut{}).Open(&Env{}, c.at)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "range") {
			t.Errorf("%v: got %v, want %q", c.at, err, c.want)
		}
	}
	if err := Unfold(IntType, StringType, "", nil, Cut{}).Open(&Env{}, []byte{1, 9}); err == nil {
		t.Error("half a seed was taken")
	}
}

func TestAtomLimit(t *testing.T) {
	env := &Env{Stream: "numbers", Limit: AtomLimit{Events: 3}}
	for _, c := range []struct {
		n       int64
		cut     Cut
		tooMany bool
	}{
		{3, Cut{}, false},
		{4, Cut{}, true},
		{8, Cut{Events: 4}, false}, // who asks for more gets it
	} {
		s := RangeSource(0, c.n, c.cut)
		if err := s.Open(env, nil); err != nil {
			t.Fatal(err)
		}
		_, _, err := s.Next(nil)
		var large *AtomTooLarge
		if errors.As(err, &large) != c.tooMany {
			t.Errorf("%d events, %+v: got %v", c.n, c.cut, err)
		}
		if c.tooMany && !strings.Contains(err.Error(), "stream numbers passes the limit of 3 events") {
			t.Errorf("got %v", err)
		}
	}
	c := NewCutter(Cut{}, &Env{Limit: AtomLimit{Bytes: 1_000_000}})
	if _, err := c.Add(1, 1_000_000); err != nil {
		t.Error(err)
	}
	if _, err := c.Add(1, 1); err == nil || !strings.Contains(err.Error(), "1,000,000 bytes") {
		t.Errorf("got %v", err)
	}
}

func TestCutAfter(t *testing.T) {
	now := Time(0)
	env := &Env{Now: func() Time { return now }}
	c := NewCutter(Cut{Events: 100, After: 5}, env)
	for n := 1; ; n++ {
		now++
		closed, err := c.Add(1, 0)
		if err != nil {
			t.Fatal(err)
		}
		if closed {
			if n != 1+clockEvery { // looked at the clock at 1, deadline 6, and at 17
				t.Errorf("closed after %d events", n)
			}
			return
		}
	}
}

// tickClock is a clock that people wait for.
type tickClock struct {
	now   Time
	waits []Duration
	step  func(d Duration) // what happens when somebody waits
}

func (c *tickClock) env() *Env {
	return &Env{
		Now: func() Time { return c.now },
		After: func(d Duration) <-chan struct{} {
			c.waits = append(c.waits, d)
			done := make(chan struct{})
			if c.step != nil {
				c.step(d)
				return done
			}
			c.now += Time(d)
			close(done)
			return done
		},
	}
}

func TestEvery(t *testing.T) {
	c := &tickClock{now: 100}
	s := Every(10)
	if err := s.Open(c.env(), nil); err != nil {
		t.Fatal(err)
	}
	var ticks []Time
	tick := func() {
		events, at, err := s.Next(nil)
		if err != nil || at != nil {
			t.Fatal(at, err)
		}
		ticks = append(ticks, events...)
	}
	tick()
	tick()
	c.now += 35 // the app is slow: 130 and 140 and 150 fall together
	tick()
	tick()
	if got := fmt.Sprint(ticks); got != "[110 120 155 160]" {
		t.Errorf("got %s", got)
	}
	if got := fmt.Sprint(c.waits); got != "[10 10 5]" {
		t.Errorf("waited %s", got)
	}
	if s.Replayable() {
		t.Error("the past cannot be replayed")
	}
}

func TestEveryInterrupted(t *testing.T) {
	c := &tickClock{now: 100}
	s := Every(10)
	c.step = func(Duration) {
		c.now += 4
		s.Interrupt()
	}
	if err := s.Open(c.env(), nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Next(nil); err != ErrInterrupted {
		t.Fatalf("got %v", err)
	}
	c.step = nil
	if events, _, err := s.Next(nil); err != nil || events[0] != 110 || fmt.Sprint(c.waits) != "[10 6]" {
		t.Fatalf("got %v, %v after waits of %v", events, err, c.waits)
	}
	if err := Every(0).Open(c.env(), nil); err == nil {
		t.Error("every(0s) would never stop")
	}
}

func BenchmarkRange(b *testing.B) {
	const n = 4096
	s := RangeSource(0, math.MaxInt64, Cut{Events: n})
	if err := s.Open(&Env{}, nil); err != nil {
		b.Fatal(err)
	}
	buf := make([]int64, 0, n)
	for b.Loop() {
		if _, _, err := s.Next(buf[:0]); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/event")
}
