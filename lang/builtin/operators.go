package builtin

import "github.com/portals-lang/portals/lang/types"

// Operator says that an arithmetic operator works on two types. `==` and `<` work on whatever supports eq and ord, both
// sides of one type; `&&`, `||`, `!` on Bool; unary `-` on Int, Float and Duration.
type Operator struct {
	Op           string
	X, Y, Result *types.Basic
}

// Operators lists the arithmetic operators. Int and Duration arithmetic fails the event on overflow and on division by
// zero; division and remainder of whole numbers truncate toward zero, as in Go and Kotlin.
var Operators = []Operator{
	{"+", types.Int, types.Int, types.Int},
	{"+", types.Float, types.Float, types.Float},
	{"+", types.String, types.String, types.String},
	{"+", types.Duration, types.Duration, types.Duration},
	{"+", types.Time, types.Duration, types.Time},
	{"-", types.Int, types.Int, types.Int},
	{"-", types.Float, types.Float, types.Float},
	{"-", types.Duration, types.Duration, types.Duration},
	{"-", types.Time, types.Duration, types.Time},
	{"-", types.Time, types.Time, types.Duration},
	{"*", types.Int, types.Int, types.Int},
	{"*", types.Float, types.Float, types.Float},
	{"*", types.Duration, types.Int, types.Duration},
	{"*", types.Int, types.Duration, types.Duration},
	{"/", types.Int, types.Int, types.Int},
	{"/", types.Float, types.Float, types.Float},
	{"/", types.Duration, types.Int, types.Duration},
	{"/", types.Duration, types.Duration, types.Int},
	{"%", types.Int, types.Int, types.Int},
	{"%", types.Duration, types.Duration, types.Duration},
}

// Operate is the type of x op y, or nil if the operator does not work on them.
func Operate(op string, x, y types.Type) *types.Basic {
	for i := range Operators {
		if o := &Operators[i]; o.Op == op && types.Type(o.X) == x && types.Type(o.Y) == y {
			return o.Result
		}
	}
	return nil
}
