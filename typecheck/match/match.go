// Package match decides whether patterns cover a type, and which of them can never match.
//
// It follows Luc Maranget, "Warnings for pattern matching" (JFP 17, 2007). The patterns of a match are the rows of a
// matrix. A vector of patterns is useful after the rows if some value matches it and none of them; the first column
// decides: under each constructor of its type, the rows that can still match are those that begin with it, with its
// arguments in its place. A match is exhaustive if a row of wildcards is not useful after all rows, and a row is
// unreachable if it is not useful after those before it. Asking for a witness instead of a yes or no gives the pattern
// that is missing, which is what users want to see. An alternative never matches if its row, with it as the only one, is
// not useful after the rows before and the row that has the alternatives before it.
//
// Lists are taken apart into a first element and a rest, so that `[x, ..rest]` is an ordinary constructor. Numbers and
// texts have endlessly many constructors: some are never listed.
package match

import (
	"github.com/portals-lang/portals/lang/types"
)

// Pattern is *Con, *Or, or nil for a pattern that matches everything.
type Pattern interface{ pattern() }

// Con is a constructor with a pattern for each argument.
type Con struct {
	Tag  Tag
	Args []Pattern
}

// Or matches what one of Alts does.
type Or struct {
	Alts  []Pattern
	Binds bool // names, which need not be the same parts in each
}

// Tag tells constructors of one type apart.
type Tag struct {
	Variant *types.Variant // of a record, enum, Option or Result
	Literal string         // `true`, `42`, `"text"`, as witnesses print it
	Kind    Kind
}

// Kind is the kind of a constructor.
type Kind int

// The kinds of constructors.
const (
	Variant Kind = iota
	Literal
	Tuple
	Nil  // the empty list
	Cons // first element and rest of a list
)

func (*Con) pattern() {}
func (*Or) pattern()  {}

// Row is one arm. A guarded arm may decline, so it covers nothing for the arms after it.
type Row struct {
	Pattern Pattern
	Guarded bool
}

// Result is what a match looks like.
type Result struct {
	Missing     []string    // patterns that no row covers, at most MaxMissing; none if the match is exhaustive
	Unreachable map[int]int // rows that never match, and the one row before that covers them, or -1 if several do
	Idle        []Idle      // alternatives that never match, of rows that do
}

// Idle is an alternative that never matches.
type Idle struct {
	Or  *Or
	Alt int
	// ByAlt is the one alternative before it that takes all that it would, ByRow the one row; or both are -1.
	ByAlt, ByRow int
}

// limit bounds the steps that one match may take: deciding is exponential in the worst case. A match that exceeds it
// passes as exhaustive.
const limit = 200_000

// MaxMissing is the greatest number of missing patterns that are worth telling.
const MaxMissing = 4

// Check judges the rows of a match on a value of type t.
func Check(t types.Type, rows []Row) Result {
	r := Result{Unreachable: map[int]int{}}
	var matrix [][]Pattern
	for i, row := range rows {
		vector := []Pattern{row.Pattern}
		if !useful(matrix, vector, t) {
			r.Unreachable[i] = culprit(rows[:i], vector, t)
		} else {
			x := idling{before: rows[:i], row: row, typ: t}
			x.within(matrix, row.Pattern, row.Pattern)
			r.Idle = append(r.Idle, x.found...)
		}
		if !row.Guarded {
			matrix = append(matrix, vector)
		}
	}
	for c := (checker{steps: limit}); len(r.Missing) < MaxMissing; {
		w := c.witness(matrix, []types.Type{t})
		if w == nil {
			break
		}
		r.Missing = append(r.Missing, Print(w[0]))
		matrix = append(matrix, w)
	}
	return r
}

func useful(matrix [][]Pattern, vector []Pattern, t types.Type) bool {
	c := checker{steps: limit}
	return c.useful(matrix, vector, []types.Type{t})
}

// idling looks for the alternatives of a row that never match.
type idling struct {
	before []Row
	row    Row
	typ    types.Type
	found  []Idle
}

// within looks at the alternatives in a part of whole, which is the row's pattern with the alternatives chosen that the part stands
// in; matrix is all that is tried before. A guard may decline what an alternative binds, and take what another does: then each
// has its use.
func (x *idling) within(matrix [][]Pattern, whole, part Pattern) {
	switch part := part.(type) {
	case *Or:
		for i, alt := range part.Alts {
			only, earlier := replaced(whole, part, alt), matrix
			if !x.row.Guarded || !part.Binds {
				earlier = append(matrix[:len(matrix):len(matrix)], []Pattern{replaced(whole, part, &Or{Alts: part.Alts[:i]})})
				if !useful(earlier, []Pattern{only}, x.typ) {
					x.found = append(x.found, x.idle(whole, part, i))
					continue
				}
			}
			x.within(earlier, only, alt)
		}
	case *Con:
		for _, arg := range part.Args {
			x.within(matrix, whole, arg)
		}
	}
}

