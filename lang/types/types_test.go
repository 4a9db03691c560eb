package types

import (
	"testing"

	"pgregory.net/rapid"
)

func record(name string, fields ...*Field) *Def {
	d := &Def{Name: name, Sort: Record}
	d.Variants = []*Variant{{Def: d, Name: name, Fields: fields}}
	for _, f := range fields {
		f.DataName = f.Name
	}
	return d
}

func field(name string, t Type) *Field { return &Field{Name: name, Type: t} }

func TestUnifyBindsOrLeavesAlone(t *testing.T) {
	var s Supply
	v := s.Fresh()
	if !Unify(List(v), List(Int)) || Resolve(v) != Type(Int) {
		t.Error("List[_] does not become List[Int]")
	}
	a, b := s.Fresh(), s.Fresh()
	if Unify(&Tuple{[]Type{a, b, Int}}, &Tuple{[]Type{String, Bool, Float}}) {
		t.Error("Int unifies with Float")
	}
	if a.Bound != nil || b.Bound != nil {
		t.Error("a failed Unify leaves variables bound")
	}
	if Unify(a, List(a)) {
		t.Error("an infinite type")
	}
	if !Assignable(Never, Int) || Assignable(Int, Never) || !Assignable(Invalid, Int) {
		t.Error("Never and Invalid must fit")
	}
}

func TestConstraints(t *testing.T) {
	pair := func(a, b Type) Type { return &Tuple{[]Type{a, b}} }
	order := record("Order", field("user", Int), field("items", List(Int)))
	money := record("Money", field("cents", Int), field("currency", String))
	for _, c := range []struct {
		typ  Type
		need Constraint
		want Type // the culprit
	}{
		{pair(Int, String), NeedOrd, nil},
		{pair(Int, Bool), NeedOrd, Bool},
		{pair(Int, Bool), NeedKey, nil},
		{money.Apply(), NeedKey, nil},
		{money.Apply(), NeedOrd, money.Apply()},
		{order.Apply(), NeedKey, List(Int)},
		{order.Apply(), NeedEq, nil},
		{Option(Float), NeedKey, Float},
		{Option(Int), NeedKey, nil},
		{List(Future(Int)), NeedEq, Future(Int)},
		{Duration, NeedNum, nil},
	} {
		got := Require(c.typ, c.need, nil)
		if (got == nil) != (c.want == nil) || got != nil && got.String() != c.want.String() {
			t.Errorf("%s: %s: culprit %v, want %v", c.typ, c.need, got, c.want)
		}
	}
	p := &Param{Name: "T"}
	Require(Map(Int, Option(p)), NeedEq, func(q *Param, need Constraint) { q.Needs |= need })
	if p.Needs != NeedEq {
		t.Errorf("T: %s", p.Needs)
	}
}

func TestRecursion(t *testing.T) {
	tree := &Def{Name: "Tree", Sort: Enum}
	tree.Variants = []*Variant{{Def: tree, Name: "Leaf"}, {Def: tree, Name: "Node", Fields: []*Field{field("left", tree.Apply())}}}
	rose := record("Rose")
	rose.Variants[0].Fields = []*Field{field("children", List(rose.Apply()))}
	a, b := record("A"), record("B")
	a.Variants[0].Fields = []*Field{field("b", Option(b.Apply()))}
	b.Variants[0].Fields = []*Field{field("a", a.Apply())}
	loop := record("Loop")
	loop.Variants[0].Fields = []*Field{field("next", &Tuple{[]Type{Int, loop.Apply()}})}
	defs := []*Def{tree, rose, a, b, loop}
	MarkRecursive(defs)
	for d, want := range map[*Def]bool{tree: true, rose: false, a: true, b: true, loop: true} {
		if d.Recursive != want {
			t.Errorf("%s: recursive %v", d.Name, d.Recursive)
		}
	}
	if bad := Uninhabited(defs); len(bad) != 1 || bad[0] != loop {
		t.Errorf("uninhabited: %v", bad)
	}
}

func TestFingerprint(t *testing.T) {
	item := record("Item", field("id", Int))
	item.Variants[0].Fields[0].DataName = "ID"
	order := record("Order", field("items", List(item.Apply())), field("gift", Option(item.Apply())))
	want := `Order{Order(items:List[Item{Item(id as "ID":Int)}],gift:Option[Item])}`
	if got := Fingerprint(order.Apply()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// term draws a type, from the given leaves.
func term(leaves []Type) *rapid.Generator[Type] {
	return rapid.Custom(func(t *rapid.T) Type { return draw(t, leaves, 4) })
}

func draw(t *rapid.T, leaves []Type, depth int) Type {
	kind := 0
	if depth > 0 {
		kind = rapid.IntRange(0, 5).Draw(t, "kind")
	}
	sub := func() Type { return draw(t, leaves, depth-1) }
	switch kind {
	case 1:
		return List(sub())
	case 2:
		return Map(sub(), sub())
	case 3:
		return Option(sub())
	case 4:
		return &Tuple{[]Type{sub(), sub()}}
	case 5:
		return &Func{[]Type{sub()}, sub()}
	}
	return rapid.SampledFrom(leaves).Draw(t, "leaf")
}

func TestUnifyMakesEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Supply
		vars := []Type{Int, String, s.Fresh(), s.Fresh(), s.Fresh()}
		a, b := term(vars).Draw(t, "a"), term(vars).Draw(t, "b")
		before := a.String() + b.String()
		if Unify(a, b) {
			if !Identical(a, b) || Zonk(a).String() != Zonk(b).String() {
				t.Fatalf("%s and %s unify and differ", a, b)
			}
		} else if a.String()+b.String() != before {
			t.Fatalf("a failed Unify changed %s", before)
		}
	})
}

func TestSubstitutionIsUndoneByRenaming(t *testing.T) {
	p, q := &Param{Name: "P"}, &Param{Name: "Q"}
	rapid.Check(t, func(t *rapid.T) {
		a := term([]Type{Int, p}).Draw(t, "a")
		b := Substitute(Substitute(a, Subst{p: q}), Subst{q: p})
		if !Identical(a, b) {
			t.Fatalf("%s became %s", a, b)
		}
		if HasFree(Default(a)) {
			t.Fatalf("%s keeps free variables", a)
		}
	})
}
