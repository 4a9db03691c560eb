// Package outside is what random programs call of Go: functions of every form that an `extern fun` can have. They are pure, so
// that the interpreter, which calls them too, gets what the compiled programs get.
package outside

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Half fails for what has no half.
func Half(n int64) (int64, error) {
	if n%2 != 0 {
		return 0, fmt.Errorf("%d has no half", n)
	}
	return n / 2, nil
}

// Mix makes a text of a text and an int.
func Mix(s string, n int) string { return fmt.Sprintf("%d-%s", n, s) }

// First gives a pointer, or none.
func First(xs []int64) *int64 {
	if len(xs) == 0 {
		return nil
	}
	return &xs[0]
}

// Or takes a pointer, which may be none.
func Or(x *float64, other float64) float64 {
	if x == nil {
		return other
	}
	return *x
}

// Parts gives two values.
func Parts(s string) (string, int) { return strings.ToUpper(s), len(s) }

// Parted gives two values and an error.
func Parted(s string) (before, after string, err error) {
	before, after, found := strings.Cut(s, "-")
	if !found {
		return "", "", fmt.Errorf("%q has no parts", s)
	}
	return before, after, nil
}

// Sorted changes the list that it is given, which is nobody else's.
func Sorted(xs []string) []string {
	slices.Sort(xs)
	return xs
}

// Count gives a map.
func Count(xs []string) map[string]int64 {
	counts := map[string]int64{}
	for _, x := range xs {
		counts[x]++
	}
	return counts
}

// Look gives a value, or that there is none.
func Look(m map[string]int64, key string) (int64, bool) {
	n, ok := m[key]
	return n, ok
}

// Sum takes any number of numbers.
func Sum(xs ...int64) (sum int64) {
	for _, x := range xs {
		sum += x
	}
	return sum
}

// Later gives times, some of which do not fit.
func Later(t time.Time, d time.Duration) time.Time { return t.Add(1000 * d) }

// Turned gives bytes.
func Turned(b []byte) []byte {
	slices.Reverse(b)
	return b
}

// Text gives what is no text sometimes.
func Text(n int64) string {
	if n%7 == 3 {
		return "\xff"
	}
	return strings.Repeat("é", int(n&3))
}

// Refuse panics sometimes.
func Refuse(n int64, yes bool) int64 {
	if yes && n == 2 {
		panic("two")
	}
	return n
}
