package doc

import (
	"io"
	"strings"
)

// Text prints entries for people: each declaration, its documentation below, and those of its members that have some. With
// whole, it prints all members; of a type it prints their names otherwise.
func Text(w io.Writer, all []Entry, whole bool) error {
	var b strings.Builder
	entries(&b, all, "", whole)
	_, err := io.WriteString(w, b.String())
	return err
}

// entries prints entries with an empty line between two, unless both are of one kind and have a line each.
func entries(b *strings.Builder, all []Entry, indent string, whole bool) {
	last := ""
	for i, e := range all {
		var one strings.Builder
		entry(&one, e, indent, whole)
		if i > 0 && !(e.Kind == all[i-1].Kind && oneLine(last) && oneLine(one.String())) {
			b.WriteString("\n")
		}
		last = one.String()
		b.WriteString(last)
	}
}

func oneLine(text string) bool { return strings.Count(text, "\n") == 1 }

const (
	step  = "    "
	width = 100
)

func entry(b *strings.Builder, e Entry, indent string, whole bool) {
	lines(b, e.Text, indent)
	lines(b, e.Doc, indent+step)
	if e.Example != "" {
		lines(b, e.Example, indent+step+step)
	}
	if e.Section != "" {
		lines(b, where(e), indent+step)
	}
	if e.Kind == "type" && !whole {
		lines(b, names(e), indent+step)
		return
	}
	var shown []Entry
	for _, m := range e.Members {
		if whole || m.Doc != "" {
			shown = append(shown, m)
		}
	}
	if len(shown) > 0 {
		b.WriteString("\n")
		entries(b, shown, indent+step, whole)
	}
}

// where says where a word stands, and where more is told of it.
func where(e Entry) string {
	if e.Place == "file" {
		return "See spec.md §" + e.Section + "."
	}
	return "In a " + e.Place + "; see spec.md §" + e.Section + "."
}

// names lists the members of a type, as many in a line as fit.
func names(e Entry) string {
	var b strings.Builder
	column := 0
	for i, m := range e.Members {
		name := strings.TrimPrefix(m.Name, e.Name+".")
		if i > 0 && m.Name == e.Members[i-1].Name {
			continue
		}
		if i+1 < len(e.Members) {
			name += ","
		}
		if column > 0 && column+1+len(name) > width {
			b.WriteString("\n")
			column = 0
		}
		if column > 0 {
			b.WriteString(" ")
			column++
		}
		b.WriteString(name)
		column += len(name)
	}
	return b.String()
}

// lines prints a text line by line, indented; of an empty one nothing.
func lines(b *strings.Builder, text, indent string) {
	if text == "" {
		return
	}
	for _, line := range strings.Split(text, "\n") {
		b.WriteString(strings.TrimRight(indent+line, " ") + "\n")
	}
}
