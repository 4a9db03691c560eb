package ast

import (
	"fmt"
	"reflect"
	"strings"
)

// Dump prints a tree for goldens and for people who debug the compiler: a line for each node with its plain fields,
// what it consists of indented below. With places each line ends in the node's span. What is absent, false or empty is
// left out; comments are not part of the dump.
func Dump(node Node, places bool) string {
	d := dumper{places: places}
	d.node("", node, 0)
	return d.out.String()
}

type dumper struct {
	out    strings.Builder
	places bool
}

var (
	nodeType = reflect.TypeFor[Node]()
	nameType = reflect.TypeFor[*Name]()
	atType   = reflect.TypeFor[At]()
)

// node prints one node; label is the field of its parent that holds it.
func (d *dumper) node(label string, n Node, depth int) {
	v := reflect.ValueOf(n).Elem()
	fmt.Fprintf(&d.out, "%s%s%s", strings.Repeat("  ", depth), label, v.Type().Name())
	for i := range v.NumField() {
		d.plain(v.Type().Field(i), v.Field(i))
	}
	if s := n.Span(); d.places && s.Valid() {
		from, to := s.File.Position(s.Start), s.File.Position(s.End)
		fmt.Fprintf(&d.out, "  %d:%d-%d:%d", from.Line, from.Column, to.Line, to.Column)
	}
	d.out.WriteByte('\n')
	for i := range v.NumField() {
		d.parts(v.Type().Field(i), v.Field(i), depth+1)
	}
}

// plain prints a field that fits the node's own line: names, texts, flags and kinds.
func (d *dumper) plain(f reflect.StructField, v reflect.Value) {
	switch {
	case f.Type == nameType:
		if !v.IsNil() {
			fmt.Fprintf(&d.out, " %s=%s", f.Name, v.Interface().(*Name).Text)
		}
	case v.Kind() == reflect.String:
		if v.Len() > 0 {
			fmt.Fprintf(&d.out, " %s=%q", f.Name, v.String())
		}
	case v.Kind() == reflect.Bool:
		if v.Bool() {
			fmt.Fprintf(&d.out, " %s", f.Name)
		}
	case v.Kind() == reflect.Int:
		if text, ok := v.Interface().(fmt.Stringer); ok && text.String() != "" {
			fmt.Fprintf(&d.out, " %s=%q", f.Name, text)
		}
	}
}

// parts prints the nodes that a field holds.
func (d *dumper) parts(f reflect.StructField, v reflect.Value, depth int) {
	switch {
	case f.Type == nameType || f.Type == atType || f.Name == "Comments":
	case f.Type.Implements(nodeType):
		if !v.IsNil() {
			d.node(f.Name+": ", v.Interface().(Node), depth)
		}
	case f.Type.Kind() == reflect.Slice && f.Type.Elem().Implements(nodeType):
		for i := range v.Len() {
			d.node(f.Name+": ", v.Index(i).Interface().(Node), depth)
		}
	}
}
