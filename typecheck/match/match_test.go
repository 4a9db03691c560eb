package match

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/portals-lang/portals/lang/types"
)

var (
	light = enum("Light", variant("Red"), variant("Green"))
	shape = enum("Shape", variant("Circle", types.Int), variant("Square", types.Bool, types.Option(types.Bool)))
)

func enum(name string, vs ...*types.Variant) *types.Named {
	d := &types.Def{Name: name, Sort: types.Enum, Variants: vs}
	for i, v := range vs {
		v.Def, v.Index = d, i
	}
	return d.Apply()
}

func variant(name string, ts ...types.Type) *types.Variant {
	v := &types.Variant{Name: name}
	for _, t := range ts {
		v.Fields = append(v.Fields, &types.Field{Name: "f", Type: t})
	}
	return v
}

func con(t *types.Named, name string, args ...Pattern) Pattern {
	return &Con{Tag{Variant: t.Def.Variant(name)}, args}
}

func lit(text string) Pattern { return &Con{Tag: Tag{Kind: Literal, Literal: text}} }

func cons(first, rest Pattern) Pattern { return &Con{Tag{Kind: Cons}, []Pattern{first, rest}} }

var empty Pattern = &Con{Tag: Tag{Kind: Nil}}

func TestCheck(t *testing.T) {
	pair := &types.Tuple{Elems: []types.Type{types.Bool, types.Int}}
	for _, c := range []struct {
		name    string
		typ     types.Type
		rows    []Pattern
		missing string
		dead    []int
	}{
		{"nothing", light, nil, "_", nil},
		{"one of two", light, []Pattern{con(light, "Red")}, "Green", nil},
		{"both, then anything", light, []Pattern{con(light, "Green"), con(light, "Red"), nil}, "", []int{2}},
		{"literals", types.Int, []Pattern{lit("1"), lit("2"), lit("1")}, "_", []int{2}},
		{"nested", shape, []Pattern{con(shape, "Circle", nil), con(shape, "Square", lit("true"), nil)}, "Square(false, _)", nil},
		{"alternatives", light, []Pattern{&Or{Alts: []Pattern{con(light, "Red"), con(light, "Green")}}, con(light, "Red")}, "", []int{1}},
		{"lists", types.List(types.Int), []Pattern{empty, cons(nil, empty), cons(nil, cons(lit("1"), nil))}, "[_, _, .._]", nil},
		{"a tuple", pair, []Pattern{&Con{Tag{Kind: Tuple}, []Pattern{lit("true"), nil}}}, "(false, _)", nil},
	} {
		var rows []Row
		for _, p := range c.rows {
			rows = append(rows, Row{Pattern: p})
		}
		r := Check(c.typ, rows)
		if got := strings.Join(r.Missing, "; "); got != c.missing {
			t.Errorf("%s: missing %q, want %q", c.name, got, c.missing)
		}
		if len(r.Unreachable) != len(c.dead) {
			t.Errorf("%s: unreachable %v, want %v", c.name, r.Unreachable, c.dead)
		}
		for _, i := range c.dead {
			if _, ok := r.Unreachable[i]; !ok {
				t.Errorf("%s: row %d can be reached", c.name, i)
			}
		}
	}
}

func TestGuardsCoverNothing(t *testing.T) {
	r := Check(light, []Row{{Pattern: con(light, "Red"), Guarded: true}, {Pattern: con(light, "Red")}, {Pattern: con(light, "Green"), Guarded: true}})
	if len(r.Unreachable) != 0 || strings.Join(r.Missing, "") != "Green" {
		t.Errorf("%+v", r)
	}
}

// value is a value of a finite type, as a pattern without wildcards.
func values(t types.Type) []Pattern {
	all, finite := space(t)
	if !finite {
		return []Pattern{lit("0"), lit("1")}
	}
	var out []Pattern
	for _, c := range all {
		rows := [][]Pattern{{}}
		for _, arg := range argTypes(c.Tag, t, len(c.Args)) {
			var next [][]Pattern
			for _, row := range rows {
				for _, v := range values(arg) {
					next = append(next, append(clone(row), v))
				}
			}
			rows = next
		}
		for _, row := range rows {
			out = append(out, &Con{c.Tag, row})
		}
	}
	return out
}

func matches(p, value Pattern) bool {
	switch p := p.(type) {
	case *Or:
		for _, alt := range p.Alts {
			if matches(alt, value) {
				return true
			}
		}
		return false
	case *Con:
		v := value.(*Con)
		if p.Tag != v.Tag {
			return false
		}
		for i := range p.Args {
			if !matches(p.Args[i], v.Args[i]) {
				return false
			}
		}
	}
	return true
}

