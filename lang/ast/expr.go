package ast

// Ident is a name used as an expression: a local, a declaration, a constructor, a module.
type Ident struct {
	At
	Name string
}

// IntLit is `42`; a literal that does not fit 64 bits has parsed as one and is refused by the checker.
type IntLit struct {
	At
	Text string // as written
}

// FloatLit is `3.14`.
type FloatLit struct {
	At
	Text string
}

// BoolLit is `true` or `false`.
type BoolLit struct {
	At
	Value bool
}

// StringLit is `"text ${e}"` or `"""raw"""`. Parts alternate freely; a plain string has one *TextPart or none.
type StringLit struct {
	At
	Raw   bool
	Parts []Expr // *TextPart or any expression
}

// TextPart is literal text of a string, escapes resolved.
type TextPart struct {
	At
	Value string
}

// DurationLit is `5s`, `10ms`.
type DurationLit struct {
	At
	Text string
}

// UnitLit is `()`.
type UnitLit struct{ At }

// ListLit is `[a, b]`.
type ListLit struct {
	At
	Elems []Expr
}

// MapLit is `["a": 1]` or `[:]`.
type MapLit struct {
	At
	Entries []*MapEntry
}

// MapEntry is `key: value` of a map literal.
type MapEntry struct {
	At
	Key, Value Expr
}

// TupleLit is `(a, b)`, two elements or more.
type TupleLit struct {
	At
	Elems []Expr
}

// Paren is `(e)`; kept for the formatter.
type Paren struct {
	At
	X Expr
}

// Arg is an argument, by position or by name.
type Arg struct {
	At
	Name  *Name // or nil
	Value Expr
	Or    Expr // `atom: 64 or 5ms`: the second limit, or nil
}

// Call is `f(a, b: c)`: a function, constructor, method (Fun is a Field), connector or generator.
type Call struct {
	At
	Fun  Expr
	Args []*Arg
}

// Field is `x.name`.
type Field struct {
	At
	X    Expr
	Name *Name
}

// Index is `x[i]`.
type Index struct {
	At
	X, Index Expr
}

// UnaryOp is `-` or `!`.
type UnaryOp int

// The unary operators.
const (
	Neg UnaryOp = iota
	Not
)

// Unary is `-x` or `!x`.
type Unary struct {
	At
	Op UnaryOp
	X  Expr
}

// BinaryOp is an operator between two operands.
type BinaryOp int

// The binary operators.
const (
	Or BinaryOp = iota
	And
	Eq
	Ne
	Lt
	Le
	Gt
	Ge
	Coalesce
	Add
	Sub
	Mul
	Div
	Rem
)

// Binary is `x op y`.
type Binary struct {
	At
	Op   BinaryOp
	OpAt At
	X, Y Expr
}

// Lambda is `x => e`, `(a, b) => e`, `x => { … }`. A block body is a *Block.
type Lambda struct {
	At
	Params []*LambdaParam
	Body   Expr
}

// LambdaParam is a parameter of a lambda; "_" ignores it.
type LambdaParam struct {
	At
	Name *Name
}

// If is `if c { … } else { … }` or, with Pattern, `if let p = c { … }`.
type If struct {
	At
	Pattern Pattern // or nil
	Cond    Expr
	Then    *Block
	Else    Expr // *Block, *If or nil
}

// Match is `match e { arms }`.
type Match struct {
	At
	X    Expr
	Arms []*Arm
}

// Arm is `pattern if guard => body`.
type Arm struct {
	At
	Pattern Pattern
	Guard   Expr // or nil
	Body    Stmt // an *ExprStmt in most cases
}

// Block is `{ … }`; its value is that of its last statement when that is an expression.
type Block struct {
	At
	Stmts []Stmt
}

// Ask is `ask p(req)`.
type Ask struct {
	At
	Portal Expr // a name, or app.name
	Arg    Expr // UnitLit for `p()`
}

// Await is `await x`, `await x within d`. `await all(fs)` and `await any(fs)` set Mode.
type Await struct {
	At
	Mode   AwaitMode
	X      Expr
	Within Expr // or nil
}

// AwaitMode says what an await waits for.
type AwaitMode int

// The modes of await.
const (
	AwaitOne AwaitMode = iota // a future, or a tuple of futures
	AwaitAll                  // all(fs)
	AwaitAny                  // any(fs)
)

// Try is `try x`; x is an await.
type Try struct {
	At
	X Expr
}

// Emit is `emit e`, of type Unit.
type Emit struct {
	At
	X Expr
}

// Reply is `reply e`, of type Unit.
type Reply struct {
	At
	X Expr
}

// Return is `return` or `return e`; it has no value.
type Return struct {
	At
	X Expr // or nil
}

// Break is `break`.
type Break struct{ At }

// Continue is `continue`.
type Continue struct{ At }

// Fail is `fail "text"`; it has no value.
type Fail struct {
	At
	X Expr
}

// BadExpr is an expression that does not parse.
type BadExpr struct{ At }

// LetStmt is `let p: T = e`.
type LetStmt struct {
	At
	Pattern Pattern
	Type    Type // or nil
	Value   Expr
}

