package typecheck

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// checkTests checks the tests of the app.
func (c *checker) checkTests(p *pkg) {
	names := map[string]source.Span{}
	for _, t := range c.info.App.Tests {
		if name, ok := plainText(t.Name); ok {
			if first, again := names[name]; again {
				c.err("PTL0202", t.Name.Place, "declared again here", "two tests are called %q", name).
					at(first, "first declared here").help("Give each test a name of its own.")
			} else {
				names[name] = t.Name.Place
			}
		} else if t.Name != nil {
			c.err("PTL0203", t.Name.Place, "", "the name of a test is a plain text")
		}
		b := c.newBody(p, siteTest, nil)
		b.open()
		for _, s := range t.Steps {
			b.testStep(s)
		}
		b.finish()
	}
}

func (b *body) testStep(s ast.TestStep) {
	switch s := s.(type) {
	case *ast.FeedStep:
		for _, feed := range s.Feeds {
			b.feed(feed)
		}
	case *ast.SealStep:
		if stream := b.testStream(s.Stream); stream != nil {
			b.mustBeFed(stream, s.Stream.Span(), "sealed")
		}
	case *ast.AdvanceStep:
		b.expr(s.By, wants(types.Duration, because{text: "`advance` takes %s"}))
	case *ast.WatermarkStep:
		b.noTimers(s.Place, "`watermark`")
	case *ast.ExpectStream:
		b.expectStream(s)
	case *ast.ExpectExpr:
		b.expr(s.X, wants(types.Bool, because{text: "`expect` takes %s"}))
	case *ast.LetStep:
		if s.Let != nil {
			b.let(s.Let)
		}
	}
}

func (b *body) testStream(e ast.Expr) *Stream {
	if e == nil {
		return nil
	}
	return b.streamNamed(b.pkg, e)
}

func (b *body) feed(f *ast.Feed) {
	stream := b.testStream(f.Stream)
	if f.Events == nil {
		return
	}
	if stream == nil {
		b.expr(f.Events, wants(types.Invalid, because{}))
		return
	}
	b.mustBeFed(stream, f.Stream.Span(), "fed")
	t := b.typeOf(stream)
	b.expr(f.Events, wants(types.List(t), because{declOf(stream), "an atom of `" + stream.Name + "` is %s"}))
}

// mustBeFed refuses to feed a stream that the app itself produces.
func (b *body) mustBeFed(s *Stream, at source.Span, what string) {
	var f finding
	switch s.Kind {
	case FromWorkflow:
		if s.Writer == nil {
			return
		}
		f = b.err("PTL0513", at, "", "the stream `%s` cannot be %s", s.Name, what).at(s.Writer.Span, "it is written here")
	case FromSequence, FromSplit:
		f = b.err("PTL0513", at, "", "the stream `%s` cannot be %s", s.Name, what).at(declOf(s), "it is made of other streams")
	case FromDeadLetters:
		f = b.err("PTL0513", at, "", "the stream `%s` cannot be %s", s.Name, what)
	default:
		return
	}
	f.note("A test feeds the streams that come from outside; the app makes the others of them.").
		help("Feed what it is made of, and `expect` this one.")
}

func (b *body) expectStream(s *ast.ExpectStream) {
	stream := b.testStream(s.Stream)
	t := types.Type(types.Invalid)
	why := because{}
	if stream != nil {
		t = b.typeOf(stream)
		why = because{declOf(stream), "an atom of `" + stream.Name + "` is %s"}
	}
	if s.Events == nil {
		return
	}
	want := types.List(t)
	if s.Mode == ast.ExpectOneOf {
		want = types.List(want)
		why.text = "`one of` takes %s, a list of atoms"
	}
	b.expr(s.Events, wants(want, why))
}
