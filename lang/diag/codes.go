package diag

import (
	"embed"
	"strings"
)

// registry names every code, in order. To add a code, add its line here and its page as pages/PTLnnnn.md; the tests
// of the phase that owns the code compile the two programs on the page.
//
// 01 syntax, 02 names, 03 types, 04 patterns, 05 graph, 06 ask/await/reply, 07 modules, 08 warnings, 09 bugs of ours.
var registry = []struct {
	code Code
	name string
}{
	{"PTL0101", "unexpected token"},
	{"PTL0102", "unbalanced bracket"},
	{"PTL0103", "unfinished string"},
	{"PTL0104", "unknown escape"},
	{"PTL0105", "malformed number"},
	{"PTL0106", "character without a meaning"},
	{"PTL0107", "spelling of another language"},
	{"PTL0108", "name in the wrong case"},
	{"PTL0109", "two things on one line"},
	{"PTL0110", "nested too deeply"},
	{"PTL0111", "too many syntax errors"},
	{"PTL0112", "assignment in place of a comparison"},
	{"PTL0113", "reserved word as a name"},
	{"PTL0114", "in the wrong place"},
	{"PTL0115", "arrow missing or wrong"},
	{"PTL0116", "not assignable"},
	{"PTL0117", "chained comparison"},
	{"PTL0118", "braces missing"},
	{"PTL0201", "unknown name"},
	{"PTL0202", "declared twice"},
	{"PTL0203", "another sort of thing"},
	{"PTL0204", "no such field or method"},
	{"PTL0301", "type mismatch"},
	{"PTL0302", "operator"},
	{"PTL0303", "arguments"},
	{"PTL0304", "unknown type"},
	{"PTL0305", "not comparable, or no key"},
	{"PTL0306", "unused value"},
	{"PTL0307", "not changeable"},
	{"PTL0308", "function as a value"},
	{"PTL0309", "impossible type"},
	{"PTL0310", "a field called type"},
	{"PTL0311", "number out of range"},
	{"PTL0312", "nowhere to return or jump to"},
	{"PTL0313", "value that needs itself"},
	{"PTL0401", "missing case"},
	{"PTL0402", "unreachable case"},
	{"PTL0403", "pattern of another type"},
	{"PTL0404", "pattern that can fail"},
	{"PTL0405", "alternatives that differ"},
	{"PTL0501", "stream without a producer"},
	{"PTL0502", "stream with two producers"},
	{"PTL0503", "portal without a replier"},
	{"PTL0504", "portal with two repliers"},
	{"PTL0505", "cycle inside of a workflow"},
	{"PTL0506", "cycle of streams"},
	{"PTL0507", "key missing"},
	{"PTL0508", "keys that differ"},
	{"PTL0509", "use without a name of its own"},
	{"PTL0510", "connector or generator"},
	{"PTL0511", "task in the wrong place"},
	{"PTL0512", "type of a stream"},
	{"PTL0513", "stream that a test cannot feed"},
	{"PTL0601", "out of place"},
	{"PTL0602", "reply missing"},
	{"PTL0603", "second reply"},
	{"PTL0604", "future in the wrong place"},
	{"PTL0605", "await of what is no future"},
	{"PTL0606", "state per key at a barrier"},
	{"PTL0607", "event time and timers"},
	{"PTL0701", "import not found"},
	{"PTL0702", "not exported"},
	{"PTL0703", "not in a module"},
	{"PTL0704", "module that imports itself"},
	{"PTL0705", "Go function not found"},
	{"PTL0706", "Go function of another type"},
	{"PTL0801", "unused name"},
	{"PTL0802", "code that never runs"},
	{"PTL0803", "state that may have changed"},
	{"PTL0804", "exclusive tasks that wait for each other"},
	{Internal, "a bug of the compiler"},
}

// Internal is the code of the compiler's own bugs. No program is meant to cause it, so its page has none.
const Internal Code = "PTL0999"

//go:embed pages/*.md
var pages embed.FS

// Codes returns all codes in order.
func Codes() []Code {
	codes := make([]Code, len(registry))
	for i, entry := range registry {
		codes[i] = entry.code
	}
	return codes
}

// Name returns the short name of a code, "" for a code that does not exist.
func Name(code Code) string {
	for _, entry := range registry {
		if entry.code == code {
			return entry.name
		}
	}
	return ""
}

// Page returns the page of a code: its heading `# PTLnnnn: name`, an explanation, and two fenced programs, marked
// `ptl fail` and `ptl fix`.
func Page(code Code) (string, bool) {
	page, err := pages.ReadFile("pages/" + string(code) + ".md")
	return string(page), err == nil
}

// Examples returns the two programs of a page: one that fails with its code, and the same program mended. What a
// page does not have is "".
func Examples(page string) (fail, fix string) {
	return fenced(page, "ptl fail"), fenced(page, "ptl fix")
}

// fenced returns the text between the fence that is marked with info and its end.
func fenced(page, info string) string {
	_, rest, found := strings.Cut(page, "\n```"+info+"\n")
	if !found {
		return ""
	}
	text, _, _ := strings.Cut(rest, "```")
	return text
}
