// Package interp runs the ir directly. It is the oracle of the compiler's tests: small, slow and obviously right.
//
// Every value is immutable, so nothing is ever shared by mistake: changing a list makes a new one, and Share is the
// identity. A place (a variable, a state, a field of such) is a cell that holds a value; writing a field puts a changed
// copy of the record into the cell. What a program asks of the world around it, replies above all, goes through World.
// A failure is a Go panic inside, and an error outside.
package interp

import (
	"fmt"
	"maps"

	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
)

// World is what a program meets when it runs. Functions that are nil must not be needed.
type World struct {
	Params map[*ir.Param]Value // values of params; others have their defaults
	// Ask gives the future of a request, whatever that is; Await gets it back, and gives the value of a.Into.
	Ask    func(p *ir.Portal, request Value) Value
	Await  func(a *ir.Await, futures []Value, within Value) Value
	Extern func(x *ir.Extern, args []Value) (Value, error)
	Log    func(text string)
	Now    func() int64
	Random func(n int64) int64
	UUID   func() string

	at source.Span // the statement that runs
}

// Cell is a task as one handler sees it: the states and the key, and what the handler emits and replies.
type Cell struct {
	Key     Value
	State   map[*ir.StateVar]Value
	Shared  map[*ir.StateVar]Value // the same for all keys
	Emitted []Value
	Replied []Value
}

// NewCell is a cell of a task before anything happened to it.
func (w *World) NewCell(t *ir.Task, key Value) (c *Cell, err error) {
	defer recovered(&err)
	c = &Cell{Key: key, State: map[*ir.StateVar]Value{}, Shared: map[*ir.StateVar]Value{}}
	f := &frame{World: w, cell: c}
	for _, s := range t.State {
		c.State[s] = f.eval(s.Init)
	}
	for _, s := range t.Shared {
		c.Shared[s] = f.eval(s.Init)
	}
	return c, nil
}

// states are those of the cell that s is one of.
func (c *Cell) states(s *ir.StateVar) map[*ir.StateVar]Value {
	if s.Shared {
		return c.Shared
	}
	return c.State
}

// undo returns a function that makes the cell what it was.
func (c *Cell) undo() func() {
	state, shared := maps.Clone(c.State), maps.Clone(c.Shared)
	emitted, replied := len(c.Emitted), len(c.Replied)
	return func() {
		maps.Copy(c.State, state)
		maps.Copy(c.Shared, shared)
		c.Emitted, c.Replied = c.Emitted[:emitted], c.Replied[:replied]
	}
}

// Call runs a function of the program.
func (w *World) Call(fn *ir.Func, args ...Value) (Value, error) { return w.Handle(nil, fn, args...) }

// Handle runs a handler or helper in a cell. If it fails, the cell's states are as they were, and nothing was emitted.
func (w *World) Handle(c *Cell, fn *ir.Func, args ...Value) (v Value, err error) {
	if c != nil {
		undo := c.undo()
		defer func() {
			if err != nil {
				undo()
			}
		}()
	}
	defer recovered(&err)
	return (&frame{World: w, cell: c}).call(fn, args), nil
}

// Eval evaluates an expression that stands outside of any function.
func (w *World) Eval(x ir.Expr) (v Value, err error) {
	defer recovered(&err)
	return (&frame{World: w}).eval(x), nil
}

// failure is the panic of a program that fails, with the statement that did.
type failure struct {
	message string
	at      source.Span
}

func (f failure) Error() string { return f.message }

// Fail fails the code that runs: for what a World does.
func Fail(message string) { panic(failure{message: message}) }

func fail(format string, args ...any) { Fail(fmt.Sprintf(format, args...)) }

// recovered makes an error of a failure; any other panic goes on.
func recovered(err *error) {
	switch r := recover().(type) {
	case nil:
	case failure:
		*err = r
	default:
		panic(r)
	}
}

// frame is a running function. A lambda sees the variables of the function around it.
type frame struct {
	*World
	cell *Cell
	vars map[*ir.Var]Value
	hand func(ir.Stmt, Value, Value) // takes what a segment sends: the statement, key and event
}

// jump is how a statement ended, if not at its end: by a Break or Continue of a label, or by a Return.
type jump struct {
	label  *ir.Label
	again  bool
	result bool
	value  Value
}

func (f *frame) call(fn *ir.Func, args []Value) Value {
	defer f.placed()()
	inner := &frame{World: f.World, cell: f.cell, vars: map[*ir.Var]Value{}}
	for i, p := range fn.Params {
		inner.vars[p] = args[i]
	}
	return inner.run(fn.Body)
}

// placed is called before the body of a function, and what it returns after it: a failure in between happened where the
// body stood then, and what comes after it stands where the call does.
func (f *frame) placed() func() {
	outer := f.at
	return func() {
		switch r := recover().(type) {
		case nil:
			f.at = outer
		case failure:
			if !r.at.Valid() {
				r.at = f.at
			}
			panic(r)
		default:
			panic(r)
		}
	}
}

// run runs the body of a function to its value.
func (f *frame) run(body []ir.Stmt) Value {
	if j := f.block(body); j != nil && j.result {
		return j.value
	}
	return Unit{}
}

