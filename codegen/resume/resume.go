// Package resume cuts handlers that await into blocks that run without waiting.
//
// A handler is structured code in which an await may stand anywhere. Code without awaits stays as it is. A statement
// that holds one is taken apart: what stands before the await ends a block, the await begins one, and where the
// branches of a conditional come together again, or a loop begins its next round, there is a block too, to which the
// ends of branches and rounds go on (cut.go). A loop over a collection keeps the collection, as it was when the loop
// began, and a position in it. Blocks that only one other goes on to become a part of that one (join.go). At last,
// liveness (live.go) tells which variables must outlive an await: these, and no others, are kept while a handler waits.
package resume

import (
	"fmt"
	"hash"
	"hash/fnv"
	"io"
	"slices"

	"github.com/portals-lang/portals/lang/ir"
)

// Types finds types that cut code needs and the handler may not have: those of positions and entries.
type Types struct {
	known map[string]*ir.Type
}

// NewTypes returns the types of a program.
func NewTypes(p *ir.Program) *Types {
	t := &Types{known: map[string]*ir.Type{}}
	visit := func(f *ir.Func) {
		if f == nil {
			return
		}
		ir.Inspect(f.Body, func(s ir.Stmt) {
			if d, ok := s.(*ir.Define); ok {
				t.add(d.Var.Type)
			}
		}, func(x ir.Expr) { t.add(x.Type()) })
	}
	for _, d := range p.Types {
		for _, v := range d.Variants {
			for _, f := range v.Fields {
				t.add(f.Type)
			}
		}
	}
	for _, f := range p.Funcs {
		visit(f)
	}
	for _, w := range p.Workflows {
		for _, task := range w.Tasks {
			for _, f := range task.Helpers {
				visit(f)
			}
			for _, f := range handlers(task) {
				visit(f)
			}
		}
	}
	return t
}

// handlers are those of a task that may await.
func handlers(t *ir.Task) []*ir.Func {
	out := []*ir.Func{t.OnEvent}
	for _, a := range t.OnAsk {
		out = append(out, a.Func)
	}
	return out
}

func (t *Types) add(x *ir.Type) {
	if x == nil || x.Def != nil {
		return
	}
	if _, ok := t.known[x.Name]; ok {
		return
	}
	t.known[x.Name] = x
	for _, e := range x.Elems {
		t.add(e)
	}
}

// of is the type of that name, made if the program has none.
func (t *Types) of(made *ir.Type) *ir.Type {
	if known := t.known[made.Name]; known != nil {
		return known
	}
	t.known[made.Name] = made
	return made
}

func (t *Types) integer() *ir.Type {
	return t.of(&ir.Type{Kind: ir.Int, Name: "Int", Comparable: true})
}

func (t *Types) boolean() *ir.Type {
	return t.of(&ir.Type{Kind: ir.Bool, Name: "Bool", Comparable: true})
}

func (t *Types) timer() *ir.Type { return t.of(&ir.Type{Kind: ir.Timer, Name: "Timer"}) }

// entries is the type of a map's entries as a list of pairs.
func (t *Types) entries(m *ir.Type) *ir.Type {
	k, v := m.Elems[0], m.Elems[1]
	pair := t.of(&ir.Type{
		Kind: ir.Tuple, Name: fmt.Sprintf("(%s, %s)", k.Name, v.Name), Elems: m.Elems, Owns: k.Owns || v.Owns,
		Comparable: k.Comparable && v.Comparable,
	})
	return t.list(pair)
}

func (t *Types) list(elem *ir.Type) *ir.Type {
	return t.of(&ir.Type{Kind: ir.List, Name: "List[" + elem.Name + "]", Elems: []*ir.Type{elem}, Owns: true})
}

// Machine cuts a handler that awaits. The handler itself stays as it is; the machine shares code with it.
func Machine(f *ir.Func, types *Types) *ir.Machine {
	m := &ir.Machine{Func: f}
	c := &cutter{types: types, ends: map[*ir.Label]*exits{}, original: map[*ir.Await]*ir.Await{}, reached: map[*ir.Block]bool{}}
	c.begin(&ir.Block{})
	c.stmts(f.Body, nil)
	c.goOn(nil)
	m.Blocks = join(c.blocks)
	for i, b := range m.Blocks {
		b.Number = i
	}
	findLive(m)
	texts := map[*ir.Await]hash.Hash64{}
	text := fnv.New64a()
	ir.PrintToAwaits(f, func(await *ir.Await, more string) {
		_, _ = io.WriteString(text, more)
		texts[await] = clone(text)
	})
	for _, b := range m.Points() {
		b.Point = identity(f, clone(texts[c.original[b.Await]]), b.Live)
	}
	return m
}

// identity is a number for an await and what it keeps, which goes on from the text of the handler up to there, in h. 48 bits are plenty: there
// are few awaits to be told apart, and a number is written with every handler that waits.
func identity(f *ir.Func, h hash.Hash64, live []*ir.Var) uint64 {
	seen := map[*ir.TypeDef]bool{}
	for _, v := range slices.Concat(live, f.Params) { // a frame keeps what the handler was given, to tell of it in a failure
		_, _ = fmt.Fprintf(h, "%s: ", v.Name)
		shape(func(text string) { _, _ = fmt.Fprint(h, text) }, v.Type, seen)
	}
	return h.Sum64() >> 16
}

// clone is a hash that has taken in the same, and goes on by itself.
func clone(h hash.Hash64) hash.Hash64 {
	c, err := h.(hash.Cloner).Clone()
	if err != nil {
		panic(err) // FNV knows none
	}
	return c.(hash.Hash64)
}

// shape writes a type with the fields of the records and enums in it: what its values look like in a store.
func shape(write func(string), t *ir.Type, seen map[*ir.TypeDef]bool) {
	write(t.Name)
	for _, e := range t.Elems {
		shape(write, e, seen)
	}
	if t.Def == nil || seen[t.Def] {
		return
	}
	seen[t.Def] = true
	for _, v := range t.Def.Variants {
		write(v.Name)
		for _, f := range v.Fields {
			write(f.Name)
			shape(write, f.Type, seen)
		}
	}
}