// idle says what takes all that an alternative would.
func (x *idling) idle(whole Pattern, or *Or, alt int) Idle {
	only := []Pattern{replaced(whole, or, or.Alts[alt])}
	out := Idle{Or: or, Alt: alt, ByAlt: -1, ByRow: culprit(x.before, only, x.typ)}
	for i := 0; i < alt && out.ByRow < 0 && out.ByAlt < 0; i++ {
		if !useful([][]Pattern{{replaced(whole, or, or.Alts[i])}}, only, x.typ) {
			out.ByAlt = i
		}
	}
	return out
}

// replaced is p with another pattern in the place of or.
func replaced(p Pattern, or *Or, by Pattern) Pattern {
	within := func(ps []Pattern) []Pattern {
		out := make([]Pattern, len(ps))
		for i, q := range ps {
			out[i] = replaced(q, or, by)
		}
		return out
	}
	switch p := p.(type) {
	case *Or:
		if p == or {
			return by
		}
		return &Or{Alts: within(p.Alts)}
	case *Con:
		return &Con{p.Tag, within(p.Args)}
	}
	return p
}

// culprit is the row that covers vector all by itself.
func culprit(rows []Row, vector []Pattern, t types.Type) int {
	for i, row := range rows {
		if !row.Guarded && !useful([][]Pattern{{row.Pattern}}, vector, t) {
			return i
		}
	}
	return -1
}

type checker struct{ steps int }

// useful tells whether some value matches vector and no row.
func (c *checker) useful(rows [][]Pattern, vector []Pattern, ts []types.Type) bool {
	if c.steps--; c.steps < 0 || len(rows) == 0 {
		return true
	}
	if len(vector) == 0 {
		return false
	}
	switch p := vector[0].(type) {
	case *Or:
		for _, alt := range p.Alts {
			if c.useful(rows, append([]Pattern{alt}, vector[1:]...), ts) {
				return true
			}
		}
		return false
	case *Con:
		args := argTypes(p.Tag, ts[0], len(p.Args))
		return c.useful(specialize(rows, p.Tag, len(p.Args)), append(clone(p.Args), vector[1:]...), join(args, ts[1:]))
	}
	cons, complete := constructors(rows, ts[0])
	if !complete {
		return c.useful(defaults(rows), vector[1:], ts[1:])
	}
	for _, con := range cons {
		args := argTypes(con.Tag, ts[0], len(con.Args))
		wild := append(make([]Pattern, len(con.Args)), vector[1:]...)
		if c.useful(specialize(rows, con.Tag, len(con.Args)), wild, join(args, ts[1:])) {
			return true
		}
	}
	return false
}

// witness is a vector of patterns that no row covers, or nil. Where a column could be anything it is nil.
func (c *checker) witness(rows [][]Pattern, ts []types.Type) []Pattern {
	if c.steps--; c.steps < 0 {
		return nil
	}
	if len(ts) == 0 {
		if len(rows) == 0 {
			return []Pattern{}
		}
		return nil
	}
	cons, complete := constructors(rows, ts[0])
	if !complete {
		rest := c.witness(defaults(rows), ts[1:])
		if rest == nil {
			return nil
		}
		return append([]Pattern{unlisted(rows, ts[0])}, rest...)
	}
	for _, con := range cons {
		n := len(con.Args)
		w := c.witness(specialize(rows, con.Tag, n), join(argTypes(con.Tag, ts[0], n), ts[1:]))
		if w != nil {
			return append([]Pattern{&Con{con.Tag, w[:n:n]}}, w[n:]...)
		}
	}
	return nil
}

// specialize keeps the rows that can begin with the constructor, with its arguments in its place.
func specialize(rows [][]Pattern, tag Tag, arity int) [][]Pattern {
	var out [][]Pattern
	for _, row := range rows {
		switch p := row[0].(type) {
		case nil:
			out = append(out, append(make([]Pattern, arity), row[1:]...))
		case *Con:
			if p.Tag == tag && len(p.Args) == arity {
				out = append(out, append(clone(p.Args), row[1:]...))
			}
		case *Or:
			for _, alt := range p.Alts {
				out = append(out, specialize([][]Pattern{append([]Pattern{alt}, row[1:]...)}, tag, arity)...)
			}
		}
	}
	return out
}

// defaults keeps the rows whose first column matches what no constructor of the others does, without that column.
func defaults(rows [][]Pattern) [][]Pattern {
	var out [][]Pattern
	for _, row := range rows {
		switch p := row[0].(type) {
		case nil:
			out = append(out, row[1:])
		case *Or:
			for _, alt := range p.Alts {
				out = append(out, defaults([][]Pattern{append([]Pattern{alt}, row[1:]...)})...)
			}
		}
	}
	return out
}

func clone(ps []Pattern) []Pattern { return append([]Pattern(nil), ps...) }

func join(a, b []types.Type) []types.Type { return append(append([]types.Type(nil), a...), b...) }
