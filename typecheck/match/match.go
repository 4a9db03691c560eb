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

// culprits bounds the rows that one match compares to name the one that hides another; behind it, it is several that do.
const culprits = 100_000

// Check judges the rows of a match on a value of type t.
func Check(t types.Type, rows []Row) Result {
	r := Result{Unreachable: map[int]int{}}
	before := &matrix{}
	blame := &blame{rows: rows, typ: t, left: culprits}
	for i, row := range rows {
		vector := []Pattern{row.Pattern}
		if !useful(before, vector, t) {
			r.Unreachable[i] = blame.culprit(i, vector)
		} else {
			x := idling{blame: blame, at: i, row: row, typ: t}
			x.within(before, row.Pattern, func(p Pattern) Pattern { return p })
			r.Idle = append(r.Idle, x.found...)
		}
		if !row.Guarded {
			before.add(vector)
		}
	}
	for c := (checker{steps: limit}); len(r.Missing) < MaxMissing; {
		w := c.witness(before, []types.Type{t})
		if w == nil {
			break
		}
		r.Missing = append(r.Missing, Print(w[0]))
		before.add(w)
	}
	return r
}

func useful(rows *matrix, vector []Pattern, t types.Type) bool {
	c := checker{steps: limit}
	return c.useful(rows, vector, []types.Type{t})
}

// idling looks for the alternatives of a row that never match.
type idling struct {
	blame *blame
	at    int
	row   Row
	typ   types.Type
	found []Idle
}

// within looks at the alternatives in a part of the row's pattern; whole makes that of the part, with the alternatives chosen
// that the part stands in. before is all that is tried before. A guard may decline what an alternative binds, and take what
// another does: then only rows before leave one without its use.
func (x *idling) within(before *matrix, part Pattern, whole func(Pattern) Pattern) {
	switch part := part.(type) {
	case *Or:
		earlier := &matrix{base: before}
		declined := x.row.Guarded && part.Binds
		for i, alt := range part.Alts {
			only := []Pattern{whole(alt)}
			if useful(earlier, only, x.typ) {
				x.within(earlier, alt, whole)
			} else {
				x.found = append(x.found, x.idle(whole, part, i))
			}
			if !declined {
				earlier.add(only)
			}
		}
	case *Con:
		for i, arg := range part.Args {
			x.within(before, arg, func(p Pattern) Pattern {
				args := clone(part.Args)
				args[i] = p
				return whole(&Con{part.Tag, args})
			})
		}
	}
}

// idle says what takes all that an alternative would.
func (x *idling) idle(whole func(Pattern) Pattern, or *Or, alt int) Idle {
	only := []Pattern{whole(or.Alts[alt])}
	out := Idle{Or: or, Alt: alt, ByAlt: -1, ByRow: x.blame.culprit(x.at, only)}
	for i := 0; i < alt && out.ByRow < 0 && out.ByAlt < 0 && !(x.row.Guarded && or.Binds); i++ {
		if x.blame.covers(whole(or.Alts[i]), only) {
			out.ByAlt = i
		}
	}
	return out
}

// blame finds what covers a vector all by itself.
type blame struct {
	rows []Row
	typ  types.Type
	left int // patterns that may still be compared
}

// culprit is the row before at that covers vector, or -1.
func (b *blame) culprit(at int, vector []Pattern) int {
	for i, row := range b.rows[:at] {
		if !row.Guarded && b.covers(row.Pattern, vector) {
			return i
		}
	}
	return -1
}

func (b *blame) covers(p Pattern, vector []Pattern) bool {
	if b.left == 0 {
		return false
	}
	b.left--
	one := &matrix{}
	one.add([]Pattern{p})
	return !useful(one, vector, b.typ)
}

type checker struct{ steps int }

// useful tells whether some value matches vector and no row.
func (c *checker) useful(rows *matrix, vector []Pattern, ts []types.Type) bool {
	if c.steps--; c.steps < 0 || rows.isEmpty() {
		return true
	}
	if len(vector) == 0 || rows.isFull() {
		return false
	}
	switch p := vector[0].(type) {
	case *Or:
		for _, alt := range p.Alts {
			if c.useful(rows, join([]Pattern{alt}, vector[1:]), ts) {
				return true
			}
		}
		return false
	case *Con:
		args := argTypes(p.Tag, ts[0], len(p.Args))
		return c.useful(rows.under(p.Tag, len(p.Args)), join(p.Args, vector[1:]), join(args, ts[1:]))
	}
	cons, complete := constructors(rows, ts[0])
	if !complete {
		return c.useful(rows.defaults(), vector[1:], ts[1:])
	}
	for _, con := range cons {
		args := argTypes(con.Tag, ts[0], len(con.Args))
		if c.useful(rows.under(con.Tag, len(con.Args)), join(con.Args, vector[1:]), join(args, ts[1:])) {
			return true
		}
	}
	return false
}

// witness is a vector of patterns that no row covers, or nil. Where a column could be anything it is nil.
func (c *checker) witness(rows *matrix, ts []types.Type) []Pattern {
	if c.steps--; c.steps < 0 || rows.isFull() {
		return nil
	}
	if len(ts) == 0 {
		if rows.isEmpty() {
			return []Pattern{}
		}
		return nil
	}
	cons, complete := constructors(rows, ts[0])
	if !complete {
		rest := c.witness(rows.defaults(), ts[1:])
		if rest == nil {
			return nil
		}
		return append([]Pattern{unlisted(rows, ts[0])}, rest...)
	}
	for _, con := range cons {
		n := len(con.Args)
		w := c.witness(rows.under(con.Tag, n), join(argTypes(con.Tag, ts[0], n), ts[1:]))
		if w != nil {
			return append([]Pattern{&Con{con.Tag, w[:n:n]}}, w[n:]...)
		}
	}
	return nil
}

func clone(ps []Pattern) []Pattern { return append([]Pattern(nil), ps...) }

// join is a and b in one; what has nothing before it need not be copied.
func join[T any](a, b []T) []T {
	if len(a) == 0 {
		return b
	}
	return append(append(make([]T, 0, len(a)+len(b)), a...), b...)
}
