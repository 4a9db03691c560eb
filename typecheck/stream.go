package typecheck

import (
	"fmt"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// defineStream gives a stream the type that is written, and says what kind of producer it has. Where no type is
// written, the producer says it; typeOf finds it out when it is asked for first.
func (c *checker) defineStream(p *pkg, s *Stream) {
	if s.Decl.Type != nil {
		s.Type = c.written(p, s.Decl.Type, nil)
		c.mustBeData(s.Decl.Type, s.Type, "a stream")
	}
	s.pkg = p
	call, _ := s.Decl.Source.(*ast.Call)
	switch {
	case s.Decl.Source == nil:
		s.Kind = FromWorkflow
	case call == nil:
	default:
		s.Kind = FromConnector
		if id, ok := call.Fun.(*ast.Ident); ok {
			s.Kind = map[string]SourceKind{"sequence": FromSequence, "split": FromSplit}[id.Name]
			if s.Kind == FromWorkflow {
				s.Kind = FromGenerator
			}
		}
	}
	if p.kind == peerPkg {
		s.Kind = FromPeer
	}
}

// typeOf is the type of a stream's events.
func (c *checker) typeOf(s *Stream) types.Type {
	if s.Type == nil && s.pkg != nil {
		c.checkSource(s.pkg, s)
	}
	if s.Type == nil {
		return types.Invalid
	}
	return s.Type
}

// checkSources checks the producers of streams, and the sinks.
func (c *checker) checkSources(p *pkg) {
	for _, s := range p.streams {
		c.checkSource(p, s)
	}
	for _, s := range p.sinks {
		c.checkSink(p, s)
	}
	for _, s := range p.streams {
		if s.Type == nil {
			s.Type = types.Invalid
		}
	}
}

func (c *checker) checkSource(p *pkg, s *Stream) {
	if s.checked {
		return
	}
	s.checked = true
	call, isCall := s.Decl.Source.(*ast.Call)
	switch {
	case s.Decl.Source == nil:
		if s.Decl.Type == nil {
			c.err("PTL0512", s.Decl.Name.Place, "", "the stream `%s` has neither a type nor a producer", s.Name).
				help("Write the type of its events, `stream %s: Event`, if a workflow writes it; or what produces it, after `=`.", s.Name)
			s.Type = types.Invalid
		}
		return
	}
	b := c.newBody(p, siteDecl, nil)
	if b.formless(s.Decl.Source, "source", s.Type) {
		if s.Type == nil {
			s.Type = types.Invalid
		}
		b.finish()
		return
	}
	if !isCall {
		c.noProducer(p, s.Decl.Source)
		b.finish()
		return
	}
	t := b.produced(s, call)
	b.finish()
	t = types.Default(t)
	if s.Type == nil {
		s.Type = t
		return
	}
	if !types.Assignable(t, s.Type) {
		c.err("PTL0301", call.Place, "this produces "+show(t), "expected %s, found %s", show(s.Type), show(t)).
			at(spanOf(s.Decl.Type), "the events of `%s` are %s", s.Name, show(s.Type))
	}
}

func (c *checker) noProducer(p *pkg, e ast.Expr) {
	if _, bad := e.(*ast.BadExpr); bad {
		return
	}
	f := c.err("PTL0510", e.Span(), "", "this is no producer of a stream").
		note("A stream is produced by a connector, `file.lines(path)`; a generator, `range(0, 10)`; " +
			"`sequence` or `split`; or by a workflow's `to`.")
	switch e := e.(type) {
	case *ast.ListLit:
		f.help("Write `list(%s)`.", shortText(e)).edit(e.Place, "list("+e.Place.Text()+")")
	case *ast.Ident:
		id := e
		if s := p.values[id.Name]; s != nil && isStream(s.obj) {
			f.help("For the same events under another name, write `sequence(%s)`.", id.Name).edit(id.Place, "sequence("+id.Name+")")
		}
	}
}

// produced checks the producer of a stream and returns the type of its events.
func (b *body) produced(s *Stream, call *ast.Call) types.Type {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		switch f.Name {
		case "sequence":
			return b.sequence(s, call)
		case "split":
			return b.split(s, call)
		}
		if g := tables()["generator"][f.Name]; g != nil {
			return b.configured(call, g, f.Name, CallGenerator, wantedEvents(s), &s.Call)
		}
		b.looseArgs(call)
		found := b.err("PTL0510", f.Place, "", "there is no generator `%s`", f.Name)
		if found.didYouMean(f.Place, f.Name, append(connectorNames("generator"), "sequence", "split")); found.Help == "" {
			found.help("Streams are joined by `sequence`, parted by `split`, and made by %s, or a connector.", quoted(connectorNames("generator")))
		}
		return types.Invalid
	case *ast.Field:
		if _, named := f.X.(*ast.Ident); !named {
			b.noProducer(b.pkg, call)
		} else if g := b.connector(f, "source"); g != nil {
			return b.configured(call, g, g.Name(), CallConnector, wantedEvents(s), &s.Call)
		}
	default:
		b.noProducer(b.pkg, call)
	}
	b.looseArgs(call)
	return types.Invalid
}

