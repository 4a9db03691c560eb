package fuse

import (
	"maps"
	"strconv"

	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
)

// copying writes statements anew, with variables of their own, since there may be several copies of them.
type copying struct {
	out    []ir.Stmt
	names  map[*ir.Var]ir.Expr // what stands for a variable of what is copied; itself if there is none
	parts  map[*ir.Var]ir.Expr // what a variable of the copy was made of: variables that never change, and constants
	labels map[*ir.Label]*ir.Label
	at     source.Span // of the statement that is copied: what is taken out of it fails where it would have

	fits, fit      map[*ir.Operate]bool // operators that need no check: those that are copied, and their copies
	taken, running map[*ir.Func]bool    // functions that were taken in, and those that are being copied
	limit          int                  // how many statements more may be written
	inLambda       bool                 // what is copied is the body of one, which returns to whoever calls it
}

// next takes what a function returns to what follows its call. A list without one just ends.
type next func(value ir.Expr)

func (c *copying) add(s ir.Stmt) {
	if c.limit--; c.limit >= 0 {
		c.out = append(c.out, s)
	}
}

// list copies statements.
func (c *copying) list(list []ir.Stmt, then next) {
	for i, s := range list {
		if c.limit < 0 || ir.Ends(c.out) {
			return
		}
		if s.Span().Valid() {
			c.at = s.Span()
		}
		rest := list[i+1:]
		if call := called(s); call != nil && !c.running[call.Func] && !c.inLambda {
			c.take(call, func(value ir.Expr) {
				c.given(s, value)
				c.list(rest, then)
			})
			return
		}
		switch s := s.(type) {
		case *ir.Return:
			if then != nil {
				then(c.expr(s.Value))
				return
			}
		case *ir.If:
			cond := c.expr(s.Cond)
			if known, ok := truth(cond); ok {
				c.list(joined(branch(s, known), rest), then)
				return
			}
			if then != nil && givesBack(s) {
				c.add(&ir.If{S: s.S, Cond: cond, Then: c.block(joined(s.Then, rest), then), Else: c.block(joined(s.Else, rest), then)})
				return
			}
			c.add(&ir.If{S: s.S, Cond: cond, Then: c.block(s.Then, nil), Else: c.block(s.Else, nil)})
			continue
		case *ir.Switch:
			of := c.expr(s.Of)
			if made, ok := c.made(of).(*ir.New); ok {
				c.list(joined(arm(s, made.Variant), rest), then)
				return
			}
			if then != nil && givesBack(s) {
				c.add(c.switchOn(s, of, func(body []ir.Stmt) []ir.Stmt { return c.block(joined(body, rest), then) }))
				return
			}
			c.add(c.switchOn(s, of, func(body []ir.Stmt) []ir.Stmt { return c.block(body, nil) }))
			continue
		}
		c.stmt(s)
	}
}

func joined(list, rest []ir.Stmt) []ir.Stmt {
	if ir.Ends(list) {
		return list
	}
	return append(list[:len(list):len(list)], rest...)
}

func branch(s *ir.If, cond bool) []ir.Stmt {
	if cond {
		return s.Then
	}
	return s.Else
}

func arm(s *ir.Switch, v *ir.Variant) []ir.Stmt {
	for _, c := range s.Cases {
		for _, w := range c.Variants {
			if w == v {
				return c.Body
			}
		}
	}
	return s.Default
}

// block copies statements into a block of their own. What a variable stands for outside of it does not change.
func (c *copying) block(list []ir.Stmt, then next) []ir.Stmt {
	out, names := c.out, c.names
	c.out, c.names = nil, maps.Clone(names)
	c.list(list, then)
	made := c.out
	c.out, c.names = out, names
	return made
}

func (c *copying) switchOn(s *ir.Switch, of ir.Expr, block func([]ir.Stmt) []ir.Stmt) *ir.Switch {
	to := &ir.Switch{S: s.S, Of: of, HasDefault: s.HasDefault}
	for _, k := range s.Cases {
		to.Cases = append(to.Cases, &ir.Case{Variants: k.Variants, Body: block(k.Body)})
	}
	if s.HasDefault {
		to.Default = block(s.Default)
	}
	return to
}

// take copies the body of the function that is called, and behind each place where it returns what follows the call.
func (c *copying) take(call *ir.Call, then next) {
	fn := call.Func
	args := make([]ir.Expr, len(call.Args))
	for i, x := range call.Args {
		args[i] = c.part(c.expr(x), fn.Params[i].Name)
	}
	outer := c.names
	c.names = maps.Clone(outer)
	for i, p := range fn.Params {
		c.define(p, args[i])
	}
	c.taken[fn], c.running[fn] = true, true
	c.list(fn.Body, func(value ir.Expr) {
		inner := c.names
		c.names = maps.Clone(outer)
		delete(c.running, fn) // what follows may call it again
		then(value)
		c.names, c.running[fn] = inner, true
	})
	c.names = outer
	delete(c.running, fn)
}

// given goes on with the statement whose call has given a value.
func (c *copying) given(s ir.Stmt, value ir.Expr) {
	switch s := s.(type) {
	case *ir.Define:
		c.define(s.Var, value)
	case *ir.For:
		list, ok := value.(*ir.NewList)
		if !ok {
			c.limit = -1
			return
		}
		for _, x := range list.Elems { // one, or none
			if s.Elem != nil {
				c.define(s.Elem, x)
			} else {
				c.part(x, "element")
			}
			c.list(s.Body, nil)
		}
	}
}

