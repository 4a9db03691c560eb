// Package fuse leaves out what one step makes only for the next one to take apart.
//
// Steps hand values on: a `map` makes an event of an enum of a number, the `flatMap` behind it has a match, and gives a list of one
// element or of none. Lowering has put such steps into one segment, but between them there are still the enum, which is as
// large as all its variants together, and the list. Fuse takes a function that a segment calls into the segment, and what follows the call
// to each place where the function returns. What is returned there is known: of a match one arm is left, of a field the value
// that it was made of, of a loop over one element its body. What nothing reads any more is not made.
//
// A segment may be written out several times in this way, so the rule is that nothing grows: what comes out has to be no larger than
// what went in, that is the segment with the functions that were taken into it. If it is not, the call stays. What happens, in which order it happens
// and where it fails is the same: operands are evaluated one after the other, as they were before, whether or not somebody reads
// them. So who runs the program of lowering, as the interpreter of tests does, sees what the fused program does.
package fuse

import (
	"github.com/portals-lang/portals/lang/ir"
)

// Program fuses the segments of a program, in place.
func Program(p *ir.Program) {
	for _, w := range p.Workflows {
		for _, s := range w.Segments {
			f := &fusing{segment: s}
			s.Body = f.block(s.Body)
		}
	}
}

// fusing works on one segment.
type fusing struct{ segment *ir.Segment }

// block fuses the calls in a block.
func (f *fusing) block(list []ir.Stmt) []ir.Stmt {
	for i, s := range list {
		if called(s) != nil {
			if fused, ok := f.from(list[i:]); ok {
				return append(list[:i:i], fused...)
			}
		}
		f.inside(s)
	}
	return list
}

// inside fuses the calls in the blocks of a statement.
func (f *fusing) inside(s ir.Stmt) {
	switch s := s.(type) {
	case *ir.If:
		s.Then, s.Else = f.block(s.Then), f.block(s.Else)
	case *ir.Switch:
		for _, c := range s.Cases {
			c.Body = f.block(c.Body)
		}
		s.Default = f.block(s.Default)
	case *ir.For:
		s.Body = f.block(s.Body)
	case *ir.Loop:
		s.Body = f.block(s.Body)
	case *ir.Scope:
		s.Body = f.block(s.Body)
	}
}

// from fuses a list that begins with a call; ok is false if that would make it larger.
func (f *fusing) from(list []ir.Stmt) (fused []ir.Stmt, ok bool) {
	c := &copying{
		names: map[*ir.Var]ir.Expr{}, parts: map[*ir.Var]ir.Expr{}, labels: map[*ir.Label]*ir.Label{},
		fits: f.segment.Fits, fit: map[*ir.Operate]bool{}, taken: map[*ir.Func]bool{}, running: map[*ir.Func]bool{},
		limit: writingLimit,
	}
	c.list(list, nil)
	if c.limit < 0 || len(c.taken) == 0 {
		return nil, false
	}
	allowed := size(list)
	for fn := range c.taken {
		allowed += size(fn.Body)
	}
	if fused = withoutUnread(c.out); size(fused) > allowed {
		return nil, false
	}
	for x := range c.fit {
		f.segment.Fits[x] = true
	}
	return fused, true
}

// writingLimit is how many statements a trial writes at most, lest many places that return make very many copies.
const writingLimit = 1000

// size counts statements and expressions.
func size(list []ir.Stmt) (n int) {
	ir.Inspect(list, func(ir.Stmt) { n++ }, func(ir.Expr) { n++ })
	return n
}

// called is the call with whose value a statement begins, if its function can be taken in: the definition of a variable, or a loop.
func called(s ir.Stmt) *ir.Call {
	var value ir.Expr
	switch s := s.(type) {
	case *ir.Define:
		if !s.Var.Mutable {
			value = s.Init
		}
	case *ir.For:
		if s.Value == nil && !jumpsOut(s.Body) {
			value = s.Over
		}
	}
	call, ok := value.(*ir.Call)
	if !ok || call.Func == nil || call.Func.Task != nil || !makes(call.Func.Body) {
		return nil
	}
	return call
}

