package lower

import (
	"slices"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/types"
	"github.com/portals-lang/portals/typecheck"
)

// testScope notes what the step of a test asks.
type testScope struct{ portals []*ir.Portal }

func (t *testScope) asked(p *ir.Portal) {
	if !slices.Contains(t.portals, p) {
		t.portals = append(t.portals, p)
	}
}

// lowerTest lowers a test. Its steps share one body, so that a `let` is seen by the steps after it.
func (l *lowerer) lowerTest(d *ast.TestDecl) {
	t := &ir.Test{Name: plainText(d.Name), Span: d.Place}
	b := l.newBody(nil, nil)
	for _, s := range d.Steps {
		l.at = s.Span()
		b.test = &testScope{}
		step := ir.TestStep{Span: s.Span()}
		step.Body = b.block(func() { b.testStep(&step, s) })
		step.Portals = b.test.portals
		t.Steps = append(t.Steps, step)
	}
	l.prog.Tests = append(l.prog.Tests, t)
}

var expectKinds = map[ast.ExpectMode]ir.TestKind{
	ast.ExpectExact: ir.ExpectExact, ast.ExpectUnordered: ir.ExpectUnordered, ast.ExpectOneOf: ir.ExpectOneOf,
	ast.ExpectSealed: ir.ExpectSealed, ast.ExpectNone: ir.ExpectNone,
}

func (b *body) testStep(step *ir.TestStep, s ast.TestStep) {
	switch s := s.(type) {
	case *ast.FeedStep:
		step.Kind = ir.TestFeed
		for _, f := range s.Feeds {
			step.Feeds = append(step.Feeds, ir.Feed{Stream: b.streamNamed(f.Stream), Events: b.expr(f.Events)})
		}
	case *ast.SealStep:
		step.Kind, step.Stream = ir.TestSeal, b.streamNamed(s.Stream)
	case *ast.AdvanceStep:
		step.Kind, step.By = ir.TestAdvance, b.expr(s.By)
	case *ast.WatermarkStep:
		step.Kind, step.Stream, step.By = ir.TestWatermark, b.streamNamed(s.Stream), b.expr(s.Time)
	case *ast.ExpectStream:
		step.Kind, step.Stream = expectKinds[s.Mode], b.streamNamed(s.Stream)
		switch {
		case s.Mode == ast.ExpectOneOf:
			step.Atoms = b.exprs(s.Events.Elems)
		case s.Events != nil:
			step.Atoms = []ir.Expr{b.expr(s.Events)}
		}
	case *ast.ExpectExpr:
		b.expect(step, s)
	case *ast.LetStep:
		step.Kind = ir.TestLet
		b.let(s.Let)
		if p, ok := s.Let.Pattern.(*ast.BindPattern); ok {
			if v, ok := b.vars[b.info.Bindings[p]].(*ir.Local); ok {
				step.Var = v.Var
			}
		}
	default:
		b.bug(s.Span(), "step of a test %T", s)
	}
}

// expect lowers an expected truth. Of a comparison both sides are kept, for the message.
func (b *body) expect(step *ir.TestStep, s *ast.ExpectExpr) {
	step.Kind = ir.ExpectTrue
	cond := b.expr(s.X)
	if op, ok := cond.(*ir.Operate); ok && op.Op == ir.Eq {
		step.Left, step.Right = b.temp("left", op.A), b.temp("right", op.B)
		cond = &ir.Operate{X: op.X, Op: ir.Eq, A: step.Left, B: step.Right}
	}
	step.Var = &ir.Var{Name: "holds", Type: b.basic(types.Bool), Temp: true, Span: s.Place}
	b.add(&ir.Define{S: ir.S{At: s.Place}, Var: step.Var, Init: cond})
}

// streamNamed is the stream that an expression names.
func (b *body) streamNamed(e ast.Expr) *ir.Stream {
	var object typecheck.Object
	switch e := e.(type) {
	case *ast.Ident:
		object = b.info.Uses[e]
	case *ast.Field:
		object = b.info.Selected[e].Object
	}
	s, ok := object.(*typecheck.Stream)
	if !ok {
		b.bug(e.Span(), "no stream")
	}
	return b.stream(s)
}
