package typecheck

import (
	"strings"

	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// duty says that a type must support something: need, and what the type parameter param needs in the end.
//
// What a type parameter must support follows from its uses, which may be calls of functions whose own needs are not
// known yet. So duties are collected while bodies are checked, and solved together at the end: all are gone through, and
// those that ask for a parameter's needs again when these have grown; then those that a concrete type does not meet are
// reported.
type duty struct {
	typ   types.Type
	need  types.Constraint
	param *types.Param // or nil
	at    source.Span
	what  string // who asks, for messages
}

func (c *checker) duty(d duty) { c.duties = append(c.duties, d) }

func (d *duty) needs() types.Constraint {
	if d.param == nil {
		return d.need
	}
	return d.need | d.param.Needs
}

func (c *checker) solveConstraints() {
	for i := range c.duties {
		c.duties[i].typ = types.Default(c.duties[i].typ)
	}
	asking := map[*types.Param][]*duty{}
	var due []*duty
	for i := range c.duties {
		d := &c.duties[i]
		due = append(due, d)
		if d.param != nil {
			asking[d.param] = append(asking[d.param], d)
		}
	}
	for len(due) > 0 {
		d := due[len(due)-1]
		due = due[:len(due)-1]
		types.Require(d.typ, d.needs(), func(p *types.Param, need types.Constraint) {
			if p.Needs&need != need {
				p.Needs |= need
				due = append(due, asking[p]...)
			}
		})
	}
	for i := range c.duties {
		d := &c.duties[i]
		if culprit := types.Require(d.typ, d.needs(), nil); culprit != nil {
			c.unsupported(d, culprit)
		}
	}
}

func (c *checker) unsupported(d *duty, culprit types.Type) {
	need := d.needs()
	for _, n := range []types.Constraint{types.NeedKey, types.NeedOrd, types.NeedNum, types.NeedEq} {
		if need&n != 0 && !types.Supports(d.typ, n) {
			need = n
			break
		}
	}
	can, which := "", ""
	switch need {
	case types.NeedKey:
		can, which = "be a key", "Keys are Int, String, Bool, Time and Duration, and tuples, records and enums of these."
	case types.NeedOrd:
		can, which = "be ordered", "`<` works on Int, Float, String, Time, Duration and tuples of these."
	case types.NeedNum:
		can, which = "be added up", "This works on Int, Float and Duration."
	default:
		can, which = "be compared", "`==` works on everything but functions and futures."
	}
	f := c.err("PTL0305", d.at, d.what+" needs it", "%s cannot %s", show(d.typ), can).note("%s", which)
	if culprit != d.typ && !types.Identical(culprit, d.typ) {
		f.note("It contains %s.", show(culprit))
	}
	if n, ok := types.Resolve(culprit).(*types.Named); ok && n.Def.Span.Valid() {
		f.at(n.Def.Span, "declared here")
		if n.Def.Recursive && need == types.NeedKey {
			f.note("A type that contains itself is no key.")
		}
		if need == types.NeedOrd {
			f.help("Order by a field, or by a tuple of fields: `xs.sortBy(x => (x.a, x.b))`.")
		}
	}
	if d.what == "`key`" && types.Identical(d.typ, types.Unit) {
		f.help("For one key for all events, write `key(_ => true)`; a task with `shared state` needs no key.")
	}
	if strings.Contains(show(culprit), "Float") && need == types.NeedKey {
		f.help("Round the Float to an Int, or use its text.")
	}
}
