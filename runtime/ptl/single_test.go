package ptl

import (
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// TestWrittenLater: what a cut writes later is the state as it was at the cut, whatever atoms do to it meanwhile, on another goroutine.
func TestWrittenLater(t *testing.T) {
	late := 0
	rapid.Check(t, func(t *rapid.T) {
		store := &shelf{entries: map[string]string{}}
		s := &Single[manyState]{typ: manyStateType, place: Prefixes{Records: []byte("record"), Items: manyItems()}}
		s.records = newRecords(manyStateType, &Runtime{Scan: store.scan, RecordLimit: rapid.SampledFrom([]int{1, 20, 60}).Draw(t, "limit")})
		l := &Lane{Inline: true}
		atoms := func() {
			for range rapid.IntRange(0, 4).Draw(t, "atoms") {
				l.atom++
				s.State(l).step(t)
				if rapid.IntRange(0, 4).Draw(t, "fails") == 0 {
					s.rollback()
				} else {
					s.settle()
				}
			}
		}
		for range rapid.IntRange(1, 30).Draw(t, "cuts") {
			atoms()
			want := s.state.text()
			s.changes(store)
			var writing sync.WaitGroup
			for _, write := range store.later {
				late++
				writing.Go(func() { write(store) })
			}
			store.later = nil
			atoms()
			writing.Wait()
			var read manyState
			if record, ok := store.entries["record"]; ok {
				if _, err := s.records.read([]byte(record), manyItems, &read); err != nil {
					t.Fatal(err)
				}
			}
			if read.text() != want {
				t.Fatalf("the state %q was stored as %q", want, read.text())
			}
		}
	})
	if late < 100 {
		t.Errorf("only %d cuts had something to write later", late)
	}
}
