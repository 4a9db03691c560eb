package builtin

// A Time is a point in UTC, a Duration a length of time, both exact to the nanosecond. Their arithmetic is done with
// operators (see Operators): there is no method for what `t + 5s` or `d / 1ms` say.
var times = []Entry{
	{Sig: "Time.toString() -> String", Doc: "The time by RFC 3339.", Example: `(epoch() + 1s).toString() == "1970-01-01T00:00:01Z"`},
	{Sig: "Time.floor(to: Duration) -> Time", Doc: "The last multiple of `to` since 1970 that is not later; fails the event if `to` is not positive.", Fails: true, Example: `(epoch() + 59s).floor(10s) == epoch() + 50s`},
	{Sig: "Time.year() -> Int", Doc: "The year.", Example: `epoch().year() == 1970`},
	{Sig: "Time.month() -> Int", Doc: "The month, from 1 to 12.", Example: `(epoch() + 31d).month() == 2`},
	{Sig: "Time.day() -> Int", Doc: "The day of the month, from 1.", Example: `(epoch() + 1d).day() == 2`},
	{Sig: "Time.weekday() -> Int", Doc: "The day of the week, from 1 (Monday) to 7.", Example: `epoch().weekday() == 4`},
	{Sig: "Time.hour() -> Int", Doc: "The hour, from 0 to 23.", Example: `(epoch() + 5h).hour() == 5`},
	{Sig: "Time.minute() -> Int", Doc: "The minute, from 0 to 59.", Example: `(epoch() + 90m).minute() == 30`},
	{Sig: "Time.second() -> Int", Doc: "The second, from 0 to 59.", Example: `(epoch() + 61s).second() == 1`},
	{Sig: "Time.date() -> String", Doc: "The day as `2006-01-02`.", Example: `epoch().date() == "1970-01-01"`},

	{Sig: "Duration.toString() -> String", Doc: "The duration as programs write it.", Example: `90s.toString() == "1m30s"`},
	{Sig: "Duration.toSeconds() -> Float", Doc: "The duration in seconds.", Example: `1500ms.toSeconds() == 1.5`},
}
