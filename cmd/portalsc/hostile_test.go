package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestHostileTextsAreRefused gives `portalsc check` a megabyte of garbage, and everything that nests, ten thousand deep. Each
// is refused at once, with at most a hundred errors, none of which is a bug of the compiler.
func TestHostileTextsAreRefused(t *testing.T) {
	const deep = 10_000
	nested := func(head, open, inner, shut, tail string) string {
		return head + strings.Repeat(open, deep) + inner + strings.Repeat(shut, deep) + tail + "\n"
	}
	r := rand.New(rand.NewPCG(1, 2))
	noise, letters := make([]byte, 1<<20), make([]byte, 1<<20)
	for i := range noise {
		noise[i], letters[i] = byte(r.IntN(256)), byte(' '+r.IntN(95))
		if r.IntN(60) == 0 {
			letters[i] = '\n'
		}
	}
	for name, text := range map[string]string{
		"bytes":            string(noise),
		"characters":       string(letters),
		"parentheses":      nested("fun f() -> Int = ", "(", "1", ")", ""),
		"lists":            nested("fun f() = ", "[", "", "]", ""),
		"maps":             nested("fun f() = ", "[1: ", "1", "]", ""),
		"blocks":           nested("fun f() ", "{", "", "}", ""),
		"open":             nested("fun f() = ", "([{", "", "", ""),
		"closed":           nested("", "", "", ")]}", ""),
		"types":            nested("record R(a: ", "List[", "Int", "]", ")"),
		"tuple types":      nested("record R(a: ", "(Int, ", "Int", ")", ")"),
		"function types":   nested("fun f(g: ", "fun(", "", ")", ") {}"),
		"tuple patterns":   nested("fun f(x: Int) { let ", "(", "a", ")", " = x }"),
		"constructors":     nested("fun f(x: Option[Int]) -> Int = match x { ", "Some(", "a", ")", " => 1, _ => 2 }"),
		"list patterns":    nested("fun f(x: Int) -> Int = match x { ", "[", "a", "]", " => 1, _ => 2 }"),
		"templates":        nested("fun f() -> String = ", "\"${", "1", "}\"", ""),
		"if":               nested("fun f(x: Bool) { ", "if x { ", "", "}", " }"),
		"if let":           nested("fun f(o: Option[Int]) { ", "if let Some(_) = o { ", "", "}", " }"),
		"else if":          nested("fun f(x: Bool) { if x {}", " else if x {}", "", "", " }"),
		"match":            nested("fun f(x: Int) -> Int = ", "match x { _ => ", "1", " }", ""),
		"loops":            nested("fun f() { ", "for x in [1] { while true { ", "", "} }", " }"),
		"minus":            nested("fun f() -> Int = ", "-", "1", "", ""),
		"not":              nested("fun f() -> Bool = ", "!", "true", "", ""),
		"try":              nested("fun f() { ", "try ", "1", "", " }"),
		"await":            nested("task T: Int { on event e { ", "await ", "e", "", " } }"),
		"emit":             nested("task T -> Int { on event e { ", "emit ", "1", "", " } }"),
		"lambdas":          nested("fun f() { [1].map(", "x => ", "x", "", ") }"),
		"lambdas in calls": nested("fun f() { ", "[1].map(x => ", "x", ")", " }"),
		"calls":            nested("fun f() = ", "f(", "", ")", ""),
		"indices":          nested("fun f(x: Int) = x", "[0", "", "]", ""),
		"fields":           nested("fun f(x: Int) = x", ".a", "", "", ""),
		"sums":             nested("fun f() -> Int = 1", " + 1", "", "", ""),
		"alternatives":     nested("fun f(x: Option[Int]) -> Int = ", "x ?? ", "1", "", ""),
		"inline tasks":     nested("workflow w { ", "from a |> task { on event e { ", "", "} } ", "}"),
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "hostile.ptl")
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			out, err := exec.Command("portalsc", "check", file).CombinedOutput()
			if took := time.Since(start); took > 20*time.Second { // ten times what is allowed, since machines are busy
				t.Errorf("took %v", took)
			}
			errors := bytes.Count(out, []byte(": error PTL"))
			if err == nil || errors == 0 || errors > 100 || bytes.Contains(out, []byte("PTL0999")) || bytes.Contains(out, []byte("goroutine ")) {
				t.Errorf("%v, %d errors:\n%s", err, errors, out[:min(len(out), 500)])
			}
		})
	}
}
