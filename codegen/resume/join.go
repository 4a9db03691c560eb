package resume

import "github.com/portals-lang/portals/lang/ir"

// join makes every block that waits for nothing, and that only the end of one other goes on to, a part of that one; and
// it gives replies to the variables that they are meant for, where they would go there by way of others.
func join(blocks []*ir.Block) []*ir.Block {
	blocks = joined(blocks)
	reads := reads(blocks)
	for _, b := range blocks {
		switch {
		case b.Await == nil:
		case b.Await.Mode == ir.AwaitEach && !b.Await.Try && b.Await.Within == nil:
			part(reads, b)
		default:
			direct(reads, b)
		}
	}
	return blocks
}

// joined are the blocks that are left when others have become parts of them.
func joined(blocks []*ir.Block) (left []*ir.Block) {
	before := map[*ir.Block]*ir.Block{} // which ends by going on with one that waits for nothing
	count := map[*ir.Block]int{}
	for _, b := range blocks {
		for to, n := range targets(b) {
			count[to] += n
		}
		if g, ok := tail(b).(*ir.Goto); ok && g.To.Await == nil && g.To != b {
			before[g.To] = b
		}
	}
	holder := map[*ir.Block]*ir.Block{} // what a block has become a part of
	for i, b := range blocks {
		from := before[b]
		for holder[from] != nil {
			from = holder[from]
		}
		if i == 0 || from == nil || from == b || count[b] != 1 {
			left = append(left, b)
			continue
		}
		from.Body = append(from.Body[:len(from.Body)-1], b.Body...)
		holder[b] = from
	}
	return left
}

// tail is the last statement of a block, or nil.
func tail(b *ir.Block) ir.Stmt {
	if len(b.Body) == 0 {
		return nil
	}
	return b.Body[len(b.Body)-1]
}

// targets counts how often a block goes on with each other.
func targets(b *ir.Block) map[*ir.Block]int {
	out := map[*ir.Block]int{}
	ir.Inspect(b.Body, func(s ir.Stmt) {
		if g, ok := s.(*ir.Goto); ok {
			out[g.To]++
		}
	}, nil)
	return out
}

// part finds the variables that the replies go to, if all that happens to their tuple is that the statements at the start of
// the block take it apart.
func part(reads map[*ir.Var]int, b *ir.Block) {
	into, parts, n := b.Await.Into, make([]*ir.Var, len(b.Await.Futures)), 0
	for _, s := range b.Body {
		d, ok := s.(*ir.Define)
		if !ok {
			break
		}
		get, ok := d.Init.(*ir.TupleGet)
		if !ok || !isLocal(get.Of, into) || parts[get.Index] != nil {
			break
		}
		parts[get.Index] = d.Var
		n++
	}
	if reads[into] == n {
		b.Parts, b.Body = parts, b.Body[n:]
		reads[into] = 0
	}
}

// direct gives a reply to the variable that it is assigned to, if that is all that happens to it.
func direct(reads map[*ir.Var]int, b *ir.Block) {
	if len(b.Body) == 0 || reads[b.Await.Into] != 1 {
		return
	}
	a, ok := b.Body[0].(*ir.Assign)
	if !ok || !isLocal(a.Value, b.Await.Into) {
		return
	}
	if v, ok := a.Place.(*ir.Local); ok {
		reads[b.Await.Into]--
		reads[v.Var]--
		b.Await.Into, b.Body = v.Var, b.Body[1:]
	}
}

// reads counts how often blocks name each variable.
func reads(blocks []*ir.Block) map[*ir.Var]int {
	counts := map[*ir.Var]int{}
	for _, b := range blocks {
		ir.Inspect(b.Body, nil, func(x ir.Expr) {
			if l, ok := x.(*ir.Local); ok {
				counts[l.Var]++
			}
		})
	}
	return counts
}

func isLocal(x ir.Expr, v *ir.Var) bool {
	l, ok := x.(*ir.Local)
	return ok && l.Var == v
}
