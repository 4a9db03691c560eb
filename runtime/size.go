package runtime

import (
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// size is a flag that takes a number of bytes, such as 512MiB.
type size int64

var sizeUnits = []struct {
	name  string
	bytes float64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1}, {"", 1},
}

// Set reads a size.
func (s *size) Set(text string) error {
	for _, u := range sizeUnits {
		number, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(n*u.bytes >= 1 && n*u.bytes < math.MaxInt64) {
			break
		}
		*s = size(n * u.bytes)
		return nil
	}
	return fmt.Errorf("%q is no size: write a number with a unit, such as 512MiB or 2GiB", text)
}

func (s *size) String() string {
	if *s == 0 {
		return ""
	}
	return strconv.FormatInt(int64(*s), 10)
}

// Type is what --help calls the value.
func (s *size) Type() string { return "size" }

// boundHeap has the collector run early enough that garbage does not come to much beside states that keep within a budget: what
// else a program needs has a quarter of the budget and 256 MiB. Who sets GOMEMLIMIT has decided.
func boundHeap(budget int64) {
	if _, set := os.LookupEnv("GOMEMLIMIT"); budget > 0 && !set {
		debug.SetMemoryLimit(budget - budget/cacheShare + budget/4 + 256<<20) // the cache is not on the heap
	}
}
