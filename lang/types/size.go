package types

// MaxParts is how many parts a type may have. Each basic type, type parameter and definition counts, as often as the type is written out
// with it, and so does each tuple and function type. A type that doubles at each call would otherwise soon have more parts than a computer
// can count: what is shared in memory is gone through, printed and compiled as often as it occurs.
const MaxParts = 1000

// MaxDepth is how deep the parts of a type may stand in each other. Each is compiled, with a name that holds those of all that are inside it.
const MaxDepth = 64

// Size is how large a type is.
type Size struct {
	Parts int
	Depth int // of the part that is deepest inside
}

// TooLarge tells whether a type of this size is refused.
func (s Size) TooLarge() bool { return s.Parts > MaxParts || s.Depth > MaxDepth }

// TooLarge tells whether t has more than MaxParts parts, or is deeper than MaxDepth. It counts no further than that.
func TooLarge(t Type) bool { return SizeOf(t, nil).TooLarge() }

// SizeOf is the size of t if type parameters stand for types of the given sizes. What is too large is not counted to the end.
func SizeOf(t Type, params map[*Param]Size) Size {
	c := counter{params: params}
	c.count(t, 1)
	return c.Size
}

type counter struct {
	Size
	params map[*Param]Size
}

func (c *counter) count(t Type, depth int) {
	if c.TooLarge() {
		return
	}
	t = Resolve(t)
	if p, ok := t.(*Param); ok {
		c.Parts += max(c.params[p].Parts-1, 0)
		c.Depth = max(c.Depth, depth+c.params[p].Depth-1)
	}
	c.Parts++
	c.Depth = max(c.Depth, depth)
	switch t := t.(type) {
	case *Named:
		c.countAll(t.Args, depth+1)
	case *Tuple:
		c.countAll(t.Elems, depth+1)
	case *Func:
		c.countAll(t.Params, depth+1)
		c.count(t.Result, depth+1)
	}
}

func (c *counter) countAll(ts []Type, depth int) {
	for _, t := range ts {
		c.count(t, depth)
	}
}

// Outgrows tells whether Unify gives a and b up because they would become too large.
func Outgrows(a, b Type) bool {
	var u unifier
	u.unify(a, b)
	u.undo()
	return u.steps > maxSteps
}
