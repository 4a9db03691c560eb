package typecheck

// foreign is what is written here for a word of another language.
type foreign struct {
	help    string
	instead string // what to write in its place, if that is beyond doubt
}

var noNull = foreign{"A value that may be missing is an Option, `Some(x)` or `None`: write `None`.", "None"}

// foreignNames tells what the words of other languages are here.
var foreignNames = map[string]foreign{
	"null":      noNull,
	"nil":       noNull,
	"undefined": noNull,
	"print":     {help: "To see a value while developing, write `log \"${x}\"`; output goes to a stream with a sink."},
	"println":   {help: "To see a value while developing, write `log \"${x}\"`; output goes to a stream with a sink."},
	"printf":    {help: "To see a value while developing, write `log \"${x}\"`; output goes to a stream with a sink."},
	"len":       {help: "The length is a property: `xs.length`."},
	"append":    {help: "Write `xs.push(x)` to change a list in place, `xs.concat(ys)` for a new one."},
	"panic":     {help: "Write `fail \"reason\"`."},
	"raise":     {help: "Write `fail \"reason\"`."},
	"throw":     {help: "Write `fail \"reason\"`."},
	"this":      {help: "State and helpers of a task are named directly."},
	"self":      {help: "State and helpers of a task are named directly."},
	"not":       {help: "Write `!`."},
	"listOf":    {help: "Write `[a, b]`."},
	"mapOf":     {help: "Write `[\"key\": value]`; the empty map is `[:]`."},
	"setOf":     {help: "Write `Set([a, b])`."},
	"str":       {help: "Write \"${x}\"."},
	"int":       {help: "A number is read from a text with `s.toInt()`, which gives an Option."},
	"sleep":     {help: "A task does not sleep; it can `await … within 5s`."},
	"assert":    {help: "In a test, write `expect condition`; in a handler `if !condition { fail \"reason\" }`."},
	"late":      {help: "Event time is not there yet, so no event is late."},
}
