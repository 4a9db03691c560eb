package lower

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
	"github.com/portals-lang/portals/typecheck"
)

// body lowers one function, handler or segment. Statements are added to the innermost open block.
type body struct {
	*lowerer
	sub    types.Subst                  // what the type parameters around stand for
	vars   map[*typecheck.Local]ir.Expr // what a name of the source reads: a variable, or a part of one
	task   *taskScope                   // nil outside tasks
	test   *testScope                   // in tests
	ret    giving                       // what `return` does
	frames []frame                      // what `break` and `continue` can leave
	out    []ir.Stmt
	ended  bool // control does not get here; whatever is added is dropped
}

// frame is a statement that Go's `break` can mean.
type frame struct {
	label *ir.Label // nil: a switch
	loop  bool      // `continue` can mean it too
}

func (l *lowerer) newBody(sub types.Subst, task *taskScope) *body {
	return &body{lowerer: l, sub: sub, task: task, vars: map[*typecheck.Local]ir.Expr{}}
}

// block collects what f adds.
func (b *body) block(f func()) []ir.Stmt {
	out, ended := b.out, b.ended
	b.out, b.ended = nil, false
	f()
	made := b.out
	b.out, b.ended = out, ended
	return made
}

// add adds a statement, unless control does not get here.
func (b *body) add(s ir.Stmt) {
	if b.ended {
		return
	}
	b.out = append(b.out, s)
	b.ended = ir.Ends(b.out)
}

// typeOf is the type of an expression of the source.
func (b *body) typeOf(e ast.Expr) *ir.Type {
	t, ok := b.info.Types[e]
	if !ok {
		b.bug(e.Span(), "no type for %T", e)
	}
	return b.typ(t)
}

// typ is what a checked type means here.
func (b *body) typ(t types.Type) *ir.Type { return b.closed(t, b.sub) }

// declare makes the variable of a local.
func (b *body) declare(local *typecheck.Local) *ir.Var {
	v := &ir.Var{Name: local.Name, Type: b.typ(local.Type), Mutable: local.Written, Span: local.Span}
	b.vars[local] = &ir.Local{X: ir.X{T: v.Type, At: v.Span}, Var: v}
	return v
}

// temp binds x to a variable of lowering's own, if it is not one already that cannot change.
func (b *body) temp(name string, x ir.Expr) *ir.Local {
	if v, ok := x.(*ir.Local); ok && !v.Var.Mutable {
		return v
	}
	v := &ir.Var{Name: name, Type: x.Type(), Temp: true, Span: x.Span()}
	b.add(&ir.Define{S: ir.S{At: x.Span()}, Var: v, Init: b.own(x)})
	return local(v, x.Span())
}

func local(v *ir.Var, at source.Span) *ir.Local { return &ir.Local{X: ir.X{T: v.Type, At: at}, Var: v} }

func (b *body) newLabel(name string) *ir.Label { return &ir.Label{Name: name} }

// within collects what f adds inside a loop, scope or switch.
func (b *body) within(f frame, fill func()) []ir.Stmt {
	b.frames = append(b.frames, f)
	defer func() { b.frames = b.frames[:len(b.frames)-1] }()
	return b.block(fill)
}

// leave adds a Break of label. A name is needed when Go's `break` would mean something else.
func (b *body) leave(label *ir.Label, at source.Span) {
	inner := b.frames[len(b.frames)-1]
	if !b.ended && (inner.label != label || !inner.loop) {
		label.Used = true
	}
	b.add(&ir.Break{S: ir.S{At: at}, Label: label})
}

// again adds a Continue of the innermost loop.
func (b *body) again(at source.Span) {
	for i := len(b.frames) - 1; i >= 0; i-- {
		f := b.frames[i]
		if !f.loop {
			continue
		}
		for _, inner := range b.frames[i+1:] {
			if inner.label != nil && !b.ended {
				f.label.Used = true
			}
		}
		b.add(&ir.Continue{S: ir.S{At: at}, Label: f.label})
		return
	}
	b.bug(at, "continue outside a loop")
}

// leaveLoop adds a Break of the innermost loop.
func (b *body) leaveLoop(at source.Span) {
	for i := len(b.frames) - 1; i >= 0; i-- {
		if b.frames[i].loop {
			b.leave(b.frames[i].label, at)
			return
		}
	}
	b.bug(at, "break outside a loop")
}
