package typecheck

import (
	"strconv"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
	"github.com/portals-lang/portals/typecheck/match"
)

// clause is an arm of a match, or a handler among those of its kind.
type clause struct {
	pattern ast.Pattern
	guarded bool
	at      source.Span
}

// checkMatch reports missing and unreachable arms, once the type that is matched is known.
func (b *body) checkMatch(e *ast.Match) {
	clauses := make([]clause, len(e.Arms))
	for i, arm := range e.Arms {
		clauses[i] = clause{arm.Pattern, arm.Guard != nil, spanOf(arm.Pattern)}
	}
	head := e.Place
	if x := spanOf(e.X); x.Valid() {
		head = source.Span{File: x.File, Start: e.Place.Start, End: x.End}
	}
	t := b.info.Types[e.X]
	missing := b.cover(t, clauses, "arm")
	if len(missing) > 0 {
		b.err("PTL0401", head, "not all cases are covered", "this `match` misses %s", quoted(missing)).
			at(b.defSpan(t), "declared here").
			help("Add %s, or `_ => …` for all that is left.", arms(missing))
	}
}

func arms(patterns []string) string {
	parts := make([]string, len(patterns))
	for i, p := range patterns {
		parts[i] = "`" + p + " => …`"
	}
	return strings.Join(parts, ", ")
}

// defSpan is where the type that is matched is declared, if it is the user's.
func (c *checker) defSpan(t types.Type) source.Span {
	if n, ok := types.Resolve(t).(*types.Named); ok {
		return n.Def.Span
	}
	return source.Span{}
}

// cover reports unreachable clauses and returns what no clause covers. Patterns with mistakes in them judge nothing.
func (c *checker) cover(t types.Type, clauses []clause, what string) []string {
	if t == nil || types.Resolve(t) == types.Type(types.Invalid) || types.Resolve(t) == types.Type(types.Never) {
		return nil
	}
	rows := make([]match.Row, len(clauses))
	for i, cl := range clauses {
		p, ok := c.lowered(cl.pattern)
		if !ok {
			return nil
		}
		rows[i] = match.Row{Pattern: p, Guarded: cl.guarded}
	}
	result := match.Check(t, rows)
	for _, x := range result.Idle {
		c.idleAlternative(x, clauses, what)
	}
	for i := range clauses {
		by, unreachable := result.Unreachable[i]
		if !unreachable {
			continue
		}
		f := c.err("PTL0402", clauses[i].at, "never reached", "this %s can never match", what)
		if by >= 0 {
			f.at(clauses[by].at, "this one takes all that it would")
		} else {
			f.note("The %ss before it, taken together, take all that it would.", what)
		}
		f.help("Remove it, or move it before the one that hides it.")
	}
	return result.Missing
}

// idleAlternative reports an alternative that never matches.
func (c *checker) idleAlternative(x match.Idle, clauses []clause, what string) {
	alts := c.ors[x.Or].Alts
	at := spanOf(alts[x.Alt])
	f := c.err("PTL0402", at, "never matches", "this alternative can never match")
	switch {
	case x.ByAlt >= 0:
		f.at(spanOf(alts[x.ByAlt]), "this one takes all that it would")
	case x.ByRow >= 0:
		f.at(clauses[x.ByRow].at, "this %s takes all that it would", what)
	default:
		f.note("What stands before it, taken together, takes all that it would.")
	}
	if x.Alt > 0 { // with the sign in front of it
		at.Start = spanOf(alts[x.Alt-1]).End
	} else {
		at.End = spanOf(alts[1]).Start
	}
	f.help("Remove it.").edit(at, "")
}

// binds tells whether a pattern binds a name.
func binds(p ast.Pattern) bool {
	found := false
	ast.Inspect(p, func(n ast.Node) bool {
		name, ok := n.(*ast.BindPattern)
		found = found || ok && !isUpper(name.Name)
		return true
	})
	return found
}

// mustCover refuses a pattern that does not match every value, where there is no other case.
func (b *body) mustCover(p ast.Pattern, where, help string) {
	lowered, ok := b.lowered(p)
	t := b.info.Patterns[p]
	if !ok || t == nil || t == types.Type(types.Invalid) || t == types.Type(types.Never) {
		return
	}
	r := match.Check(t, []match.Row{{Pattern: lowered}})
	for _, x := range r.Idle {
		b.idleAlternative(x, nil, "")
	}
	if len(r.Missing) > 0 {
		b.err("PTL0404", p.Span(), "does not match `"+r.Missing[0]+"`", "the pattern of %s must match every value", where).
			at(b.defSpan(t), "declared here").help("%s", help)
	}
}

