package resume

import "github.com/portals-lang/portals/lang/ir"

// join makes every block that waits for nothing, and that only the end of one other goes on to, a part of that one; and
// it gives replies to the variables that they are meant for, where they would go there by way of others.
func join(blocks []*ir.Block) []*ir.Block {
	for {
		into := map[*ir.Block]*ir.Block{}
		count := map[*ir.Block]int{}
		for _, b := range blocks {
			for to, n := range targets(b) {
				count[to] += n
			}
			if g, ok := tail(b).(*ir.Goto); ok && g.To.Await == nil && g.To != b {
				into[g.To] = b
			}
		}
		joined := -1
		for i, b := range blocks {
			if from := into[b]; i > 0 && from != nil && count[b] == 1 {
				from.Body = append(from.Body[:len(from.Body)-1:len(from.Body)-1], b.Body...)
				joined = i
				break
			}
		}
		if joined < 0 {
			break
		}
		blocks = append(blocks[:joined:joined], blocks[joined+1:]...)
	}
	for _, b := range blocks {
		switch {
		case b.Await == nil:
		case b.Await.Mode == ir.AwaitEach && !b.Await.Try && b.Await.Within == nil:
			part(blocks, b)
		default:
			direct(blocks, b)
		}
	}
	return blocks
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
func part(blocks []*ir.Block, b *ir.Block) {
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
	if uses(blocks, into) == n {
		b.Parts, b.Body = parts, b.Body[n:]
	}
}

// direct gives a reply to the variable that it is assigned to, if that is all that happens to it.
func direct(blocks []*ir.Block, b *ir.Block) {
	if len(b.Body) == 0 || uses(blocks, b.Await.Into) != 1 {
		return
	}
	a, ok := b.Body[0].(*ir.Assign)
	if !ok || !isLocal(a.Value, b.Await.Into) {
		return
	}
	if v, ok := a.Place.(*ir.Local); ok {
		b.Await.Into, b.Body = v.Var, b.Body[1:]
	}
}

// uses counts how often blocks read v.
func uses(blocks []*ir.Block, v *ir.Var) int {
	n := 0
	for _, b := range blocks {
		ir.Inspect(b.Body, nil, func(x ir.Expr) {
			if isLocal(x, v) {
				n++
			}
		})
	}
	return n
}

func isLocal(x ir.Expr, v *ir.Var) bool {
	l, ok := x.(*ir.Local)
	return ok && l.Var == v
}
