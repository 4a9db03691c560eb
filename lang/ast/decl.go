package ast

// AppDecl is `app shop`.
type AppDecl struct {
	At
	Doc  Doc
	Name *Name
}

// ImportDecl is `import window`, `import "./money"` or `import app "../shop"`.
type ImportDecl struct {
	At
	App    bool   // import app "…"
	Path   string // the path as written without quotes, or the module's name
	Quoted bool
	Name   *Name // the path or name with its place; Text equals Path
}

// ParamDecl is `param input: String = "x"`.
type ParamDecl struct {
	At
	Doc     Doc
	Name    *Name
	Type    Type
	Default Expr // nil: the flag must be given
}

// TypeParam is the `T` of `record Box[T]`.
type TypeParam struct {
	At
	Name *Name
}

// RecordDecl is `record Order(user: Int, items: List[Int])`.
type RecordDecl struct {
	At
	Doc        Doc
	Name       *Name
	TypeParams []*TypeParam
	Fields     []*FieldDecl
}

// EnumDecl is `enum CartOp { Add(user: Int), … }`.
type EnumDecl struct {
	At
	Doc        Doc
	Name       *Name
	TypeParams []*TypeParam
	Variants   []*VariantDecl
}

// VariantDecl is one constructor of an enum.
type VariantDecl struct {
	At
	Doc    Doc
	Name   *Name
	Fields []*FieldDecl
	Parens bool // written with parentheses
}

// FieldDecl is `userId: Int as "user_id" = 1` of a record or variant.
type FieldDecl struct {
	At
	Doc      Doc
	Name     *Name
	Type     Type
	DataName *StringLit // `as "…"`, or nil
	Default  Expr       // or nil
}

// ParamField is a parameter of a function, task or helper.
type ParamField struct {
	At
	Name    *Name
	Type    Type
	Default Expr // or nil; tasks only
}

// FunDecl is `fun f[T](a: A) -> R { … }` or `… = expr`; in a task it is a helper.
type FunDecl struct {
	At
	Doc        Doc
	Name       *Name
	TypeParams []*TypeParam
	Params     []*ParamField
	Result     Type   // nil: Unit
	Body       *Block // nil when Expr is set
	Expr       Expr   // `= expr`
}

// ExternDecl is `extern fun slug(s: String) -> String = go "example.com/text".Slug`.
type ExternDecl struct {
	At
	Doc     Doc
	Name    *Name
	Params  []*ParamField
	Result  Type // nil: Unit
	Package *StringLit
	GoName  *Name
}

// PortalDecl is `portal inventory(Req) -> Rep key r => r.item`.
type PortalDecl struct {
	At
	Doc    Doc
	Export bool
	Name   *Name
	Req    Type
	Rep    Type
	Key    Expr // a lambda or function name, or nil
}

// StreamDecl is `stream text = file.lines(input)` or `stream orders: Order`.
type StreamDecl struct {
	At
	Doc    Doc
	Export bool
	Name   *Name
	Was    *Name // `was old`, or nil
	Type   Type  // or nil
	Source Expr  // a call of a connector, generator, sequence or split; or nil
}

// SinkDecl is `sink orders to file.ndjson("orders.ndjson")`.
type SinkDecl struct {
	At
	Doc    Doc
	Stream Expr // a name, or app.name
	Target Expr // a call of a connector
}

// TaskDecl is a named task, or the body of an inline one (Name is nil then).
type TaskDecl struct {
	At
	Doc        Doc
	Exclusive  bool
	Name       *Name
	Was        *Name // `was Old`, or nil
	TypeParams []*TypeParam
	Params     []*ParamField
	In, Out    Type // or nil
	Keyed      Type // or nil
	Members    []Member
}

// StateDecl is `state n: Int = 0`, or with Shared `shared state …`.
type StateDecl struct {
	At
	Doc    Doc
	Shared bool
	Name   *Name
	Was    *Name // `was old`, or nil
	Type   Type
	Init   Expr
}

// HandlerKind says what a handler reacts to.
type HandlerKind int

// The kinds of handlers.
const (
	OnEvent      HandlerKind = iota // on event PATTERN
	OnAsk                           // on ask portal(PATTERN)
	OnTimer                         // on timer name(PATTERNS)
	OnAtomPerKey                    // on atom per key
	OnAtom                          // on atom
	OnComplete                      // on complete
	OnError                         // on error e
)

// Handler is one clause `on …` of a task.
type Handler struct {
	At
	Doc      Doc
	Kind     HandlerKind
	Head     At        // `on event PATTERN`, for labels
	Portal   Expr      // OnAsk: a name, or app.name
	Timer    *Name     // OnTimer
	Patterns []Pattern // OnEvent, OnAsk: one; OnTimer: one for each argument; OnError: a name
	Guard    Expr      // `if …`, or nil
	Body     *Block
}

// WorkflowDecl is `workflow w { … }`.
type WorkflowDecl struct {
	At
	Doc    Doc
	Name   *Name
	Was    *Name // `was old`, or nil
	Chains []*Chain
}

