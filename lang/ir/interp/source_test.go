package interp

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCutInto: atoms have n events, and the last what is left; without a positive n there is one.
func TestCutInto(t *testing.T) {
	events := []Value{int64(1), int64(2), int64(3)}
	for _, c := range []struct {
		n    Value
		want []int
	}{
		{int64(2), []int{2, 1}}, {int64(3), []int{3}}, {int64(9), []int{3}}, {int64(0), []int{3}}, {int64(-1), []int{3}}, {nil, []int{3}},
	} {
		var got []int
		for _, atom := range cutInto(events, c.n) {
			got = append(got, len(atom))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("cut into %v: %s", c.n, d)
		}
	}
	if atoms := cutInto(nil, nil); len(atoms) != 0 {
		t.Errorf("nothing is cut into %v", atoms)
	}
}
