package ptl

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// Time is a moment: nanoseconds since the Unix epoch, UTC. It reaches from the year 1677 to 2262.
type Time int64

// Duration is a length of time in nanoseconds.
type Duration int64

// The units of Duration literals.
const (
	Nanosecond  Duration = 1
	Microsecond          = 1000 * Nanosecond
	Millisecond          = 1000 * Microsecond
	Second               = 1000 * Millisecond
	Minute               = 60 * Second
	Hour                 = 60 * Minute
	Day                  = 24 * Hour
)

// AddTime is t + d.
func AddTime(t Time, d Duration) Time {
	sum := t + Time(d)
	if (t^sum)&(Time(d)^sum) < 0 {
		timeOverflow(t, " + ", d)
	}
	return sum
}

// SubTime is t - d.
func SubTime(t Time, d Duration) Time {
	diff := t - Time(d)
	if (t^Time(d))&(t^diff) < 0 {
		timeOverflow(t, " - ", d)
	}
	return diff
}

// GapTime is a - b, the Duration from b to a.
func GapTime(a, b Time) Duration {
	gap := a - b
	if (a^b)&(a^gap) < 0 {
		Fail(TimeType.Text(a) + " - " + TimeType.Text(b) + " does not fit in Duration (292 years)")
	}
	return Duration(gap)
}

// AddDuration is a + b.
func AddDuration(a, b Duration) Duration {
	sum := a + b
	if (a^sum)&(b^sum) < 0 {
		durationOverflow(a, " + ", DurationType.Text(b))
	}
	return sum
}

// SubDuration is a - b.
func SubDuration(a, b Duration) Duration {
	diff := a - b
	if (a^b)&(a^diff) < 0 {
		durationOverflow(a, " - ", DurationType.Text(b))
	}
	return diff
}

// NegDuration is -d.
func NegDuration(d Duration) Duration {
	if d == math.MinInt64 {
		durationOverflow(0, " - ", DurationType.Text(d))
	}
	return -d
}

// MulDuration is d * n.
func MulDuration(d Duration, n int64) Duration {
	product, ok := mul(int64(d), n)
	if !ok {
		durationOverflow(d, " * ", strconv.FormatInt(n, 10))
	}
	return Duration(product)
}

// DivDuration is d / n.
func DivDuration(d Duration, n int64) Duration {
	switch {
	case n == 0:
		Fail("division by zero: " + DurationType.Text(d) + " / 0")
	case n == -1:
		return NegDuration(d)
	}
	return d / Duration(n)
}

// RatioDuration is a / b: how often b fits into a.
func RatioDuration(a, b Duration) int64 {
	if b == 0 {
		Fail("division by zero: " + DurationType.Text(a) + " / 0s")
	}
	return Div(int64(a), int64(b))
}

// RemDuration is a % b.
func RemDuration(a, b Duration) Duration {
	if b == 0 {
		Fail("division by zero: " + DurationType.Text(a) + " % 0s")
	}
	return a % b
}

func timeOverflow(t Time, op string, d Duration) {
	Fail(TimeType.Text(t) + op + DurationType.Text(d) + " does not fit in Time (the years 1678 to 2262)")
}

func durationOverflow(d Duration, op, right string) {
	Fail(DurationType.Text(d) + op + right + " does not fit in Duration (292 years)")
}

// ShowTime appends t in RFC 3339, in UTC, with as many digits of a second as it needs.
func ShowTime(b []byte, t Time) []byte {
	return time.Unix(0, int64(t)).UTC().AppendFormat(b, time.RFC3339Nano)
}

// ParseTime reads a moment in RFC 3339, whatever its zone.
func ParseTime(s string) (Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return 0, wanted("a Time such as 2024-05-01T12:00:00Z", s)
	}
	ns := t.UnixNano()
	if !time.Unix(0, ns).Equal(t) {
		return 0, wanted("a Time of the years 1678 to 2262", s)
	}
	return Time(ns), nil
}

var bigUnits = [...]struct {
	name string
	size uint64
}{{"d", uint64(Day)}, {"h", uint64(Hour)}, {"m", uint64(Minute)}}

// ShowDuration appends d as literals write it, the greatest unit first and no unit that is zero: `1d2h`, `1m0.5s`,
// `1.5ms`, `0s`. Fractions stand at seconds and below only, in the one unit that keeps the number readable.
func ShowDuration(b []byte, d Duration) []byte {
	v := uint64(d)
	if d < 0 {
		b, v = append(b, '-'), -v
	}
	compound := v >= uint64(Minute)
	for _, u := range bigUnits {
		if v >= u.size {
			b = append(strconv.AppendUint(b, v/u.size, 10), u.name...)
			v %= u.size
			if v == 0 {
				return b
			}
		}
	}
	switch {
	case v == 0 || v >= uint64(Second) || compound:
		return append(appendFixed(b, v, 9), 's')
	case v >= uint64(Millisecond):
		return append(appendFixed(b, v, 6), "ms"...)
	case v >= uint64(Microsecond):
		return append(appendFixed(b, v, 3), "us"...)
	}
	return append(strconv.AppendUint(b, v, 10), "ns"...)
}

// appendFixed appends v / 10^places without the zeros at the end.
func appendFixed(b []byte, v uint64, places int) []byte {
	scale := uint64(math.Pow10(places))
	b = strconv.AppendUint(b, v/scale, 10)
	fraction := v % scale
	if fraction == 0 {
		return b
	}
	b = append(b, '.')
	for fraction > 0 {
		scale /= 10
		b = append(b, '0'+byte(fraction/scale))
		fraction %= scale
	}
	return b
}

// ParseDuration reads what ShowDuration writes, and any other row of numbers with units: `90s`, `1.5h`, `-2d`.
func ParseDuration(s string) (Duration, error) {
	rest, negative := strings.CutPrefix(s, "-")
	limit := uint64(math.MaxInt64)
	if negative {
		limit++
	}
	var total uint64 // in nanoseconds
	for first := true; first || rest != ""; first = false {
		part, after, ok := cutDuration(rest)
		if !ok || part > limit-total {
			return 0, wanted("a Duration such as 5s or 1d12h", s)
		}
		total += part
		rest = after
	}
	if negative {
		total = -total
	}
	return Duration(total), nil
}

// cutDuration takes one number with its unit off the front of s.
func cutDuration(s string) (ns uint64, rest string, ok bool) {
	number := len(s) - len(strings.TrimLeft(s, "0123456789."))
	unit := number + len(s[number:]) - len(strings.TrimLeft(s[number:], "dhmsunµ"))
	size := unitSize(s[number:unit])
	whole, fraction, dotted := strings.Cut(s[:number], ".")
	if size == 0 || dotted && fraction == "" {
		return 0, "", false
	}
	n, err := strconv.ParseUint(whole, 10, 64)
	hi, ns := bits.Mul64(n, size)
	if err != nil || hi != 0 {
		return 0, "", false
	}
	for _, digit := range fraction {
		if digit == '.' {
			return 0, "", false
		}
		// What is below a nanosecond is cut off, as time.ParseDuration does.
		size /= 10
		ns += uint64(digit-'0') * size
	}
	return ns, s[unit:], true
}

func unitSize(name string) uint64 {
	switch name {
	case "d":
		return uint64(Day)
	case "h":
		return uint64(Hour)
	case "m":
		return uint64(Minute)
	case "s":
		return uint64(Second)
	case "ms":
		return uint64(Millisecond)
	case "us", "µs":
		return uint64(Microsecond)
	case "ns":
		return uint64(Nanosecond)
	}
	return 0
}
