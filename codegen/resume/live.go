package resume

import (
	"cmp"
	"maps"
	"slices"

	"github.com/portals-lang/portals/lang/ir"
)

// findLive finds out which variables of a machine must outlive what: the classic analysis, backward to a fixed point,
// over structured code. A variable is live where its value may yet be read before it gets another.
func findLive(m *ir.Machine) {
	l := &liveness{in: map[*ir.Block]set{}}
	for changed := true; changed; {
		changed = false
		for _, b := range slices.Backward(m.Blocks) {
			in := l.block(b)
			if len(in) != len(l.in[b]) { // sets only grow
				l.in[b] = in
				changed = true
			}
		}
	}
	given := set{}
	for _, p := range m.Func.Params {
		given[p] = true
	}
	order, blocks := mentions(m)
	kept := set{}
	for _, b := range m.Points() {
		for v := range l.in[b] {
			if !given[v] {
				b.Live = append(b.Live, v)
				kept[v] = true
			}
		}
		slices.SortFunc(b.Live, func(v, w *ir.Var) int { return cmp.Compare(order[v], order[w]) })
	}
	all := slices.SortedFunc(maps.Keys(order), func(v, w *ir.Var) int { return cmp.Compare(order[v], order[w]) })
	for _, v := range all {
		switch {
		case given[v]:
		case kept[v]:
			m.Frame = append(m.Frame, v)
		case blocks[v] > 1:
			m.Across = append(m.Across, v)
		}
	}
}

// mentions numbers the variables of a machine in the order of the text, and counts the blocks that use each.
func mentions(m *ir.Machine) (order, blocks map[*ir.Var]int) {
	order, blocks = map[*ir.Var]int{}, map[*ir.Var]int{}
	for _, b := range m.Blocks {
		seen := set{}
		use := func(v *ir.Var) {
			if v == nil || seen[v] {
				return
			}
			seen[v] = true
			blocks[v]++
			if _, ok := order[v]; !ok {
				order[v] = len(order)
			}
		}
		expr := func(x ir.Expr) {
			if l, ok := x.(*ir.Local); ok {
				use(l.Var)
			}
		}
		if b.Await != nil {
			for _, x := range append(slices.Clone(b.Await.Futures), b.Await.Within) {
				ir.InspectExpr(x, nil, expr)
			}
			if b.Parts == nil {
				use(b.Await.Into)
			}
			for _, v := range b.Parts {
				use(v)
			}
		}
		ir.Inspect(b.Body, func(s ir.Stmt) {
			if d, ok := s.(*ir.Define); ok {
				use(d.Var)
			}
		}, expr)
	}
	return order, blocks
}

type set map[*ir.Var]bool

func (s set) with(t set) set {
	if len(t) == 0 {
		return s
	}
	out := maps.Clone(s)
	if out == nil {
		out = set{}
	}
	for v := range t {
		out[v] = true
	}
	return out
}

func (s set) without(vars ...*ir.Var) set {
	out := maps.Clone(s)
	for _, v := range vars {
		delete(out, v)
	}
	return out
}

// reads adds the variables that expressions read, without those that lambdas in them have for themselves.
func (s set) reads(xs ...ir.Expr) set {
	found, own := set{}, set{}
	for _, x := range xs {
		ir.InspectExpr(x, func(s ir.Stmt) {
			switch s := s.(type) {
			case *ir.Define:
				own[s.Var] = true
			case *ir.For:
				own[s.Elem], own[s.Value] = true, true
			}
		}, func(x ir.Expr) {
			switch x := x.(type) {
			case *ir.Local:
				found[x.Var] = true
			case *ir.Lambda:
				for _, p := range x.Params {
					own[p] = true
				}
			}
		})
	}
	for v := range own {
		delete(found, v)
	}
	return s.with(found)
}

// liveness holds what is live at the start of blocks, and behind and at the head of the loops around.
type liveness struct {
	in           map[*ir.Block]set
	leave, again map[*ir.Label]set
}

// block is what is live before a block begins: also before it has waited.
func (l *liveness) block(b *ir.Block) set {
	l.leave, l.again = map[*ir.Label]set{}, map[*ir.Label]set{}
	live := l.stmts(b.Body, set{})
	if b.Await == nil {
		return live
	}
	live = live.without(b.Await.Into).without(b.Parts...)
	return live.reads(b.Await.Futures...).reads(b.Await.Within)
}

// stmts is what is live before statements behind which after is.
func (l *liveness) stmts(list []ir.Stmt, after set) set {
	for _, s := range slices.Backward(list) {
		after = l.stmt(s, after)
	}
	return after
}

func (l *liveness) stmt(s ir.Stmt, after set) set {
	switch s := s.(type) {
	case *ir.Define:
		return after.without(s.Var).reads(s.Init)
	case *ir.Assign:
		if v, ok := s.Place.(*ir.Local); ok {
			return after.without(v.Var).reads(s.Value)
		}
	case *ir.If:
		return l.stmts(s.Then, after).with(l.stmts(s.Else, after)).reads(s.Cond)
	case *ir.Switch:
		live := set{}
		for _, c := range s.Cases {
			live = live.with(l.stmts(c.Body, after))
		}
		if s.HasDefault {
			live = live.with(l.stmts(s.Default, after))
		}
		return live.reads(s.Of)
	case *ir.For:
		head := l.round(s.Label, after, func(head set) set {
			return l.stmts(s.Body, head).without(s.Elem, s.Value).with(after)
		})
		return head.reads(s.Over)
	case *ir.Loop:
		return l.round(s.Label, after, func(head set) set {
			live := l.stmts(s.Body, head)
			if s.Cond != nil {
				live = live.with(after)
			}
			return live.reads(s.Cond)
		})
	case *ir.Scope:
		l.leave[s.Label] = after
		return l.stmts(s.Body, after)
	case *ir.Break:
		return l.leave[s.Label]
	case *ir.Continue:
		return l.again[s.Label]
	case *ir.Goto:
		return l.in[s.To]
	case *ir.Return:
		return set{}.reads(s.Value)
	case *ir.Fail:
		return set{}.reads(s.Message)
	}
	ir.StmtExprs(s, func(x ir.Expr) { after = after.reads(x) })
	return after
}

// round is what is live at the head of a loop, found by going round until nothing is added.
func (l *liveness) round(label *ir.Label, after set, body func(head set) set) set {
	l.leave[label] = after
	head := set{}
	for {
		l.again[label] = head
		next := body(head)
		if len(next) == len(head) {
			return head
		}
		head = next
	}
}
