// Package lower makes of a checked program one that says everything: the ir.
//
// What the user wrote once for many types stands there once for each use (instance.go); what means a place in a graph
// has become straight code (flow.go): all steps of a flow between two tasks are one Segment, a loop where there was a
// flatMap, an `if` where there was a filter. A match has become tests and switches (match.go) and never grows beyond
// the size of its source, since rows are tried in order and no arm is written twice. An `if` or `match` used as a value
// has become statements that assign a variable (into.go), and so an expression of the ir has no statements inside.
//
// Taking statements out of expressions must not change the order in which things are seen to happen. Operands are
// lowered one after the other, each leaving its statements before it; when a later one could be observed by an earlier
// one, the earlier is bound to a variable first (order.go). Simple code has no such operands and stays as it was.
//
// Values never change once they are given away. So wherever a place that can still change, and that may own a
// collection, is read as a value, Share is written; where it is only looked at (a receiver, an operand of ==) it is not
// (value.go).
//
// Lowering trusts the checker: the user's mistakes have been found. If something does not add up, that is a bug of
// the compiler, reported under one code with the place where it happened, and never a panic.
package lower

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
	"github.com/portals-lang/portals/typecheck"
)

// internal is the code of our own mistakes.
const internal = diag.Internal

// Lower makes the ir of a program that has been checked without errors. It returns nil if the compiler has a bug, and
// reports it.
func Lower(info *typecheck.Info, diags *diag.List) (prog *ir.Program) {
	l := newLowerer(info)
	defer func() {
		if r := recover(); r != nil {
			prog = nil
			diags.Add(l.report(r))
		}
	}()
	l.program()
	return l.prog
}

// lowerer is the state of one Lower.
type lowerer struct {
	info *typecheck.Info
	prog *ir.Program
	at   source.Span // what is being lowered, for reports
	used map[*typecheck.Local]bool

	types     *typeTable
	funcs     map[string]*ir.Func // instances by function and type arguments
	externs   map[*typecheck.Fun]*ir.Extern
	effects   map[*ir.Func]effect
	params    map[*typecheck.Param]*ir.Param
	portals   map[*typecheck.Portal]*ir.Portal
	streams   map[*typecheck.Stream]*ir.Stream
	queue     []func() // bodies of functions that are called, still to be lowered
	fixed     []func(*fixing)
	instances int
}

func newLowerer(info *typecheck.Info) *lowerer {
	l := &lowerer{
		info: info, prog: &ir.Program{App: info.App.Name, Doc: info.App.Doc},
		used: map[*typecheck.Local]bool{}, types: newTypeTable(),
		funcs: map[string]*ir.Func{}, externs: map[*typecheck.Fun]*ir.Extern{}, effects: map[*ir.Func]effect{},
		params: map[*typecheck.Param]*ir.Param{}, portals: map[*typecheck.Portal]*ir.Portal{},
		streams: map[*typecheck.Stream]*ir.Stream{},
	}
	for _, object := range info.Uses {
		if local, ok := object.(*typecheck.Local); ok {
			l.used[local] = true
		}
	}
	return l
}

// drain lowers the functions that have been called, and those that they call.
func (l *lowerer) drain() {
	for len(l.queue) > 0 {
		next := l.queue[0]
		l.queue = l.queue[1:]
		next()
	}
}

// bug is what lowering panics with when the checker's work does not add up.
type bug struct{ text string }

func (l *lowerer) bug(at source.Span, format string, args ...any) {
	if at.Valid() {
		l.at = at
	}
	panic(bug{fmt.Sprintf(format, args...)})
}

// report makes a diagnostic of a panic. A panic that is none of ours shows where it happened.
func (l *lowerer) report(r any) *diag.Diagnostic {
	d := &diag.Diagnostic{
		Code: internal, Title: "the compiler has a bug",
		Primary: diag.Label{Span: l.at, Text: "while lowering this"},
		Help:    "This is no mistake of yours. Please report it, with the program.",
	}
	if b, ok := r.(bug); ok {
		d.Notes = append(d.Notes, b.text)
		return d
	}
	d.Notes = append(d.Notes, fmt.Sprint(r), origin(string(debug.Stack())))
	return d
}

// origin is the function of this package that panicked, from a stack trace.
func origin(stack string) string {
	_, rest, _ := strings.Cut(stack, "panic(")
	for _, line := range strings.Split(rest, "\n") {
		if _, name, ok := strings.Cut(line, "codegen/lower."); ok {
			name, _, _ = strings.Cut(name, "(0x")
			return "in " + name
		}
	}
	return "in an unknown place"
}

// closed is the type of t under a substitution.
func (l *lowerer) closed(t types.Type, sub types.Subst) *ir.Type {
	return l.types.of(types.Substitute(t, sub))
}
