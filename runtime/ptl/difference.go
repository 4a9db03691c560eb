package ptl

import (
	"fmt"
	"slices"
	"strings"
)

// Difference tells in words where the shapes differ first, or "" if they are the same; inA and inB say where each of them
// comes from. Defaults of fields make no difference, nor does the module or app that a type is named after.
func Difference(a, b *Shape, inA, inB string) string {
	c := &comparison{a: a, b: b, inA: inA, inB: inB, met: map[[2]string]bool{}}
	return c.parts(a.Type, b.Type, "the type")
}

// comparison walks two shapes at once.
type comparison struct {
	a, b     *Shape
	inA, inB string
	met      map[[2]string]bool // pairs of names that are compared already, or being so
}

// parts compares two types; what says whose they are.
func (c *comparison) parts(a, b *ShapePart, what string) string {
	if a.Kind != b.Kind || len(a.Of) != len(b.Of) {
		return c.differ(what, a, b)
	}
	if a.Kind == kindNamed {
		return c.named(a, b, what)
	}
	for i := range a.Of {
		if found := c.parts(a.Of[i], b.Of[i], what); found != "" {
			if a.Of[i].Kind != kindNamed || b.Of[i].Kind != kindNamed {
				return c.differ(what, a, b) // the whole type tells more than its part
			}
			return found
		}
	}
	return ""
}

func (c *comparison) differ(what string, a, b *ShapePart) string {
	return fmt.Sprintf("%s is %s in %s, and %s in %s", what, a.text(), c.inA, b.text(), c.inB)
}

func (c *comparison) named(a, b *ShapePart, what string) string {
	pair := [2]string{a.Name, b.Name}
	if c.met[pair] {
		return ""
	}
	c.met[pair] = true
	x, y := c.a.Find(a.Name), c.b.Find(b.Name)
	if x == nil || y == nil || x.Enum != y.Enum || bare(x.Name) != bare(y.Name) {
		return c.differ(what, a, b)
	}
	if !x.Enum {
		return c.fields(x.Variants[0].Fields, y.Variants[0].Fields, "record "+bare(x.Name))
	}
	enum := "enum " + bare(x.Name)
	if found := c.names(variantNames(x), variantNames(y), enum, "variant"); found != "" {
		return found
	}
	for i := range x.Variants {
		v := x.Variants[i]
		if found := c.fields(v.Fields, y.Variants[i].Fields, "variant "+v.Name+" of "+enum); found != "" {
			return found
		}
	}
	return ""
}

func (c *comparison) fields(a, b []FieldShape, owner string) string {
	if found := c.names(fieldNames(a), fieldNames(b), owner, "field"); found != "" {
		return found
	}
	for i := range a {
		if found := c.parts(a[i].Type, b[i].Type, "field "+a[i].Name+" of "+owner); found != "" {
			return found
		}
	}
	return ""
}

// names compares the names of fields or variants: first whether all are there, then whether they stand in one order.
func (c *comparison) names(a, b []string, owner, kind string) string {
	for _, name := range a {
		if !slices.Contains(b, name) {
			return fmt.Sprintf("%s has a %s %s in %s, and none in %s", owner, kind, name, c.inA, c.inB)
		}
	}
	for _, name := range b {
		if !slices.Contains(a, name) {
			return fmt.Sprintf("%s has a %s %s in %s, and none in %s", owner, kind, name, c.inB, c.inA)
		}
	}
	for i := range a {
		if a[i] != b[i] {
			return fmt.Sprintf("%s number %d of %s is %s in %s, and %s in %s", kind, i+1, owner, a[i], c.inA, b[i], c.inB)
		}
	}
	return ""
}

func variantNames(n *NamedShape) []string {
	var names []string
	for _, v := range n.Variants {
		names = append(names, v.Name)
	}
	return names
}

func fieldNames(fields []FieldShape) []string {
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
	}
	return names
}

// bare is a name without the module or app it comes from, and without arguments.
func bare(name string) string {
	name = constructor(name)
	if i := strings.IndexByte(name, '#'); i > 0 {
		name = name[:i]
	}
	return name[strings.LastIndexByte(name, '.')+1:]
}