// drawn draws a pattern for a value of type t.
func drawn(t *rapid.T, typ types.Type, depth int) Pattern {
	all, finite := space(typ)
	switch kind := rapid.IntRange(0, 4).Draw(t, "kind"); {
	case kind == 0 || depth == 0:
		return nil
	case kind == 1:
		or := &Or{Alts: []Pattern{drawn(t, typ, depth-1), drawn(t, typ, depth-1)}}
		or.Binds = rapid.Bool().Draw(t, "binds") || slices.ContainsFunc(or.Alts, binds)
		return or
	case !finite:
		return lit(rapid.SampledFrom([]string{"0", "1"}).Draw(t, "literal"))
	}
	c := rapid.SampledFrom(all).Draw(t, "constructor")
	out := &Con{Tag: c.Tag}
	for _, arg := range argTypes(c.Tag, typ, len(c.Args)) {
		out.Args = append(out.Args, drawn(t, arg, depth-1))
	}
	return out
}

// binds tells whether an alternative in a pattern binds a name: then what the pattern stands in as an alternative does, too.
func binds(p Pattern) bool {
	switch p := p.(type) {
	case *Or:
		return p.Binds
	case *Con:
		return slices.ContainsFunc(p.Args, binds)
	}
	return false
}

// TestAgainstEnumeration compares with what trying every value of a type finds.
func TestAgainstEnumeration(t *testing.T) {
	typ := &types.Tuple{Elems: []types.Type{light, types.Option(types.Bool)}}
	all := values(typ)
	rapid.Check(t, func(t *rapid.T) {
		var rows []Row
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			rows = append(rows, Row{Pattern: drawn(t, typ, 4), Guarded: rapid.Bool().Draw(t, "guarded")})
		}
		r := Check(typ, rows)
		reached := map[int]bool{}
		covered := true
		for _, v := range all {
			hit := false
			for i := 0; i < len(rows) && !hit; i++ {
				if matches(rows[i].Pattern, v) {
					reached[i], hit = true, !rows[i].Guarded
				}
			}
			covered = covered && hit
		}
		if covered != (len(r.Missing) == 0) {
			t.Fatalf("covered %v, missing %v", covered, r.Missing)
		}
		for i := range rows {
			if _, dead := r.Unreachable[i]; dead == reached[i] {
				t.Fatalf("row %d, %s: reached %v, unreachable %v", i, Print(rows[i].Pattern), reached[i], dead)
			}
			if reached[i] {
				idleAgainstEnumeration(t, rows, i, all, r.Idle)
			}
		}
	})
}

// choice is an alternative.
type choice struct {
	or  *Or
	alt int
}

// chosen adds the alternatives by which a pattern matches a value: of each, the first that does, and all that do where a guard may
// decline what the first one binds.
func chosen(p, value Pattern, guarded bool, by map[choice]bool) {
	switch p := p.(type) {
	case *Or:
		for i, alt := range p.Alts {
			if !matches(alt, value) {
				continue
			}
			by[choice{p, i}] = true
			chosen(alt, value, guarded, by)
			if !guarded || !p.Binds {
				return
			}
		}
	case *Con:
		for i, arg := range p.Args {
			chosen(arg, value.(*Con).Args[i], guarded, by)
		}
	}
}

// idleAgainstEnumeration compares the alternatives of a row that are said never to match with those by which no value
// matches that comes to the row.
func idleAgainstEnumeration(t *rapid.T, rows []Row, row int, all []Pattern, idle []Idle) {
	used := map[choice]bool{}
	for _, v := range all {
		taken := slices.ContainsFunc(rows[:row], func(r Row) bool { return !r.Guarded && matches(r.Pattern, v) })
		if !taken && matches(rows[row].Pattern, v) {
			chosen(rows[row].Pattern, v, rows[row].Guarded, used)
		}
	}
	var compare func(p Pattern)
	compare = func(p Pattern) {
		switch p := p.(type) {
		case *Or:
			for i, alt := range p.Alts {
				said := slices.ContainsFunc(idle, func(x Idle) bool { return x.Or == p && x.Alt == i })
				if is := used[choice{p, i}]; said == is {
					t.Fatalf("row %d, %s, alternative %s: used %v, said to be idle %v", row, Print(rows[row].Pattern), Print(alt), is, said)
				} else if is {
					compare(alt)
				}
			}
		case *Con:
			for _, arg := range p.Args {
				compare(arg)
			}
		}
	}
	compare(rows[row].Pattern)
}
