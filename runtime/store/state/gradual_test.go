package state

import (
	"slices"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// TestGradual: the disk is asked for each piece of a file as soon as it is written, and for nothing else.
func TestGradual(t *testing.T) {
	f, err := vfs.NewMem().Create("table", vfs.WriteCategoryUnspecified)
	if err != nil {
		t.Fatal(err)
	}
	asked := &asked{File: f}
	g := &gradual{File: asked}
	for range 5 {
		if _, err := g.Write(make([]byte, beginsEvery/2)); err != nil {
			t.Fatal(err)
		}
	}
	if want := []int64{beginsEvery, 2 * beginsEvery}; !slices.Equal(asked.to, want) {
		t.Errorf("the disk was asked to begin with what stands before %v, not %v", asked.to, want)
	}
	if info, err := f.Stat(); err != nil || info.Size() != beginsEvery*5/2 {
		t.Errorf("the file has %v, %v", info.Size(), err)
	}
}

// asked keeps what SyncTo was asked for.
type asked struct {
	vfs.File
	to []int64
}

func (a *asked) SyncTo(n int64) (bool, error) {
	a.to = append(a.to, n)
	return a.File.SyncTo(n)
}
