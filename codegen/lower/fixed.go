package lower

import (
	"slices"

	"github.com/portals-lang/portals/lang/ir"
)

// fixing marks the params that must not change while a store is in use: those that reach a generator, an initial state
// or a key. It follows calls and the arguments of tasks, and does not look at conditions: what may reach counts.
type fixing struct {
	funcs  map[*ir.Func]bool
	params map[*ir.TaskParam]bool
	found  func(*ir.Param)
}

// fixedExprs notes expressions that must not change; entries may be nil.
func (l *lowerer) fixedExprs(xs ...ir.Expr) {
	l.fixed = append(l.fixed, func(f *fixing) {
		for _, x := range xs {
			f.expr(x)
		}
	})
}

// fixedBody notes statements that compute what must not change.
func (l *lowerer) fixedBody(body []ir.Stmt) {
	l.fixed = append(l.fixed, func(f *fixing) { f.body(body) })
}

// fix marks the params, when everything is lowered.
func (l *lowerer) fix() {
	f := newFixing(func(p *ir.Param) { p.Fixed = true })
	for _, note := range l.fixed {
		note(f)
	}
	for _, p := range l.prog.Params {
		if p.Default != nil {
			p.Reads = reads(p.Default)
		}
	}
	for _, w := range l.prog.Workflows {
		for _, t := range w.Tasks {
			for _, s := range append(append([]*ir.StateVar(nil), t.State...), t.Shared...) {
				f.expr(s.Init)
			}
		}
	}
}

func newFixing(found func(*ir.Param)) *fixing {
	return &fixing{funcs: map[*ir.Func]bool{}, params: map[*ir.TaskParam]bool{}, found: found}
}

// reads are the params that an expression reads, by itself or by what it calls, each once.
func reads(x ir.Expr) (params []*ir.Param) {
	newFixing(func(p *ir.Param) {
		if !slices.Contains(params, p) {
			params = append(params, p)
		}
	}).expr(x)
	return params
}

func (f *fixing) expr(x ir.Expr) { ir.InspectExpr(x, nil, f.visit) }

func (f *fixing) body(body []ir.Stmt) { ir.Inspect(body, nil, f.visit) }

func (f *fixing) visit(x ir.Expr) {
	switch x := x.(type) {
	case *ir.ParamRef:
		f.found(x.Param)
	case *ir.TaskParamRef:
		if !f.params[x.Param] {
			f.params[x.Param] = true
			f.expr(x.Param.Arg)
		}
	case *ir.FuncRef:
		f.fun(x.Func)
	case *ir.Call:
		if x.Func != nil {
			f.fun(x.Func)
		}
	}
}

func (f *fixing) fun(fn *ir.Func) {
	if !f.funcs[fn] {
		f.funcs[fn] = true
		f.body(fn.Body)
	}
}