// jumpsOut tells whether a loop's body ends a round, or leaves a loop, by a jump.
func jumpsOut(list []ir.Stmt) bool {
	within := map[*ir.Label]bool{}
	out := false
	ir.Inspect(list, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.For:
			within[s.Label] = true
		case *ir.Loop:
			within[s.Label] = true
		case *ir.Scope:
			within[s.Label] = true
		case *ir.Break:
			out = out || !within[s.Label]
		case *ir.Continue:
			out = out || !within[s.Label]
		}
	}, nil)
	return out
}

// makes tells whether each path through a function returns a value that is made there, and none does so within a loop.
func makes(body []ir.Stmt) bool {
	return ir.Ends(body) && returns(body, false, func(value ir.Expr, looping bool) bool { return !looping && isMade(value) })
}

// returns tells whether good holds for all that a list returns; looping tells that it stands in a loop or in what `break` leaves.
func returns(list []ir.Stmt, looping bool, good func(value ir.Expr, looping bool) bool) bool {
	all := true
	for _, s := range list {
		inside := looping
		switch s := s.(type) {
		case *ir.Return:
			all = all && good(s.Value, looping)
		case *ir.For, *ir.Loop, *ir.Scope:
			inside = true
		}
		ir.StmtBlocks(s, func(b []ir.Stmt) { all = all && returns(b, inside, good) })
	}
	return all
}

// givesBack tells whether a statement returns somewhere.
func givesBack(s ir.Stmt) bool {
	return !returns([]ir.Stmt{s}, false, func(ir.Expr, bool) bool { return false })
}

// isMade tells whether a value is made of parts that can be told apart.
func isMade(x ir.Expr) bool {
	switch x := x.(type) {
	case *ir.New, *ir.NewTuple, *ir.NewOption, *ir.NewResult:
		return true
	case *ir.NewList:
		return len(x.Elems) <= 1
	}
	return false
}

// withoutUnread is a list without the definitions of variables that nothing reads and that nothing is noticed of.
func withoutUnread(list []ir.Stmt) []ir.Stmt {
	for {
		read := map[*ir.Var]bool{}
		ir.Inspect(list, nil, func(x ir.Expr) {
			if l, ok := x.(*ir.Local); ok {
				read[l.Var] = true
			}
		})
		left, n := unreadOut(list, read)
		if n == 0 {
			return list
		}
		list = left
	}
}

// unreadOut takes n such definitions out, of the blocks in it too.
func unreadOut(list []ir.Stmt, read map[*ir.Var]bool) (left []ir.Stmt, n int) {
	block := func(b []ir.Stmt) []ir.Stmt {
		out, k := unreadOut(b, read)
		n += k
		return out
	}
	for _, s := range list {
		switch s := s.(type) {
		case *ir.Define:
			if s.Init != nil && !read[s.Var] && unnoticed(s.Init) {
				n++
				continue
			}
		case *ir.If:
			s.Then, s.Else = block(s.Then), block(s.Else)
		case *ir.Switch:
			for _, c := range s.Cases {
				c.Body = block(c.Body)
			}
			s.Default = block(s.Default)
		case *ir.For:
			s.Body = block(s.Body)
		case *ir.Loop:
			s.Body = block(s.Body)
		case *ir.Scope:
			s.Body = block(s.Body)
		}
		left = append(left, s)
	}
	return left, n
}

// unnoticed tells whether nobody would notice if x were not evaluated: it reads variables and puts values together.
func unnoticed(x ir.Expr) bool {
	switch x.(type) {
	case *ir.Const, *ir.Local, *ir.ParamRef, *ir.FieldGet, *ir.CommonGet, *ir.TupleGet, *ir.Unwrap, *ir.Share, *ir.Interpolate,
		*ir.New, *ir.NewTuple, *ir.NewOption, *ir.NewResult, *ir.NewList:
	default:
		return false
	}
	all := true
	ir.Operands(x, func(y ir.Expr) { all = all && unnoticed(y) })
	return all
}