// VarStmt is `var x: T = e`.
type VarStmt struct {
	At
	Name  *Name
	Type  Type // or nil
	Value Expr
}

// AssignOp is `=` or one of `+= -= *= /= %=`.
type AssignOp int

// The assignments.
const (
	AssignSet AssignOp = iota
	AssignAdd
	AssignSub
	AssignMul
	AssignDiv
	AssignRem
)

// AssignStmt is `place op e`; the place is an Ident, Field or Index.
type AssignStmt struct {
	At
	Target Expr
	Op     AssignOp
	Value  Expr
}

// ForStmt is `for p in xs { … }`.
type ForStmt struct {
	At
	Pattern Pattern
	X       Expr
	Body    *Block
}

// WhileStmt is `while c { … }`.
type WhileStmt struct {
	At
	Cond Expr
	Body *Block
}

// LogStmt is `log "text"`.
type LogStmt struct {
	At
	X Expr
}

// ScheduleStmt is `schedule close(args) at t`, or with After `… after d`.
type ScheduleStmt struct {
	At
	Timer *Name
	Args  []*Arg
	After bool
	When  Expr
}

// CancelStmt is `cancel close(args)`.
type CancelStmt struct {
	At
	Timer *Name
	Args  []*Arg
}

// ExprStmt is an expression that stands as a statement.
type ExprStmt struct {
	At
	X Expr
}

// BadStmt is a statement that does not parse.
type BadStmt struct{ At }

// WildcardPattern is `_`.
type WildcardPattern struct{ At }

// BindPattern is a name that takes the value.
type BindPattern struct {
	At
	Name string
}

// LiteralPattern is a literal (with a minus sign perhaps): Value is an IntLit, FloatLit, StringLit, BoolLit,
// DurationLit, UnitLit, or a Unary minus of a number.
type LiteralPattern struct {
	At
	Value Expr
}

// ConstructorPattern is `Add(user, item: x)`, `None`, `shop.Added(_)`.
type ConstructorPattern struct {
	At
	Name   Expr // Ident or Field
	Args   []*PatternArg
	Parens bool
}

// PatternArg is an argument of a constructor pattern.
type PatternArg struct {
	At
	Name    *Name // or nil
	Pattern Pattern
}

// TuplePattern is `(a, b)`.
type TuplePattern struct {
	At
	Elems []Pattern
}

// ListPattern is `[]`, `[a, b]` or `[x, ..rest]`.
type ListPattern struct {
	At
	Elems []Pattern
	Rest  Pattern // after `..`: BindPattern or WildcardPattern; nil when there is none
}

// OrPattern is `a | b`.
type OrPattern struct {
	At
	Alts []Pattern
}

// BadPattern is a pattern that does not parse.
type BadPattern struct{ At }

// NamedType is `Int`, `List[T]`, `shop.Order`.
type NamedType struct {
	At
	Module *Name // or nil
	Name   *Name
	Args   []Type
}

// TupleType is `(A, B)`.
type TupleType struct {
	At
	Elems []Type
}

// FuncType is `fun(A, B) -> C`.
type FuncType struct {
	At
	Params []Type
	Result Type // nil: Unit
}

// BadType is a type that does not parse.
type BadType struct{ At }

func (*Ident) expr()       {}
func (*IntLit) expr()      {}
func (*FloatLit) expr()    {}
func (*BoolLit) expr()     {}
func (*StringLit) expr()   {}
func (*TextPart) expr()    {}
func (*DurationLit) expr() {}
func (*UnitLit) expr()     {}
func (*ListLit) expr()     {}
func (*MapLit) expr()      {}
func (*TupleLit) expr()    {}
func (*Paren) expr()       {}
func (*Call) expr()        {}
func (*Field) expr()       {}
func (*Index) expr()       {}
func (*Unary) expr()       {}
func (*Binary) expr()      {}
func (*Lambda) expr()      {}
func (*If) expr()          {}
func (*Match) expr()       {}
func (*Block) expr()       {}
func (*Ask) expr()         {}
func (*Await) expr()       {}
func (*Try) expr()         {}
func (*Emit) expr()        {}
func (*Reply) expr()       {}
func (*Return) expr()      {}
func (*Break) expr()       {}
func (*Continue) expr()    {}
func (*Fail) expr()        {}
func (*BadExpr) expr()     {}

func (*LetStmt) stmt()      {}
func (*VarStmt) stmt()      {}
func (*AssignStmt) stmt()   {}
func (*ForStmt) stmt()      {}
func (*WhileStmt) stmt()    {}
func (*LogStmt) stmt()      {}
func (*ScheduleStmt) stmt() {}
func (*CancelStmt) stmt()   {}
func (*ExprStmt) stmt()     {}
func (*BadStmt) stmt()      {}

func (*WildcardPattern) pattern()    {}
func (*BindPattern) pattern()        {}
func (*LiteralPattern) pattern()     {}
func (*ConstructorPattern) pattern() {}
func (*TuplePattern) pattern()       {}
func (*ListPattern) pattern()        {}
func (*OrPattern) pattern()          {}
func (*BadPattern) pattern()         {}

func (*NamedType) typ() {}
func (*TupleType) typ() {}
func (*FuncType) typ()  {}
func (*BadType) typ()   {}
