package ir

import (
	"strings"
	"testing"
)

var (
	intType    = &Type{Kind: Int, Name: "Int", Comparable: true}
	boolType   = &Type{Kind: Bool, Name: "Bool", Comparable: true}
	listType   = &Type{Kind: List, Name: "List[Int]", Elems: []*Type{intType}, Owns: true}
	futureType = &Type{Kind: Future, Name: "Future[Int]", Elems: []*Type{intType}}
)

func num(n int64) Expr   { return &Const{X: X{T: intType}, Value: n} }
func yes() Expr          { return &Const{X: X{T: boolType}, Value: true} }
func read(v *Var) *Local { return &Local{X: X{T: v.Type}, Var: v} }

// TestVerify breaks one rule at a time.
func TestVerify(t *testing.T) {
	x := &Var{Name: "x", Type: intType}
	xs := &Var{Name: "xs", Type: listType, Mutable: true}
	color := &TypeDef{Name: "Color", Enum: true}
	color.Variants = []*Variant{{Def: color, Name: "Red"}, {Def: color, Name: "Blue", Index: 1}}
	color.Type = &Type{Kind: Enum, Name: "Color", Def: color}
	c := &Var{Name: "c", Type: color.Type}
	loop := &Label{Name: "loop"}
	task := &Task{Name: "T", Out: boolType}
	state := &StateVar{Name: "n", Type: intType, Task: task}
	for _, test := range []struct {
		name, want string
		result     *Type
		body       []Stmt
	}{
		{"nothing wrong", "", nil, []Stmt{&Define{Var: x, Init: num(1)}, &Do{X: read(x)}}},
		{"read before it is defined", "x is not in scope", nil, []Stmt{&Do{X: read(x)}}},
		{"read out of scope", "x is not in scope", nil, []Stmt{
			&If{Cond: yes(), Then: []Stmt{&Define{Var: x, Init: num(1)}}}, &Do{X: read(x)}}},
		{"defined twice", "x is defined twice", nil, []Stmt{&Define{Var: x, Init: num(1)}, &Define{Var: x, Init: num(1)}}},
		{"no value on one path", "x may have no value", nil, []Stmt{
			&Define{Var: x}, &If{Cond: yes(), Then: []Stmt{&Assign{Place: read(x), Value: num(1)}}}, &Do{X: read(x)}}},
		{"a value on both paths", "", nil, []Stmt{
			&Define{Var: x}, &If{Cond: yes(), Then: []Stmt{&Assign{Place: read(x), Value: num(1)}},
				Else: []Stmt{&Assign{Place: read(x), Value: num(2)}}}, &Do{X: read(x)}}},
		{"a value before every break", "", nil, []Stmt{
			&Define{Var: x}, &Scope{Label: loop, Body: []Stmt{
				&If{Cond: yes(), Then: []Stmt{&Assign{Place: read(x), Value: num(1)}, &Break{Label: loop}}},
				&Assign{Place: read(x), Value: num(2)}}}, &Do{X: read(x)}}},
		{"no value at a break", "x may have no value", nil, []Stmt{
			&Define{Var: x}, &Scope{Label: loop, Body: []Stmt{
				&If{Cond: yes(), Then: []Stmt{&Break{Label: loop}}},
				&Assign{Place: read(x), Value: num(2)}}}, &Do{X: read(x)}}},
		{"assigned although it is fixed", "a place is written that does not change", nil, []Stmt{
			&Define{Var: x, Init: num(1)}, &Assign{Place: read(x), Value: num(2)}}},
		{"another type", "value of x is Bool, not Int", nil, []Stmt{&Define{Var: x, Init: yes()}}},
		{"a condition that is none", "a condition of type Int", nil, []Stmt{&If{Cond: num(1)}}},
		{"given away without Share", "without Share", listType, []Stmt{
			&Define{Var: xs, Init: &NewList{X: X{T: listType}}}, &Return{Value: read(xs)}}},
		{"shared", "", listType, []Stmt{
			&Define{Var: xs, Init: &NewList{X: X{T: listType}}}, &Return{Value: &Share{X: X{T: listType}, Place: read(xs)}}}},
		{"shared for nothing", "Share of what does not change", nil, []Stmt{
			&Define{Var: x, Init: num(1)}, &Do{X: &Share{X: X{T: intType}, Place: read(x)}}}},
		{"a break of nothing", "a label that is not around it", nil, []Stmt{&Break{Label: loop}}},
		{"continue of a scope", "continue of a scope", nil, []Stmt{&Scope{Label: loop, Body: []Stmt{&Continue{Label: loop}}}}},
		{"behind a break", "never reached", nil, []Stmt{&Loop{Label: loop, Body: []Stmt{&Break{Label: loop}, &Do{X: num(1)}}}}},
		{"a result that is missing", "can end without a result", intType, []Stmt{&If{Cond: yes(), Then: []Stmt{&Return{Value: num(1)}}}}},
		{"an endless loop", "", intType, []Stmt{&Loop{Label: loop, Body: []Stmt{&Do{X: num(1)}}}}},
		{"a switch with a hole", "takes 1 of 2 variants", nil, []Stmt{
			&Define{Var: c, Init: &New{X: X{T: color.Type}, Variant: color.Variants[0]}},
			&Switch{Of: read(c), Cases: []*Case{{Variants: color.Variants[:1]}}}}},
		{"emit outside of a task", "emit outside of a task", nil, []Stmt{&Emit{Value: num(1)}}},
		{"reply outside of an ask", "reply without an ask", nil, []Stmt{&Reply{Value: num(1)}}},
		{"await outside of a handler", "an await where none may stand", nil, []Stmt{
			&Await{Futures: []Expr{&Builtin{X: X{T: futureType}}}, Into: x}}},
		{"out outside of a segment", "outside of a segment", nil, []Stmt{
			&Out{Output: &Output{Stream: &Stream{Type: intType}}, Event: num(1)}}},
		{"a state of another task", "state n of another task", nil, []Stmt{&Do{X: &State{X: X{T: intType}, Var: state}}}},
	} {
		err := Verify(&Program{Funcs: []*Func{{Name: "f", Result: test.result, Body: test.body}}})
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
}