// Chain is `flow items = from orders |> …`, or without the name.
type Chain struct {
	At
	Doc   Doc
	Flow  *Name // or nil
	Start Start
	Steps []Step
}

// FromStart is `from orders`.
type FromStart struct {
	At
	Stream Expr // a name, or app.name
}

// FlowStart is a named flow.
type FlowStart struct {
	At
	Flow *Name
}

// UnionStart is `union(a, b)`.
type UnionStart struct {
	At
	Flows []*Name
}

// ServeStart is `serve Inventory(…) as name`.
type ServeStart struct {
	At
	Task *TaskUse
}

// BadStart is a start that does not parse.
type BadStart struct{ At }

// OpKind is one of the steps that are not tasks.
type OpKind int

// The operators of flows.
const (
	OpKey OpKind = iota
	OpMap
	OpFlatMap
	OpFilter
)

// OpStep is `key(f)`, `map(f)`, `flatMap(f)` or `filter(p)`.
type OpStep struct {
	At
	Op OpKind
	Fn Expr
}

// UnionStep is `union(a, …)` in the middle of a chain.
type UnionStep struct {
	At
	Flows []*Name
}

// TaskUse is `Top(100) as best`, or an inline `task In -> Out { … } as best`.
type TaskUse struct {
	At
	Task   Expr      // a name, or module.Name; nil when Inline is set
	Inline *TaskDecl // or nil
	Args   []*Arg
	Parens bool  // arguments were written, if only ()
	As     *Name // or nil
}

// TaskStep runs a task.
type TaskStep struct {
	At
	Use *TaskUse
}

// StepsStep is `steps(A, B * 3) as name`.
type StepsStep struct {
	At
	Items []*StepsItem
	As    *Name
}

// StepsItem is `B * 3`; Times is nil for once.
type StepsItem struct {
	At
	Use   *TaskUse
	Times Expr
}

// ToStep is `to orders`.
type ToStep struct {
	At
	Stream *Name
}

// BadStep is a step that does not parse.
type BadStep struct{ At }

// TestDecl is `test "name" { … }`.
type TestDecl struct {
	At
	Doc   Doc
	Name  *StringLit
	Steps []TestStep
}

// FeedStep is `feed a […], b […]`.
type FeedStep struct {
	At
	Feeds []*Feed
}

// Feed is one stream and the events of one atom for it.
type Feed struct {
	At
	Stream Expr
	Events *ListLit
}

// SealStep is `seal a`.
type SealStep struct {
	At
	Stream Expr
}

// AdvanceStep is `advance 10s`.
type AdvanceStep struct {
	At
	By Expr
}

// WatermarkStep is `watermark a t`.
type WatermarkStep struct {
	At
	Stream Expr
	Time   Expr
}

// ExpectMode says how an expected atom is compared.
type ExpectMode int

// The modes of `expect s …`.
const (
	ExpectExact     ExpectMode = iota // expect s […]
	ExpectUnordered                   // expect s unordered […]
	ExpectOneOf                       // expect s one of [[…], […]]
	ExpectSealed                      // expect s sealed
	ExpectNone                        // expect s none
)

// ExpectStream is `expect s …`.
type ExpectStream struct {
	At
	Stream Expr
	Mode   ExpectMode
	Events *ListLit // nil for sealed and none
}

// ExpectExpr is `expect EXPRESSION`.
type ExpectExpr struct {
	At
	X Expr
}

// LetStep is `let x = e` in a test.
type LetStep struct {
	At
	Let *LetStmt
}

// BadTestStep is a line of a test that does not parse.
type BadTestStep struct{ At }

// BadDecl is a declaration that does not parse.
type BadDecl struct{ At }

// BadMember is a task member that does not parse.
type BadMember struct{ At }

func (*AppDecl) decl()      {}
func (*ImportDecl) decl()   {}
func (*ParamDecl) decl()    {}
func (*RecordDecl) decl()   {}
func (*EnumDecl) decl()     {}
func (*FunDecl) decl()      {}
func (*ExternDecl) decl()   {}
func (*PortalDecl) decl()   {}
func (*StreamDecl) decl()   {}
func (*SinkDecl) decl()     {}
func (*TaskDecl) decl()     {}
func (*WorkflowDecl) decl() {}
func (*TestDecl) decl()     {}
func (*BadDecl) decl()      {}

func (*StateDecl) member() {}
func (*Handler) member()   {}
func (*FunDecl) member()   {}
func (*BadMember) member() {}

func (*FromStart) start()  {}
func (*FlowStart) start()  {}
func (*UnionStart) start() {}
func (*ServeStart) start() {}
func (*BadStart) start()   {}

func (*OpStep) step()    {}
func (*UnionStep) step() {}
func (*TaskStep) step()  {}
func (*StepsStep) step() {}
func (*ToStep) step()    {}
func (*BadStep) step()   {}

func (*FeedStep) testStep()      {}
func (*SealStep) testStep()      {}
func (*AdvanceStep) testStep()   {}
func (*WatermarkStep) testStep() {}
func (*ExpectStream) testStep()  {}
func (*ExpectExpr) testStep()    {}
func (*LetStep) testStep()       {}
func (*BadTestStep) testStep()   {}
