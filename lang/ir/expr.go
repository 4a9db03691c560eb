package ir

import "github.com/portals-lang/portals/lang/source"

// Expr is an expression; it holds no statements.
type Expr interface {
	Type() *Type
	Span() source.Span
}

// X is embedded by every expression: its type and place.
type X struct {
	T  *Type
	At source.Span
}

// Type is the type of the expression.
func (x X) Type() *Type { return x.T }

// Span is the place of the expression.
func (x X) Span() source.Span { return x.At }

// Const is a constant of a basic type: bool, int64 (Int, Time, Duration), float64, string (String, Bytes); nil for Unit.
type Const struct {
	X
	Value any
}

// Local reads a local variable or parameter.
type Local struct {
	X
	Var *Var
}

// ParamRef reads a param of the program.
type ParamRef struct {
	X
	Param *Param
}

// TaskParamRef reads a parameter of the running task.
type TaskParamRef struct {
	X
	Param *TaskParam
}

// State reads a state of the running task.
type State struct {
	X
	Var *StateVar
}

// Key is the current key of the running task.
type Key struct{ X }

// FuncRef is a function as a value (an argument).
type FuncRef struct {
	X
	Func *Func
}

// Lambda is a function literal; it may read the locals around it.
type Lambda struct {
	X
	Params []*Var // of an n-parameter lambda that is given n-tuples, see Spread
	Spread bool   // Go's parameter is one tuple, taken apart into Params
	Body   []Stmt
	Result *Type
}

// Share is the value of a place whose type Owns, read out of it: the place loses ownership of its collections.
type Share struct {
	X
	Place Expr // Local, State or FieldGet of such
}

// FieldGet reads a field of a record, or one that is known to be there: of variant Variant (after a tag test).
type FieldGet struct {
	X
	Of      Expr
	Variant *Variant
	Field   int
}

// CommonGet reads a field that all variants have, without a tag test; Fields[i] is its index in variant i.
type CommonGet struct {
	X
	Of     Expr
	Fields []int
}

// TupleGet reads element Index of a tuple.
type TupleGet struct {
	X
	Of    Expr
	Index int
}

// Unwrap reads the value of an Option known to be Some, of a Result known to be Ok, or with Err its error.
type Unwrap struct {
	X
	Of  Expr
	Err bool
}

// IsSome tests an Option for Some, or a Result for Ok.
type IsSome struct {
	X
	Of Expr
}

// IsVariant tests the tag of an enum.
type IsVariant struct {
	X
	Of      Expr
	Variant *Variant
}

// New builds a record or variant.
type New struct {
	X
	Variant *Variant
	Args    []Expr
}

// With copies a record (or a variant that is known) with changed fields.
type With struct {
	X
	Of     Expr
	Fields []int
	Values []Expr
}

// NewTuple builds a tuple.
type NewTuple struct {
	X
	Elems []Expr
}

// NewOption is Some(Value), or None when Value is nil.
type NewOption struct {
	X
	Value Expr
}

// NewResult is Ok(Value), or with Err Err(Value).
type NewResult struct {
	X
	Value Expr
	Err   bool
}

// NewList is a list literal.
type NewList struct {
	X
	Elems []Expr
}

// NewMap is a map literal.
type NewMap struct {
	X
	Keys, Values []Expr
}

// Op is an operator. Operands of And and Or are evaluated only when needed and hold no statements.
type Op int

// The operators.
const (
	Add Op = iota // checked on Int, Time and Duration
	Sub
	Mul
	Div
	Rem
	Concat // String, List
	Eq
	Ne
	Lt
	Le
	Gt
	Ge
	And
	Or
	Not
	Neg
)

// Operate is an operator applied to one operand (Not, Neg) or two.
type Operate struct {
	X
	Op   Op
	A, B Expr // B is nil for Not and Neg
}

// Coalesce is `a ?? b` where b is free of effects; otherwise lowering writes an If.
type Coalesce struct {
	X
	A, B Expr
}

// Interpolate is a string with embedded values.
type Interpolate struct {
	X
	Parts []Expr // String constants and values of any type
}

// Call calls a function, a helper of the running task, or a value of function type.
type Call struct {
	X
	Func   *Func   // or nil
	Extern *Extern // or nil
	Value  Expr    // or nil
	Args   []Expr
}

// Builtin calls a built-in: Name is `List.map`, `String.upper`, `min`. Descs are the types whose descriptors are
// passed after the arguments. The receiver of a method is Args[0]. Beside the names of the table of built-ins there are
// `List.at` and `Map.get` for `xs[i]` and `m[k]`, which are Options.
type Builtin struct {
	X
	Name  string
	Args  []Expr
	Descs []*Type
}

// After is a timer that rings a Duration after the atom's time; in Machines only.
type After struct {
	X
	Within Expr
}

// Ask sends a request at the end of the atom; its value is the future.
type Ask struct {
	X
	Portal *Portal
	Req    Expr
}