func (f *frame) block(body []ir.Stmt) *jump {
	for _, s := range body {
		if j := f.stmt(s); j != nil {
			return j
		}
	}
	return nil
}

func (f *frame) stmt(s ir.Stmt) *jump {
	f.at = s.Span()
	switch s := s.(type) {
	case *ir.Define:
		if s.Init != nil {
			f.vars[s.Var] = f.eval(s.Init)
		}
	case *ir.Assign:
		f.write(s.Place, f.eval(s.Value))
	case *ir.Mutate:
		args := f.evals(s.Args)
		f.write(s.Place, mutate(s.Name, f.eval(s.Place), args))
	case *ir.Do:
		v := f.eval(s.X)
		if _, ok := s.X.(*ir.Ask); ok {
			tell(v)
		}
	case *ir.If:
		if f.eval(s.Cond).(bool) {
			return f.block(s.Then)
		}
		return f.block(s.Else)
	case *ir.Switch:
		return f.block(f.branch(s))
	case *ir.For:
		return f.loopOver(s)
	case *ir.Loop:
		return f.loop(s)
	case *ir.Scope:
		if j := f.block(s.Body); j != nil && j.label != s.Label {
			return j
		}
	case *ir.Break:
		return &jump{label: s.Label}
	case *ir.Continue:
		return &jump{label: s.Label, again: true}
	case *ir.Return:
		if s.Value == nil {
			return &jump{result: true, value: Unit{}}
		}
		return &jump{result: true, value: f.eval(s.Value)}
	case *ir.Fail:
		fail("%s", f.eval(s.Message))
	case *ir.Log:
		f.Log(f.eval(s.Message).(string))
	case *ir.Emit:
		f.cell.Emitted = append(f.cell.Emitted, f.eval(s.Value))
	case *ir.Reply:
		f.cell.Replied = append(f.cell.Replied, f.eval(s.Value))
	case *ir.Await:
		f.await(s)
	case *ir.Send:
		f.handOn(s, s.Key, s.Event)
	case *ir.Next:
		f.handOn(s, s.Key, s.Event)
	case *ir.Out:
		f.handOn(s, nil, s.Event)
	default:
		panic(fmt.Sprintf("interp: statement %T", s))
	}
	return nil
}

func (f *frame) handOn(s ir.Stmt, key, event ir.Expr) {
	switch event.(type) {
	case *ir.Local, *ir.Const:
	default: // what fails is the step that makes the event, which may stand on an earlier line than the one that it is handed to
		if event.Span().Valid() {
			f.at = event.Span()
		}
	}
	var k Value
	if key != nil {
		k = f.eval(key)
	}
	f.hand(s, k, f.eval(event))
}

func (f *frame) branch(s *ir.Switch) []ir.Stmt {
	made := f.eval(s.Of).(Made)
	for _, c := range s.Cases {
		for _, v := range c.Variants {
			if v == made.Variant {
				return c.Body
			}
		}
	}
	return s.Default
}

// ends tells whether j ends the loop of label, and what the loop then hands on.
func ends(j *jump, label *ir.Label) (bool, *jump) {
	switch {
	case j == nil || j.label == label && j.again:
		return false, nil
	case j.label == label && !j.result:
		return true, nil
	}
	return true, j
}

func (f *frame) loop(s *ir.Loop) *jump {
	for s.Cond == nil || f.eval(s.Cond).(bool) {
		if end, j := ends(f.block(s.Body), s.Label); end {
			return j
		}
	}
	return nil
}

func (f *frame) loopOver(s *ir.For) *jump {
	round := func(elem, value Value) (bool, *jump) {
		if s.Elem != nil {
			f.vars[s.Elem] = elem
		}
		if s.Value != nil {
			f.vars[s.Value] = value
		}
		return ends(f.block(s.Body), s.Label)
	}
	switch over := f.eval(s.Over).(type) {
	case Map:
		for _, e := range over {
			if end, j := round(e.Key, e.Value); end {
				return j
			}
		}
	default:
		for _, x := range elements(over) {
			if end, j := round(x, nil); end {
				return j
			}
		}
	}
	return nil
}

func elements(v Value) []Value {
	switch v := v.(type) {
	case List:
		return v
	case Set:
		return v
	}
	panic(fmt.Sprintf("interp: elements of %T", v))
}

func (f *frame) await(s *ir.Await) {
	var within Value
	futures := f.evals(s.Futures)
	if s.Within != nil {
		within = f.eval(s.Within)
	}
	f.vars[s.Into] = f.Await(s, futures, within)
}

// write puts a value into a place.
func (f *frame) write(place ir.Expr, v Value) {
	switch p := place.(type) {
	case *ir.Local:
		f.vars[p.Var] = v
	case *ir.State:
		f.cell.states(p.Var)[p.Var] = v
	case *ir.FieldGet:
		made := f.eval(p.Of).(Made)
		f.write(p.Of, made.with([]int{p.Field}, []Value{v}))
	default:
		panic(fmt.Sprintf("interp: write to %T", place))
	}
}

// with is the record with changed fields.
func (m Made) with(fields []int, values []Value) Made {
	out := Made{m.Variant, append([]Value(nil), m.Fields...)}
	for i, f := range fields {
		out.Fields[f] = values[i]
	}
	return out
}
