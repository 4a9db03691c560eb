package ptl

import (
	"time"
)

// Epoch is 1970-01-01T00:00:00Z.
func Epoch() Time { return 0 }

func (t Time) utc() time.Time { return time.Unix(0, int64(t)).UTC() }

// TimeToString is t by RFC 3339.
func TimeToString(t Time) string { return TimeType.Text(t) }

// TimeFloor is the last multiple of unit since 1970 that is not later than t; it fails if unit is not positive.
func TimeFloor(t Time, unit Duration) Time {
	if unit <= 0 {
		Fail("floor to " + DurationType.Text(unit) + ": the unit must be positive")
	}
	past := Duration(t) % unit
	if past < 0 { // Go's remainder has the sign of t
		past += unit
	}
	return SubTime(t, past)
}

// TimeYear is the year.
func TimeYear(t Time) int64 { return int64(t.utc().Year()) }

// TimeMonth is the month, from 1 to 12.
func TimeMonth(t Time) int64 { return int64(t.utc().Month()) }

// TimeDay is the day of the month, from 1.
func TimeDay(t Time) int64 { return int64(t.utc().Day()) }

// TimeWeekday is the day of the week, from 1 (Monday) to 7, as ISO 8601 counts.
func TimeWeekday(t Time) int64 { return int64(t.utc().Weekday()+6)%7 + 1 }

// TimeHour is the hour, from 0 to 23.
func TimeHour(t Time) int64 { return int64(t.utc().Hour()) }

// TimeMinute is the minute, from 0 to 59.
func TimeMinute(t Time) int64 { return int64(t.utc().Minute()) }

// TimeSecond is the second, from 0 to 59.
func TimeSecond(t Time) int64 { return int64(t.utc().Second()) }

// TimeDate is the day as `2006-01-02`.
func TimeDate(t Time) string { return t.utc().Format(time.DateOnly) }

// DurationToString is d as programs write it.
func DurationToString(d Duration) string { return DurationType.Text(d) }

// DurationToSeconds is d in seconds.
func DurationToSeconds(d Duration) float64 { return time.Duration(d).Seconds() }