// checkIfLet warns of an `if let` that always matches.
func (b *body) checkIfLet(e *ast.If) {
	lowered, ok := b.lowered(e.Pattern)
	t := b.info.Patterns[e.Pattern]
	if !ok || t == nil || t == types.Type(types.Invalid) || t == types.Type(types.Never) {
		return
	}
	r := match.Check(t, []match.Row{{Pattern: lowered}})
	for _, x := range r.Idle {
		b.idleAlternative(x, nil, "")
	}
	if len(r.Missing) == 0 && e.Else != nil {
		b.err("PTL0402", e.Else.Span(), "never runs", "the `else` of this `if let` can never run").
			at(e.Pattern.Span(), "this matches every value").help("Use `let`.")
	}
}

// lowered turns a checked pattern into one that match understands; it is not ok if the pattern has mistakes in it.
func (c *checker) lowered(p ast.Pattern) (match.Pattern, bool) {
	if c.misfits[p] {
		return nil, false
	}
	switch p := p.(type) {
	case *ast.WildcardPattern:
		return nil, true
	case *ast.BindPattern:
		if !isUpper(p.Name) {
			return nil, true
		}
		if v := c.info.Ctors[p]; v != nil && len(v.Fields) == 0 {
			return &match.Con{Tag: match.Tag{Variant: v}}, true
		}
	case *ast.LiteralPattern:
		return loweredLiteral(p.Value)
	case *ast.TuplePattern:
		args, ok := c.loweredAll(p.Elems)
		return &match.Con{Tag: match.Tag{Kind: match.Tuple}, Args: args}, ok
	case *ast.OrPattern:
		alts, ok := c.loweredAll(p.Alts)
		or := &match.Or{Alts: alts, Binds: binds(p)}
		c.ors[or] = p
		return or, ok
	case *ast.ListPattern:
		return c.loweredList(p)
	case *ast.ConstructorPattern:
		return c.loweredConstructor(p)
	}
	return nil, false
}

func (c *checker) loweredAll(ps []ast.Pattern) ([]match.Pattern, bool) {
	out := make([]match.Pattern, len(ps))
	for i, p := range ps {
		var ok bool
		if out[i], ok = c.lowered(p); !ok {
			return nil, false
		}
	}
	return out, true
}

func (c *checker) loweredList(p *ast.ListPattern) (match.Pattern, bool) {
	elems, ok := c.loweredAll(p.Elems)
	if !ok {
		return nil, false
	}
	var list match.Pattern
	if p.Rest == nil {
		list = &match.Con{Tag: match.Tag{Kind: match.Nil}}
	}
	for i := len(elems) - 1; i >= 0; i-- {
		list = &match.Con{Tag: match.Tag{Kind: match.Cons}, Args: []match.Pattern{elems[i], list}}
	}
	return list, true
}

func (c *checker) loweredConstructor(p *ast.ConstructorPattern) (match.Pattern, bool) {
	v := c.info.Ctors[p]
	if v == nil {
		return nil, false
	}
	con := &match.Con{Tag: match.Tag{Variant: v}, Args: make([]match.Pattern, len(v.Fields))}
	for i, a := range p.Args {
		at := i
		if a.Name != nil {
			at = fieldIndex(v, a.Name.Text)
		}
		arg, ok := c.lowered(a.Pattern)
		if !ok || at < 0 || at >= len(con.Args) {
			return nil, false
		}
		con.Args[at] = arg
	}
	return con, true
}

func fieldIndex(v *types.Variant, name string) int {
	for i, f := range v.Fields {
		if f.Name == name {
			return i
		}
	}
	return -1
}

// loweredLiteral gives equal literals equal tags, however they are written.
func loweredLiteral(e ast.Expr) (match.Pattern, bool) {
	text, ok := literalText(e)
	return &match.Con{Tag: match.Tag{Kind: match.Literal, Literal: text}}, ok
}

func literalText(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BoolLit:
		return strconv.FormatBool(e.Value), true
	case *ast.UnitLit:
		return "()", true
	case *ast.IntLit:
		return strings.ReplaceAll(e.Text, "_", ""), true
	case *ast.FloatLit:
		f, err := strconv.ParseFloat(strings.ReplaceAll(e.Text, "_", ""), 64)
		return strconv.FormatFloat(f, 'g', -1, 64), err == nil
	case *ast.DurationLit:
		d, ok := ParseDuration(e.Text)
		return d.String(), ok
	case *ast.StringLit:
		text, ok := plainText(e)
		return strconv.Quote(text), ok
	case *ast.Unary:
		text, ok := literalText(e.X)
		return "-" + text, ok && e.Op == ast.Neg
	}
	return "", false
}
