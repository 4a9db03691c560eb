package main

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/portals-lang/portals/codegen"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
)

// TestEditsThatTouch: of findings in any order, whose edits lie anywhere, those are made that touch no edit of one before.
func TestEditsThatTouch(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	left := 0
	for range 2000 {
		text := strings.Repeat(".", 40)
		file := source.New("p.ptl", text)
		var found []*diag.Diagnostic
		var kept []diag.Edit
		for n := range 8 {
			start := rng.IntN(len(text))
			e := diag.Edit{Span: source.Span{File: file, Start: start, End: min(start+rng.IntN(4), len(text))}, New: string(rune('a' + n))}
			found = append(found, &diag.Diagnostic{Edits: []diag.Edit{e}})
			if slices.ContainsFunc(kept, func(k diag.Edit) bool { return k.Span.Start <= e.Span.End && e.Span.Start <= k.Span.End }) {
				left++
				continue
			}
			kept = append(kept, e)
		}
		slices.SortFunc(kept, func(a, b diag.Edit) int { return b.Span.Start - a.Span.Start })
		want := text
		for _, e := range kept {
			want = want[:e.Span.Start] + e.New + want[e.Span.End:]
		}
		f := newFixer(nil)
		if f.edit(found); f.texts["p.ptl"] != want {
			t.Fatalf("%s was made, not %s", f.texts["p.ptl"], want)
		}
	}
	if left == 0 {
		t.Error("no edits touched each other")
	}
}

// TestTwiceTheEditsTakeTwice mends files with n and with 2n mistakes: what that allocates must grow with n, and not with its square.
func TestTwiceTheEditsTakeTwice(t *testing.T) {
	allocated := func(n int) uint64 {
		text := strings.Repeat("fun f() -> Option[Int] = 1\n", n)
		f := newFixer([]*codegen.App{{Name: "p", Files: []*source.File{source.New("p.ptl", text)}}})
		found := f.check()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f.edit(found)
		runtime.ReadMemStats(&after)
		if made := strings.Count(f.texts["p.ptl"], "= Some(1)\n"); made != n {
			t.Fatalf("%d of %d edits were made", made, n)
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	once, twice := allocated(1000), allocated(2000)
	if float64(twice) > 2.6*float64(once) { // a table that grows doubles
		t.Errorf("%d bytes for 1000, %d for 2000", once, twice)
	}
}