// connector finds `module.name` among the connectors of a role.
func (b *body) connector(f *ast.Field, role string) *Connector {
	id, ok := f.X.(*ast.Ident)
	if !ok || f.Name == nil {
		return nil
	}
	if g := tables()[role][id.Name+"."+f.Name.Text]; g != nil {
		return g
	}
	other := map[string]string{"source": "sink", "sink": "source"}[role]
	found := b.err("PTL0510", f.Place, "", "there is no %s `%s.%s`", role, id.Name, f.Name.Text)
	if tables()[other][id.Name+"."+f.Name.Text] != nil {
		found.note("It is a %s only.", other)
	}
	if id.Name == "http" && role == "source" {
		found.note("An app does not fetch; `http.post` takes what others post to it.")
	}
	found.didYouMean(f.Place, id.Name+"."+f.Name.Text, connectorNames(role))
	if found.Help == "" {
		found.help("There are %s.", quoted(connectorNames(role)))
	}
	return nil
}

// events is what a stream or sink says of the events that a connector carries.
type events struct {
	name string
	typ  types.Type // nil: it is left to the producer
	at   source.Span
}

func wantedEvents(s *Stream) events { return events{s.Name, s.Type, spanOf(s.Decl.Type)} }

// configured checks the arguments of a connector or generator against its entry, and returns the type of the events.
func (b *body) configured(call *ast.Call, g *Connector, name string, kind CallKind, ev events, out **Call) types.Type {
	spec := calleeOfSignature(name, g.sig)
	args, s := b.instantiate(g.sig.TypeParams, call.Place, name)
	result := types.Substitute(g.sig.Result, s)
	if ev.typ != nil {
		types.Unify(result, ev.typ)
	}
	resolved := &Call{Kind: kind, Name: name, TypeArgs: args, Named: map[string]*ast.Arg{}}
	b.info.Calls[call] = resolved
	*out = resolved
	matched := b.matchConfig(call, b.placeArgs(call, g, ev), g, spec)
	for i, a := range matched {
		resolved.Args = append(resolved.Args, nil)
		if a != nil {
			resolved.Args[i], resolved.Named[spec.params[i].name] = a.Value, a
		}
	}
	for _, functions := range []bool{false, true} {
		for i, a := range matched {
			p := g.sig.Params[i]
			switch {
			case a == nil || p.Type != nil && isFunc(p.Type) != functions || p.Type == nil && functions:
			case p.Word == "Atom":
				b.atomLimit(a)
			case p.Word == "Bad":
				b.badInput(a)
			default:
				b.expr(a.Value, wants(types.Substitute(p.Type, s), b.paramReason(spec, spec.params[i], anything)))
			}
		}
	}
	if name == "every" && matched[0] != nil {
		b.mustPass(matched[0].Value)
	}
	b.mustCarry(call, g, name, kind, ev, result)
	return result
}

// matchConfig matches arguments and takes out what is not there yet.
func (b *body) matchConfig(call *ast.Call, given []*ast.Arg, g *Connector, spec callee) []*ast.Arg {
	var args []*ast.Arg
	var atom *ast.Arg
	for _, a := range given {
		if a.Name != nil && (a.Name.Text == "time" || a.Name.Text == "lateness") {
			if g.sig.Result != types.Type(types.Unit) {
				b.noTimers(a.Place, "`"+a.Name.Text+":`")
			}
			continue
		}
		if a.Name != nil && a.Name.Text == "atom" && a.Or != nil {
			atom = a
			a = &ast.Arg{At: a.At, Name: a.Name, Value: a.Value}
		}
		args = append(args, a)
	}
	matched := b.matchArgs(args, call.Place, spec)
	for i, p := range spec.params {
		if p.name == "atom" && atom != nil && matched[i] != nil {
			matched[i] = atom
		}
	}
	return matched
}

// mustPass refuses an interval that is written out and not above zero.
func (b *body) mustPass(interval ast.Expr) {
	if isNoTime(interval) {
		b.err("PTL0510", interval.Span(), "", "`every` takes an interval above zero").
			note("Each tick is an atom of its own.").help("Write how much time passes between two, such as `every(1s)`.")
	}
}

