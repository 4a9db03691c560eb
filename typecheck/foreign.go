package typecheck

// foreignNames tells what the words of other languages are here.
var foreignNames = map[string]string{
	"print":   "To see a value while developing, write `log \"${x}\"`; output goes to a stream with a sink.",
	"println": "To see a value while developing, write `log \"${x}\"`; output goes to a stream with a sink.",
	"printf":  "To see a value while developing, write `log \"${x}\"`; output goes to a stream with a sink.",
	"len":     "The length is a property: `xs.length`.",
	"append":  "Write `xs.push(x)` to change a list in place, `xs.concat(ys)` for a new one.",
	"panic":   "Write `fail \"reason\"`.",
	"raise":   "Write `fail \"reason\"`.",
	"throw":   "Write `fail \"reason\"`.",
	"this":    "State and helpers of a task are named directly.",
	"self":    "State and helpers of a task are named directly.",
	"not":     "Write `!`.",
	"listOf":  "Write `[a, b]`.",
	"mapOf":   "Write `[\"key\": value]`; the empty map is `[:]`.",
	"setOf":   "Write `Set([a, b])`.",
	"str":     "Write \"${x}\".",
	"int":     "A number is read from a text with `s.toInt()`, which gives an Option.",
	"sleep":   "A task does not sleep; it can `await … within 5s`.",
	"assert":  "In a test, write `expect`.",
	"late":    "Event time is not there yet, so no event is late.",
}

func foreignName(name string) string { return foreignNames[name] }
