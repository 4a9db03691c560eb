package match

import (
	"runtime"
	"strconv"
	"testing"

	"github.com/portals-lang/portals/lang/types"
)

// TestTwiceTheRowsTakeTwice: what judging a match allocates grows with the number of its rows, and not with its square.
func TestTwiceTheRowsTakeTwice(t *testing.T) {
	for name, rows := range map[string]func(n int) []Row{
		"rows that one hides": func(n int) []Row { return make([]Row, n) },
		"alternatives": func(n int) []Row {
			or := &Or{}
			for i := range n {
				or.Alts = append(or.Alts, lit(strconv.Itoa(i)))
			}
			return []Row{{Pattern: or}, {}}
		},
		"numbers": func(n int) (rows []Row) {
			for i := range n {
				rows = append(rows, Row{Pattern: lit(strconv.Itoa(i))})
			}
			return append(rows, Row{})
		},
	} {
		allocated := func(n int) uint64 {
			made := rows(n)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			Check(types.Int, made)
			runtime.ReadMemStats(&after)
			return after.TotalAlloc - before.TotalAlloc
		}
		if once, twice := allocated(1000), allocated(2000); twice > 3*once {
			t.Errorf("%s: %d bytes for 1000, %d for 2000", name, once, twice)
		}
	}
}