// isNoTime tells whether x is a duration that is written out and not above zero.
func isNoTime(x ast.Expr) bool {
	x, negative := unsigned(x)
	lit, ok := x.(*ast.DurationLit)
	if !ok {
		return false
	}
	d, ok := ParseDuration(lit.Text)
	return ok && (negative || d == 0)
}

// unsigned is x without parentheses and minuses around it.
func unsigned(x ast.Expr) (bare ast.Expr, negative bool) {
	switch inner := x.(type) {
	case *ast.Paren:
		return unsigned(inner.X)
	case *ast.Unary:
		if inner.Op == ast.Neg {
			bare, negative = unsigned(inner.X)
			return bare, !negative
		}
	}
	return x, false
}

// atomLimit checks `atom: 64` and `atom: 64 or 5ms`.
func (b *body) atomLimit(a *ast.Arg) {
	t := b.expr(a.Value, anything)
	switch {
	case types.Assignable(t, types.Int):
		bare, negative := unsigned(a.Value)
		if n, ok := bare.(*ast.IntLit); ok && (negative || strings.Trim(n.Text, "0_") == "") {
			help := "Leave `atom:` out, so that there is one atom."
			if a.Or != nil {
				help = "Write after how many events an atom is closed at once, such as `1000`."
			}
			b.err("PTL0510", a.Value.Span(), "", "an atom of a stream has one event at least").help("%s", help)
		}
	case types.Resolve(t) == types.Type(types.Duration):
		b.err("PTL0510", a.Value.Span(), "this is Duration", "`atom:` takes a number of events first").
			help("Write `atom: 1000 or %s`: an atom is closed after that many events or that time, "+
				"whichever comes first.", shortText(a.Value))
	default:
		b.mismatch(a.Value, t, wants(types.Int, because{text: "`atom:` takes %s, the number of events of an atom"}))
	}
	if a.Or != nil {
		b.expr(a.Or, wants(types.Duration, because{text: "after `or` stands %s"}))
		if isNoTime(a.Or) {
			b.err("PTL0510", a.Or.Span(), "", "no time passes in which an atom could be filled").
				help("Write how long an event waits at most until its atom is closed, such as `or 5ms`, or leave `or` out.")
		}
	}
}

// badInput checks `bad: skip`.
func (b *body) badInput(a *ast.Arg) {
	if id, ok := a.Value.(*ast.Ident); ok && (id.Name == "skip" || id.Name == "stop") {
		return
	}
	b.err("PTL0510", a.Value.Span(), "", "`bad:` takes `skip` or `stop`").
		note("`skip` puts input that cannot be read into a file beside it, `<path>.rejected`, and goes on; `stop`, which is the default, ends with its place.")
}

// mustCarry checks that a connector can carry the events of a stream.
func (b *body) mustCarry(call *ast.Call, g *Connector, name string, kind CallKind, ev events, result types.Type) {
	if v, ok := types.Resolve(result).(*types.Var); ok && ev.typ == nil {
		v.Bound = types.Invalid
		b.err("PTL0512", call.Fun.Span(), "", "`%s` needs to know the type of the events", name).
			help("Write it after the stream's name: `stream %s: Event = …`.", ev.name)
		return
	}
	if kind != CallConnector || types.HasFree(result) {
		return
	}
	if culprit, ok := g.Shape.fits(result); !ok {
		f := b.err("PTL0512", call.Fun.Span(), "", "`%s` cannot carry %s", name, show(result)).
			at(ev.at, "the events of `%s`", ev.name).
			note("A table holds records whose fields are Bool, Int, Float, String, Time, Duration, or Options of these.")
		if culprit != result {
			f.note("It contains %s.", show(culprit))
		}
		f.help("Use `%s.ndjson`, which carries everything.", g.sig.Module)
	}
}

// sequence checks `sequence(a, b, …)`: streams of one type.
func (b *body) sequence(s *Stream, call *ast.Call) types.Type {
	var elem types.Type
	var first source.Span
	if s.Type != nil {
		elem, first = s.Type, spanOf(s.Decl.Type)
	}
	if len(call.Args) == 0 {
		b.err("PTL0510", call.Place, "", "`sequence` needs streams to join")
	}
	for _, a := range call.Args {
		in := b.streamArg(a, "sequence")
		if in == nil {
			continue
		}
		s.Inputs = append(s.Inputs, in)
		t := b.typeOf(in)
		switch {
		case t == types.Type(types.Invalid):
		case elem == nil:
			elem, first = t, a.Value.Span()
		case !types.Identical(t, elem):
			b.err("PTL0301", a.Value.Span(), "its events are "+show(t), "expected a stream of %s, found one of %s", show(elem), show(t)).
				at(first, "here it is %s", show(elem)).
				help("Bring them to one type first, with `map` in a workflow.")
		}
	}
	if elem == nil {
		if len(s.Inputs) > 0 {
			b.err("PTL0512", call.Place, "", "the type of `%s` cannot be found out", s.Name).
				help("Write it after the name: `stream %s: Event = …`.", s.Name)
		}
		return types.Invalid
	}
	return elem
}

