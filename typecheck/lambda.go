package typecheck

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/types"
)

// lambda checks a lambda against the function type that is wanted, which it then has. A lambda of n parameters where
// one n-tuple is given takes the tuple apart: its recorded type keeps the one parameter.
func (b *body) lambda(e *ast.Lambda, w want) types.Type {
	f := b.wantedFunc(e, w)
	if f == nil {
		return types.Invalid
	}
	params := b.lambdaParams(e, f, w)
	b.lambdas = append(b.lambdas, e)
	b.open()
	for i, p := range e.Params {
		if p.Name != nil {
			b.bind(p, p.Name.Text, params[i], false)
		}
	}
	result, loops := b.result, b.loops
	why := w.why
	why.text = "the lambda must give %s"
	b.result, b.loops = wants(f.Result, why), nil
	if block, ok := e.Body.(*ast.Block); ok {
		b.functionBlock(block, b.result)
	} else {
		b.expr(e.Body, b.result)
	}
	b.result, b.loops = result, loops
	b.close()
	b.lambdas = b.lambdas[:len(b.lambdas)-1]
	return f
}

// wantedFunc is the function type that is wanted here; nil, after reporting, if it is none.
func (b *body) wantedFunc(e *ast.Lambda, w want) *types.Func {
	if w.typ != nil {
		switch t := types.Resolve(w.typ).(type) {
		case *types.Func:
			return t
		case *types.Basic:
			if t == types.Invalid {
				return b.freeFunc(e)
			}
		}
	}
	f := b.err("PTL0308", e.Place, "", "a lambda stands where no function is expected")
	if w.typ != nil {
		f.note("Expected here is %s.", show(w.typ))
		f.because(w)
	}
	f.note("A lambda is an argument for a parameter that is a function; it cannot be kept.").
		help("Declare a `fun` to give it a name.")
	b.lambdaOf(e, b.freeFunc(e))
	return nil
}

// lambdaOf checks a lambda although it stands in the wrong place, for the mistakes inside of it.
func (b *body) lambdaOf(e *ast.Lambda, f *types.Func) {
	b.lambda(e, wants(f, because{}))
}

// freeFunc is a function of as many unknowns as the lambda has parameters; mistakes that follow are not reported.
func (b *body) freeFunc(e *ast.Lambda) *types.Func {
	f := &types.Func{Result: types.Invalid}
	for range e.Params {
		f.Params = append(f.Params, types.Invalid)
	}
	return f
}

// lambdaParams are the types of the lambda's own parameters.
func (b *body) lambdaParams(e *ast.Lambda, f *types.Func, w want) []types.Type {
	if len(e.Params) == len(f.Params) {
		return f.Params
	}
	if len(f.Params) == 1 && len(e.Params) > 1 {
		switch t := types.Resolve(f.Params[0]).(type) {
		case *types.Tuple:
			if len(t.Elems) == len(e.Params) {
				return t.Elems
			}
		case *types.Var:
			tuple := &types.Tuple{}
			for range e.Params {
				tuple.Elems = append(tuple.Elems, b.supply.Fresh())
			}
			types.Unify(t, tuple)
			return tuple.Elems
		}
	}
	found := b.err("PTL0303", e.Place, "", "this lambda has %s, and is given %s",
		plural(len(e.Params), "parameter"), plural(len(f.Params), "value")).
		because(w)
	if len(f.Params) == 0 {
		found.help("Write `() => …`.")
	} else {
		shapes := []string{"", "`x => …`", "`(a, b) => …`", "`(a, b, c) => …`"}
		found.help("Write %s; `_` stands for one that is not needed.", shapes[min(len(f.Params), 3)])
	}
	out := make([]types.Type, len(e.Params))
	for i := range out {
		out[i] = types.Invalid
	}
	return out
}
