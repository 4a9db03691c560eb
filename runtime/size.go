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
		switch bytes := n * u.bytes; {
		case err != nil || !(bytes >= 0 && bytes < math.MaxInt64):
		case bytes < leastBudget && u.name == "":
			return fmt.Errorf("%q is so many bytes, and no budget: write a unit, such as 512MiB or 2GiB", text)
		case bytes < leastBudget:
			return fmt.Errorf("%q is too little to work with: give it 16MiB or more, or leave the flag out for no limit", text)
		default:
			*s = size(bytes)
			return nil
		}
		break
	}
	return fmt.Errorf("%q is no size: write a number with a unit, such as 512MiB or 2GiB", text)
}

// leastBudget is what --memory-budget has to be, at least: half of it is the least cache of the store. Tests make it small.
var leastBudget float64 = 2 * leastCache

func (s *size) String() string {
	if *s == 0 {
		return ""
	}
	return strconv.FormatInt(int64(*s), 10)
}

// count is a flag that takes a number of things, of which there are up to mostPartitions.
type count int

// mostPartitions is far beyond the processors of any machine, and what a workflow has for each of them does not take all memory yet.
const mostPartitions = 1024

// Set reads a number.
func (c *count) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > mostPartitions {
		return fmt.Errorf("write a number from 1 to %d, or leave the flag out", mostPartitions)
	}
	*c = count(n)
	return nil
}

func (c *count) String() string {
	if *c == 0 {
		return ""
	}
	return strconv.Itoa(int(*c))
}

// Type is what --help calls the value.
func (c *count) Type() string { return "int" }

// Type is what --help calls the value.
func (s *size) Type() string { return "size" }

// boundHeap has the collector run early enough that garbage does not come to much beside states that keep within a budget: what
// else a program needs has a quarter of the budget and 256 MiB. Who sets GOMEMLIMIT has decided.
func boundHeap(budget int64) {
	if _, set := os.LookupEnv("GOMEMLIMIT"); budget > 0 && !set {
		debug.SetMemoryLimit(budget - budget/cacheShare + budget/4 + 256<<20) // the cache is not on the heap
	}
}
