package lower

import (
	"slices"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// row is a case of a match, a clause of a handler, or a branch of `if let`.
type row struct {
	pattern ast.Pattern // nil: takes everything
	guard   ast.Expr    // or nil
	body    func()      // lowers what the row does
	at      source.Span

	items []item // what is still to be tested and bound
}

// item is a pattern that is to be held against a place. Sure ones are known to fit, and are only bound.
type item struct {
	of   ir.Expr
	p    ast.Pattern
	sure bool
}

// scrutinee lowers what a match looks at: a variable, or a part of one, that stays as it is while rows are tried. The
// elements of a tuple that is only built to be taken apart are looked at one by one.
func (b *body) scrutinee(e ast.Expr, rows []*row) ir.Expr {
	guarded := slices.ContainsFunc(rows, func(r *row) bool { return r.guard != nil })
	if lit, ok := bare(e).(*ast.TupleLit); ok {
		xs := b.operands(len(lit.Elems), func(i int) ir.Expr { return b.read(lit.Elems[i]) })
		for i, x := range xs {
			xs[i] = b.steady(b.own(x), guarded)
		}
		return &ir.NewTuple{X: ir.X{T: b.typeOf(e), At: e.Span()}, Elems: xs}
	}
	return b.steady(b.read(e), guarded)
}

// steady binds x to a variable unless it is a place that can be looked at again and again. A guard could change what
// is not a value.
func (b *body) steady(x ir.Expr, guarded bool) ir.Expr {
	if isPlace(x) && !(guarded && effectOf(b.effects, x) != 0) {
		return x
	}
	return b.temp("subject", x)
}

func isPlace(x ir.Expr) bool {
	switch x := x.(type) {
	case *ir.Local, *ir.State, *ir.Key, *ir.ParamRef, *ir.TaskParamRef, *ir.Const:
		return true
	case *ir.FieldGet:
		return isPlace(x.Of)
	case *ir.CommonGet:
		return isPlace(x.Of)
	case *ir.TupleGet:
		return isPlace(x.Of)
	}
	return false
}

// matchRows lowers rows that are tried in order against one place; together they take every value.
func (b *body) matchRows(of ir.Expr, rows []*row) {
	for _, r := range rows {
		if r.pattern != nil {
			r.items = b.expand(nil, item{of: of, p: r.pattern})
		}
	}
	b.decide(rows)
}

// decide lowers rows with their items.
func (b *body) decide(rows []*row) {
	m := &matcher{body: b, done: b.newLabel("match")}
	tree := m.compile(rows, true)
	if !sequential(tree) {
		m.emit(tree, false)
		return
	}
	scope := &ir.Scope{Label: m.done}
	scope.Body = b.within(frame{label: m.done}, func() { m.emit(tree, false) })
	if !m.done.Used {
		for _, s := range scope.Body {
			b.add(s)
		}
		return
	}
	scope.At = rows[0].at
	b.add(scope)
}

// matcher makes a decision tree of rows and prints it.
//
// Rows are tried in order; consecutive rows that look at the tag of one place share a switch. A row that does not fit
// hands over to the next. If there is one place in the tree where that happens, the next rows go there; if there are
// several, they follow behind (sequence), and whatever has been taken before leaves the whole by `done`. So every row
// stands in the tree once.
type matcher struct {
	*body
	done *ir.Label
}

type node interface{}

type (
	// leaf takes the row.
	leaf struct{ *row }
	// test tries a condition, after statements that it needs.
	test struct {
		before    []ir.Stmt
		cond      ir.Expr
		then, els node
	}
	// choose switches on the tag of a local; the last branch is the default if it has no variants.
	choose struct {
		define   *ir.Define // of the local, or nil
		of       *ir.Local
		branches []*branch
		at       source.Span
	}
	branch struct {
		variants []*types.Variant
		then     node
	}
	// sequence tries first, and second where it fails.
	sequence struct{ first, second node }
	// miss is where no row has fitted yet.
	miss struct{}
)

// compile makes the tree of rows. If they are final, one of them is known to fit.
func (m *matcher) compile(rows []*row, final bool) node {
	if len(rows) == 0 {
		return &miss{}
	}
	r := rows[0]
	cond := m.condition(r.items)
	last := final && len(rows) == 1
	if r.guard == nil && (cond == nil || last) {
		return &leaf{r}
	}
	if n, group := m.switchOn(rows, final); n != nil {
		return follow(n, m.compile(rows[group:], final))
	}
	return follow(m.single(r, cond), m.compile(rows[1:], final))
}

// single is the tree of one row that may not fit.
func (m *matcher) single(r *row, cond ir.Expr) node {
	if r.guard == nil {
		return &test{cond: cond, then: &leaf{r}, els: &miss{}}
	}
	before, guard := m.guardOf(r)
	if len(before) > 0 {
		inner := &test{before: before, cond: guard, then: &leaf{r}, els: &miss{}}
		if cond == nil {
			return inner
		}
		return &test{cond: cond, then: inner, els: &miss{}}
	}
	return &test{cond: m.both(cond, guard), then: &leaf{r}, els: &miss{}}
}

// guardOf lowers the guard of a row; the names that the pattern binds read the matched place directly in it.
func (m *matcher) guardOf(r *row) (before []ir.Stmt, guard ir.Expr) {
	before = m.block(func() {
		for _, it := range r.items {
			m.alias(it.of, it.p)
		}
		guard = m.expr(r.guard)
	})
	return before, guard
}

// follow is first with second wherever it misses.
func follow(first, second node) node {
	switch misses(first) {
	case 0:
		return first
	case 1:
		return instead(first, second)
	}
	if _, ok := second.(*miss); ok {
		return first
	}
	return &sequence{first, second}
}

// misses counts the places where no row of a tree fits.
func misses(n node) int {
	switch n := n.(type) {
	case *miss:
		return 1
	case *test:
		return misses(n.then) + misses(n.els)
	case *choose:
		sum := 0
		for _, br := range n.branches {
			sum += misses(br.then)
		}
		return sum
	case *sequence:
		return misses(n.second)
	}
	return 0
}

// instead puts other where n misses.
func instead(n, other node) node {
	switch n := n.(type) {
	case *miss:
		return other
	case *test:
		n.then, n.els = instead(n.then, other), instead(n.els, other)
	case *choose:
		for _, br := range n.branches {
			br.then = instead(br.then, other)
		}
	case *sequence:
		n.second = instead(n.second, other)
	}
	return n
}

// sequential tells whether there is a sequence in a tree.
func sequential(n node) bool {
	switch n := n.(type) {
	case *sequence:
		return true
	case *test:
		return sequential(n.then) || sequential(n.els)
	case *choose:
		return slices.ContainsFunc(n.branches, func(br *branch) bool { return sequential(br.then) })
	}
	return false
}

// switchOn makes a switch of the rows at the start that look at the tag of the same place, if they tell at least two
// cases apart; it returns how many rows these are.
func (m *matcher) switchOn(rows []*row, final bool) (node, int) {
	at, def := m.tagged(rows[0])
	if at == nil {
		return nil, 0
	}
	var branches []*branch
	var under [][]*row
	taken := 0
	for _, r := range rows {
		i := slices.IndexFunc(r.items, func(it item) bool { return samePlace(it.of, at) })
		if i < 0 {
			break
		}
		variants := m.heads(r.items[i].p)
		n := slices.IndexFunc(branches, func(br *branch) bool { return overlap(br.variants, variants) })
		if len(variants) == 0 || n >= 0 && !slices.Equal(branches[n].variants, variants) {
			break
		}
		if n < 0 {
			n = len(branches)
			branches, under = append(branches, &branch{variants: variants}), append(under, nil)
		}
		under[n] = append(under[n], r)
		taken++
	}
	if len(branches) < 2 {
		return nil, 0
	}
	n := &choose{at: at.Span()}
	n.of, n.define = m.switchable(at)
	for i, br := range branches {
		for _, r := range under[i] {
			m.enter(r, at, n.of)
		}
		br.then = m.compile(under[i], final && taken == len(rows))
	}
	return m.complete(n, branches, def, final && taken == len(rows)), taken
}

// complete adds the default case, unless the cases are all there are; at the end of rows that take every value, the
// last case is the default.
func (m *matcher) complete(n *choose, branches []*branch, def *types.Def, final bool) node {
	covered := 0
	for _, br := range branches {
		covered += len(br.variants)
	}
	if covered < len(def.Variants) {
		if final {
			branches[len(branches)-1].variants = nil
		} else {
			branches = append(branches, &branch{then: &miss{}})
		}
	}
	if def == types.OptionDef || def == types.ResultDef {
		some, none := branches[0], branches[1]
		if v := some.variants[0].Name; v == "None" || v == "Err" {
			some, none = none, some
		}
		t := &test{cond: &ir.IsSome{X: m.boolAt(n.at), Of: n.of}, then: some.then, els: none.then}
		if n.define != nil {
			t.before = []ir.Stmt{n.define}
		}
		return t
	}
	n.branches = branches
	return n
}

// switchable is the place as a local, with the definition that it needs.
func (m *matcher) switchable(at ir.Expr) (*ir.Local, *ir.Define) {
	if l, ok := at.(*ir.Local); ok {
		return l, nil
	}
	v := &ir.Var{Name: nameOf(at), Type: at.Type(), Temp: true, Span: at.Span()}
	return local(v, at.Span()), &ir.Define{S: ir.S{At: at.Span()}, Var: v, Init: m.own(at)}
}

// nameOf is a name for a variable that holds what x reads.
func nameOf(x ir.Expr) string {
	switch x := x.(type) {
	case *ir.FieldGet:
		return x.Variant.Fields[x.Field].Name
	case *ir.State:
		return x.Var.Name
	}
	return "subject"
}

// enter replaces a row's item for a place by those for the fields of the variant that it is now known to be.
func (m *matcher) enter(r *row, at ir.Expr, of *ir.Local) {
	var items []item
	for _, it := range r.items {
		if !samePlace(it.of, at) {
			items = append(items, it)
			continue
		}
		if or, ok := it.p.(*ast.OrPattern); ok {
			items = append(items, item{of: of, p: or, sure: m.plainOr(or)})
			continue
		}
		items = m.expandFields(items, of, it.p)
	}
	r.items = items
}

// emit prints a tree. With leave, what follows a row that was taken is left by a Break.
func (m *matcher) emit(n node, leave bool) {
	switch n := n.(type) {
	case *leaf:
		for _, it := range n.items {
			m.bind(it.of, it.p)
		}
		n.body()
		if leave {
			m.leave(m.done, n.at)
		}
	case *test:
		for _, s := range n.before {
			m.add(s)
		}
		then := m.block(func() { m.emit(n.then, leave) })
		els := m.block(func() { m.emit(n.els, leave) })
		m.addIf(n.cond, then, els)
	case *choose:
		m.emitSwitch(n, leave)
	case *sequence:
		m.emit(n.first, true)
		m.emit(n.second, leave)
	}
}

// addIf adds a conditional without empty branches. Conditions have no effects.
func (m *matcher) addIf(cond ir.Expr, then, els []ir.Stmt) {
	switch {
	case len(then) == 0 && len(els) == 0:
		return
	case len(then) == 0:
		cond, then, els = m.not(cond), els, nil
	}
	m.add(&ir.If{S: ir.S{At: cond.Span()}, Cond: cond, Then: then, Else: els})
}

func (m *matcher) emitSwitch(n *choose, leave bool) {
	if n.define != nil {
		m.add(n.define)
	}
	s := &ir.Switch{S: ir.S{At: n.at}, Of: n.of}
	for _, br := range n.branches {
		body := m.within(frame{}, func() { m.emit(br.then, leave) })
		if len(br.variants) == 0 {
			s.Default, s.HasDefault = body, true
			continue
		}
		c := &ir.Case{Body: body}
		for _, v := range br.variants {
			c.Variants = append(c.Variants, n.of.T.Def.Variants[v.Index])
		}
		s.Cases = append(s.Cases, c)
	}
	m.add(s)
}