// streamArg finds the stream that an argument names.
func (b *body) streamArg(a *ast.Arg, what string) *Stream {
	if a.Name != nil {
		b.err("PTL0510", a.Name.Place, "", "`%s` takes its streams without names", what)
	}
	return b.streamNamed(b.pkg, a.Value)
}

// streamNamed finds the stream that an expression names, and reports if there is none.
func (c *checker) streamNamed(p *pkg, e ast.Expr) *Stream {
	obj, name, at := c.portalOrStreamIn(p, e)
	switch o := obj.(type) {
	case *Stream:
		return o
	case nil:
		if name == "deadLetters" {
			return c.deadLetterStream()
		}
		if name != "" {
			c.err("PTL0201", at, "not declared anywhere", "there is no stream `%s`", name).
				didYouMean(at, name, append(c.valueNames(p, isStream), "deadLetters"))
		} else if _, isField := e.(*ast.Field); !isField && e != nil {
			if _, bad := e.(*ast.BadExpr); !bad {
				c.err("PTL0203", at, "", "the name of a stream is expected here")
			}
		}
	default:
		f := c.misplaced(obj, at, "`%s` is not a stream", name)
		if isPortal(obj) {
			f.help("Portals are asked: `ask %s(…)` in a task.", name)
		}
		if t, ok := obj.(*Task); ok && t.Decl.In == nil {
			c.unserved[t] = true
			f.help("A task that has no events stands there with `serve`: `serve %s`.", name)
		}
	}
	return nil
}

// deadLetterStream is the built-in stream of what failed and was skipped; it is there if it is named.
func (c *checker) deadLetterStream() *Stream {
	if c.deadLetters == nil {
		c.deadLetters = &Stream{Name: "deadLetters", Type: types.DeadLetter, Kind: FromDeadLetters, checked: true}
		c.info.App.Streams = append(c.info.App.Streams, c.deadLetters)
	}
	return c.deadLetters
}

// split checks `split(s, e => …)`.
func (b *body) split(s *Stream, call *ast.Call) types.Type {
	if len(call.Args) != 2 {
		b.looseArgs(call)
		b.err("PTL0510", call.Place, "", "`split` takes a stream and a condition").
			help("Write `split(%s, e => …)`.", "orders")
		return types.Invalid
	}
	in := b.streamArg(call.Args[0], "split")
	elem := types.Type(types.Invalid)
	if in != nil {
		s.Inputs = []*Stream{in}
		elem = b.typeOf(in)
	}
	s.Split = call.Args[1].Value
	f := &types.Func{Params: []types.Type{elem}, Result: types.Bool}
	b.site = siteStep
	b.expr(s.Split, wants(f, because{call.Args[0].Value.Span(), "each event is judged by %s"}))
	return elem
}

// checkSink checks `sink s to target`.
func (c *checker) checkSink(p *pkg, s *Sink) {
	d := s.Decl
	s.Stream = c.streamNamed(p, d.Stream)
	b := c.newBody(p, siteDecl, nil)
	defer b.finish()
	ev := events{typ: types.Invalid}
	if s.Stream != nil {
		ev = events{s.Stream.Name, c.typeOf(s.Stream), d.Stream.Span()}
		s.Name = s.Stream.Name
		if n := len(s.Stream.Sinks); n > 0 {
			s.Name = fmt.Sprintf("%s-%d", s.Stream.Name, n+1)
		}
		s.Stream.Sinks = append(s.Stream.Sinks, s)
	}
	if d.Target != nil && b.formless(d.Target, "sink", ev.typ) {
		return
	}
	call, ok := d.Target.(*ast.Call)
	if !ok {
		if _, bad := d.Target.(*ast.BadExpr); !bad && d.Target != nil {
			c.err("PTL0510", d.Target.Span(), "", "this is no target of a sink").help("Write, for example, `sink s to stdout.lines()`.")
		}
		return
	}
	field, ok := call.Fun.(*ast.Field)
	if ok {
		_, ok = field.X.(*ast.Ident)
	}
	if !ok {
		b.looseArgs(call)
		c.err("PTL0510", call.Fun.Span(), "", "this is no target of a sink").help("There are %s.", quoted(connectorNames("sink")))
		return
	}
	if g := b.connector(field, "sink"); g != nil {
		b.configured(call, g, g.Name(), CallConnector, ev, &s.Call)
		return
	}
	b.looseArgs(call)
}
