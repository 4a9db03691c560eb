package ptl

import (
	"errors"
	"fmt"
	"slices"
)

// An upgrade finds data of an old shape. What may have changed, so that they go on: fields and variants stand in another
// order, a new field has a default or is an Option, there is a new variant, a record or enum is called otherwise. What
// may not: a field or variant is gone, since its data would be lost, or has another type.
//
// Keys of state and of flows must have the same shape as before: their hashes, by which they are stored, are made from
// the order of fields and variants.

// Compatible tells whether values of the old shape can be converted to the new one; if not, why says what has changed.
func Compatible(old, new *Shape) (ok bool, why string) {
	c := &comparison{a: old, b: new, inA: "the old version", inB: "the new one", met: map[[2]string]bool{}}
	why = c.upgrade(old.Type, new.Type, "the type")
	return why == "", why
}

// upgrade is parts, for values of a that are to become ones of b.
func (c *comparison) upgrade(a, b *ShapePart, what string) string {
	if a.Kind != b.Kind || len(a.Of) != len(b.Of) {
		return c.differ(what, a, b)
	}
	for i := range a.Of {
		if why := c.upgrade(a.Of[i], b.Of[i], what); why != "" {
			return why
		}
	}
	pair := [2]string{a.Name, b.Name}
	if a.Kind != kindNamed || c.met[pair] {
		return ""
	}
	c.met[pair] = true
	x, y := c.a.Find(a.Name), c.b.Find(b.Name)
	if x == nil || y == nil || x.Enum != y.Enum {
		return c.differ(what, a, b)
	}
	if !x.Enum {
		return c.upgradeFields(x.Variants[0].Fields, y.Variants[0].Fields, "record "+bare(y.Name))
	}
	for _, v := range x.Variants {
		i := slices.Index(variantNames(y), v.Name)
		if i < 0 {
			return fmt.Sprintf("variant %s of enum %s is gone", v.Name, bare(y.Name))
		}
		if why := c.upgradeFields(v.Fields, y.Variants[i].Fields, "variant "+v.Name+" of enum "+bare(y.Name)); why != "" {
			return why
		}
	}
	return ""
}

func (c *comparison) upgradeFields(a, b []FieldShape, owner string) string {
	before, now := fieldNames(a), fieldNames(b)
	for _, name := range before {
		if !slices.Contains(now, name) {
			return fmt.Sprintf("field %s of %s is gone", name, owner)
		}
	}
	for _, f := range b {
		i := slices.Index(before, f.Name)
		switch {
		case i < 0 && f.Default == nil:
			return fmt.Sprintf("field %s of %s is new and has no default", f.Name, owner)
		case i >= 0:
			if why := c.upgrade(a[i].Type, f.Type, "field "+f.Name+" of "+owner); why != "" {
				return why
			}
		}
	}
	return ""
}

// Convert makes the binary form of a value of the old shape one of the new shape.
func Convert(old, new *Shape, value []byte) ([]byte, error) {
	if ok, why := Compatible(old, new); !ok {
		return nil, errors.New(why)
	}
	c := &conversion{old: old, new: new, r: NewReader(value)}
	c.part(old.Type, new.Type)
	if c.r.Err() == nil && c.r.Len() > 0 {
		c.r.Fail(fmt.Errorf("%d bytes are left over", c.r.Len()))
	}
	return c.out, c.r.Err()
}

// conversion reads values of one shape and writes them in another, which is compatible.
type conversion struct {
	old, new *Shape
	r        *Reader
	out      []byte
}

// part converts one value.
func (c *conversion) part(a, b *ShapePart) {
	if c.r.err != nil {
		return
	}
	switch a.Kind {
	case "Bool":
		c.out = AppendBool(c.out, c.r.Bool())
	case "Int", "Time", "Duration":
		c.out = AppendInt(c.out, c.r.Int())
	case "Float":
		c.out = AppendFloat(c.out, c.r.Float())
	case "String", "Bytes":
		c.text()
	case "Unit":
		c.out = AppendUint(c.out, uint64(c.r.Tag(1)))
	case kindTuple:
		c.each(a, b)
	case kindOption:
		some := c.r.Bool()
		if c.out = AppendBool(c.out, some); some {
			c.each(a, b)
		}
	case kindResult:
		i := c.r.Tag(2)
		c.out = AppendUint(c.out, uint64(i))
		c.part(a.Of[i], b.Of[i])
	case kindList, kindMap, kindSet:
		n := c.r.Count()
		c.out = AppendUint(c.out, uint64(n))
		for i := 0; i < n && c.r.err == nil; i++ {
			c.each(a, b)
		}
	case kindRequest:
		c.request(a, b)
	case kindReply:
		c.reply(a, b)
	case kindNamed:
		c.named(c.old.Find(a.Name), c.new.Find(b.Name))
	default:
		c.r.Fail(fmt.Errorf("values of type %s cannot be converted", a.text()))
	}
}

func (c *conversion) each(a, b *ShapePart) {
	for i := range a.Of {
		c.part(a.Of[i], b.Of[i])
	}
}

func (c *conversion) text() {
	text := c.r.view()
	c.out = append(AppendUint(c.out, uint64(len(text))), text...)
}

func (c *conversion) request(a, b *ShapePart) {
	r := c.r
	c.out = AppendUint(AppendUint(AppendUint(c.out, r.Uint()), r.Uint()), r.Uint())
	c.out = appendTrail(c.out, readTrail(r))
	c.each(a, b)
}

func (c *conversion) reply(a, b *ShapePart) {
	c.out = AppendUint(AppendUint(c.out, c.r.Uint()), c.r.Uint())
	failed := c.r.Bool()
	if c.out = AppendBool(c.out, failed); failed {
		c.text()
		return
	}
	c.each(a, b)
}

// named converts a record or a variant: the tag by name, then the fields, which are read in the old order and written in
// the new one.
func (c *conversion) named(a, b *NamedShape) {
	if c.r.depth == deepest {
		c.r.Fail(errTooDeep)
		return
	}
	c.r.depth++
	defer func() { c.r.depth-- }()
	from, to := &a.Variants[0], &b.Variants[0]
	if a.Enum {
		from = &a.Variants[c.r.Tag(len(a.Variants))]
		i := slices.Index(variantNames(b), from.Name)
		to = &b.Variants[i]
		c.out = AppendUint(c.out, uint64(i))
	} else if len(from.Fields) == 0 {
		c.r.Tag(1) // a record without fields is a zero, since every value takes a byte
	}
	c.fields(from.Fields, to.Fields)
	if !a.Enum && len(to.Fields) == 0 {
		c.out = append(c.out, 0)
	}
}

func (c *conversion) fields(from, to []FieldShape) {
	if slices.Equal(fieldNames(from), fieldNames(to)) {
		for i := range from {
			c.part(from[i].Type, to[i].Type)
		}
		return
	}
	names := fieldNames(to)
	converted := make([][]byte, len(to))
	start := len(c.out)
	for i := range from {
		at := slices.Index(names, from[i].Name)
		c.part(from[i].Type, to[at].Type)
		converted[at] = slices.Clone(c.out[start:])
		c.out = c.out[:start]
	}
	for i := range to {
		if converted[i] == nil {
			converted[i] = to[i].Default
		}
		c.out = append(c.out, converted[i]...)
	}
}
