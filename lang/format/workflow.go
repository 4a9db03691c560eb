package format

import (
	"strings"

	"github.com/portals-lang/portals/lang/ast"
)

// chain prints a chain in one line, or with every step in a line of its own: if the source begins a line with one of
// them, or if they do not fit.
func (p *printer) chain(c *ast.Chain) {
	broken := false
	last := c.Start.Span().End
	for _, s := range c.Steps {
		broken = broken || p.breakBetween(last, s.Span().Start)
		last = s.Span().End
	}
	if !broken && !p.rigid {
		broken = !p.fits(func() { p.chainLines(c, false) })
	}
	p.chainLines(c, broken)
}

func (p *printer) chainLines(c *ast.Chain, broken bool) {
	if c.Flow != nil {
		p.text("flow " + c.Flow.Text + " = ")
	}
	p.start(c.Start)
	p.reached(c.Start.Span().End)
	if broken {
		p.indent++
	}
	last := c.Start.Span().End
	for _, s := range c.Steps {
		if broken {
			p.newline(s.Span().Start)
			p.commentsBefore(s.Span().Start)
		} else {
			p.text(" ")
			p.align(p.stepSign(last, s.Span().Start))
		}
		p.text("|> ")
		p.step(s)
		last = s.Span().End
		p.reached(last)
	}
	if broken {
		p.indent--
	}
}

// stepSign is the place of the `|>` between two steps.
func (p *printer) stepSign(from, to int) int {
	return from + strings.LastIndex(p.source[from:to], "|>")
}

func (p *printer) start(s ast.Start) {
	switch s := s.(type) {
	case *ast.FromStart:
		p.text("from ")
		p.expr(s.Stream)
	case *ast.FlowStart:
		p.text(s.Flow.Text)
	case *ast.UnionStart:
		p.flows(s.Flows, s.Place.Start, s.Place.End)
	case *ast.ServeStart:
		p.text("serve ")
		p.taskUse(s.Task)
	}
}

func (p *printer) flows(names []*ast.Name, start, end int) {
	items := make([]item, len(names))
	for i, n := range names {
		items[i] = p.item(n, func() { p.text(n.Text) })
	}
	p.text("union")
	p.list("(", ")", items, p.opening(start, '('), end)
}

func (p *printer) step(s ast.Step) {
	switch s := s.(type) {
	case *ast.OpStep:
		p.text(s.Op.String())
		fn := []item{p.item(s.Fn, func() { p.expr(s.Fn) })}
		p.list("(", ")", fn, p.opening(s.Place.Start, '('), s.Place.End)
	case *ast.UnionStep:
		p.flows(s.Flows, s.Place.Start, s.Place.End)
	case *ast.TaskStep:
		p.taskUse(s.Use)
	case *ast.StepsStep:
		p.stepsStep(s)
	case *ast.ToStep:
		p.text("to " + s.Stream.Text)
	}
}

func (p *printer) taskUse(u *ast.TaskUse) {
	switch {
	case u.Inline != nil:
		p.taskDecl(u.Inline)
	case u.Parens:
		p.expr(u.Task)
		end := u.Task.Span().End + 1
		if n := len(u.Args); n > 0 {
			end = u.Args[n-1].Place.End
		}
		p.args(u.Args, p.opening(u.Task.Span().End, '('), p.closing(end, ')'))
	default:
		p.expr(u.Task)
	}
	if u.As != nil {
		p.text(" as " + u.As.Text)
	}
}

func (p *printer) stepsStep(s *ast.StepsStep) {
	items := make([]item, len(s.Items))
	open := p.opening(s.Place.Start, '(')
	end := open + 1
	for i, it := range s.Items {
		items[i] = p.item(it, func() {
			p.taskUse(it.Use)
			p.optional(" * ", it.Times)
		})
		end = it.Place.End
	}
	p.text("steps")
	p.list("(", ")", items, open, p.closing(end, ')'))
	if s.As != nil {
		p.text(" as " + s.As.Text)
	}
}

// aligned prints an expression that may be lined up with one of a neighbouring line.
func (p *printer) aligned(e ast.Expr) {
	p.align(e.Span().Start)
	p.expr(e)
}

func (p *printer) testStep(s ast.TestStep) {
	switch s := s.(type) {
	case *ast.FeedStep:
		p.text("feed ")
		for i, f := range s.Feeds {
			if i > 0 {
				p.text(", ")
			}
			p.aligned(f.Stream)
			p.text(" ")
			p.aligned(f.Events)
		}
	case *ast.SealStep:
		p.text("seal ")
		p.expr(s.Stream)
	case *ast.AdvanceStep:
		p.text("advance ")
		p.expr(s.By)
	case *ast.WatermarkStep:
		p.text("watermark ")
		p.expr(s.Stream)
		p.text(" ")
		p.expr(s.Time)
	case *ast.ExpectStream:
		p.text("expect ")
		p.aligned(s.Stream)
		if s.Mode != ast.ExpectExact {
			p.text(" " + s.Mode.String())
		}
		if s.Events != nil {
			p.text(" ")
			p.aligned(s.Events)
		}
	case *ast.ExpectExpr:
		p.text("expect ")
		p.aligned(s.X)
	case *ast.LetStep:
		p.stmt(s.Let)
	}
}