// define gives a variable its value. If that is another variable that never changes, it stands for this one.
func (c *copying) define(v *ir.Var, value ir.Expr) {
	if l, ok := value.(*ir.Local); ok && !l.Var.Mutable && !v.Mutable {
		c.names[v] = l
		return
	}
	own := c.fresh(v)
	if !v.Mutable && isMade(value) {
		value = c.madeOfParts(value)
		c.parts[own] = value
	}
	c.add(&ir.Define{S: ir.S{At: c.at}, Var: own, Init: value})
}

// fresh is the copy's own variable for one of what is copied.
func (c *copying) fresh(v *ir.Var) *ir.Var {
	own := *v
	c.names[v] = &ir.Local{X: ir.X{T: v.Type, At: v.Span}, Var: &own}
	return &own
}

// part is a value that can be read anywhere, and as often as one likes: a constant, or a variable that never changes.
func (c *copying) part(x ir.Expr, name string) ir.Expr {
	switch x := x.(type) {
	case *ir.Const, *ir.ParamRef:
		return x
	case *ir.Local:
		if !x.Var.Mutable {
			return x
		}
	}
	v := &ir.Var{Name: name, Type: x.Type(), Temp: true, Span: x.Span()}
	if isMade(x) {
		x = c.madeOfParts(x)
		c.parts[v] = x
	}
	c.add(&ir.Define{S: ir.S{At: c.at}, Var: v, Init: x})
	return &ir.Local{X: ir.X{T: v.Type, At: x.Span()}, Var: v}
}

// madeOfParts is what is made, of parts.
func (c *copying) madeOfParts(x ir.Expr) ir.Expr {
	i := -1
	return ir.Rebuild(x, func(y ir.Expr) ir.Expr {
		i++
		return c.part(y, partName(x, i))
	})
}

// partName is what a part of a value is called.
func partName(x ir.Expr, i int) string {
	switch x := x.(type) {
	case *ir.New:
		return x.Variant.Fields[i].Name
	case *ir.NewTuple:
		return "v" + strconv.Itoa(i)
	case *ir.NewList:
		return "element"
	}
	return "value"
}

// stmt copies a statement that does not choose.
func (c *copying) stmt(s ir.Stmt) {
	switch s := s.(type) {
	case *ir.Define:
		if s.Init == nil {
			c.add(&ir.Define{S: s.S, Var: c.fresh(s.Var)})
			return
		}
		c.define(s.Var, c.expr(s.Init))
	case *ir.Assign:
		value := c.expr(s.Value)
		c.add(&ir.Assign{S: s.S, Place: c.expr(s.Place), Value: value})
	case *ir.Mutate:
		args := c.exprs(s.Args)
		c.add(&ir.Mutate{S: s.S, Name: s.Name, Place: c.expr(s.Place), Args: args, Descs: s.Descs})
	case *ir.Do:
		c.add(&ir.Do{S: s.S, X: c.expr(s.X)})
	case *ir.For, *ir.Loop, *ir.Scope:
		c.loop(s)
	case *ir.Break:
		c.add(&ir.Break{S: s.S, Label: c.label(s.Label)})
	case *ir.Continue:
		c.add(&ir.Continue{S: s.S, Label: c.label(s.Label)})
	case *ir.Return: // of a lambda
		c.add(&ir.Return{S: s.S, Value: c.expr(s.Value)})
	case *ir.Fail:
		c.add(&ir.Fail{S: s.S, Message: c.expr(s.Message)})
	case *ir.Log:
		c.add(&ir.Log{S: s.S, Message: c.expr(s.Message)})
	case *ir.Send:
		key := c.expr(s.Key)
		c.add(&ir.Send{S: s.S, Task: s.Task, Key: key, Moved: s.Moved, Event: c.expr(s.Event)})
	case *ir.Next:
		key := c.expr(s.Key)
		c.add(&ir.Next{S: s.S, Segment: s.Segment, Key: key, Event: c.expr(s.Event)})
	case *ir.Out:
		c.add(&ir.Out{S: s.S, Output: s.Output, Event: c.expr(s.Event)})
	default: // of handlers, which nothing calls
		c.limit = -1
	}
}

// label is where a jump goes: to a copy of what it leaves, or out of what is copied.
func (c *copying) label(l *ir.Label) *ir.Label {
	if own := c.labels[l]; own != nil {
		return own
	}
	return l
}

// loop copies a loop or scope.
func (c *copying) loop(s ir.Stmt) {
	label := func(l *ir.Label) *ir.Label {
		own := *l
		c.labels[l] = &own
		return &own
	}
	switch s := s.(type) {
	case *ir.For:
		to := &ir.For{S: s.S, Label: label(s.Label), Over: c.expr(s.Over)}
		if s.Elem != nil {
			to.Elem = c.fresh(s.Elem)
		}
		if s.Value != nil {
			to.Value = c.fresh(s.Value)
		}
		to.Body = c.block(s.Body, nil)
		c.add(to)
	case *ir.Loop:
		to := &ir.Loop{S: s.S, Label: label(s.Label), Cond: c.expr(s.Cond)}
		to.Body = c.block(s.Body, nil)
		c.add(to)
	case *ir.Scope:
		to := &ir.Scope{S: s.S, Label: label(s.Label)}
		to.Body = c.block(s.Body, nil)
		c.add(to)
	}
}
