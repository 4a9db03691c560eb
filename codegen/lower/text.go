package lower

import (
	"slices"
	"strings"

	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/typecheck"
)

// What gives a stream its events, or an event its key, must be the same in the next version of a program, or what is
// stored would mean something else. The runtime compares texts; this is where they come from.

// words is the text at a place without comments, and with one space between words.
func words(at source.Span) string {
	var all []string
	for line := range strings.Lines(at.Text()) {
		if code, _, comment := strings.Cut(line, "//"); comment && !strings.Contains(code, `"`) {
			line = code
		}
		all = append(all, strings.Fields(line)...)
	}
	return strings.Join(all, " ")
}

// keysOf are the texts of what gives the events of a task their keys: the last `key` on each way to it, and those of the
// portals that it answers.
func keysOf(use *typecheck.TaskUse) (texts []string) {
	seen := map[*typecheck.Node]bool{}
	var visit func(n *typecheck.Node)
	visit = func(n *typecheck.Node) {
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		if n.Kind == typecheck.NodeKey {
			texts = append(texts, words(n.Fn.Span()))
			return
		}
		for _, in := range n.In {
			visit(in)
		}
	}
	visit(use.Node)
	for _, p := range use.Task.Answers {
		if p.KeyFn != nil {
			texts = append(texts, words(p.Decl.Key.Span()))
		}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}
