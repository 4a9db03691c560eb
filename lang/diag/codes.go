package diag

import (
	"embed"
	"strings"
)

// registry names every code, in order. To add a code, add its line here and its page as pages/PTLnnnn.md; the tests
// of the phase that owns the code compile the two programs on the page.
//
// 01 syntax, 02 names, 03 types, 04 patterns, 05 graph, 06 ask/await/reply, 07 modules, 08 warnings, 09 runtime.
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
}

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
