// Package ir is the lowered program: what the emitter prints as Go and what the interpreter runs.
//
// It is monomorphic (a generic record, function or task stands here once for each use with other types), resolved (no
// names to look up, arguments in order, defaults filled in) and fused (all steps of a flow between two places where
// events change hands are one Segment). Control flow is structured, so that the Go that comes out reads like the source;
// patterns have become switches on tags and comparisons; an expression has no statements inside (an `if` or `match`
// used as a value has become statements that assign a variable). Evaluation order is explicit: what could be observed to happen out
// of order has been bound to a variable before.
//
// Reading a mutable place that may own a collection as a value is always written as Share.
package ir

import "github.com/portals-lang/portals/lang/source"

// Program is a whole application.
type Program struct {
	App       string
	Doc       string
	Types     []*TypeDef // records and enums in use, each after those that it contains unboxed
	Params    []*Param
	Funcs     []*Func // functions of the user that are called, by first use
	Externs   []*Extern
	Portals   []*Portal
	Streams   []*Stream
	Sinks     []*Sink
	Workflows []*Workflow
	Tests     []*Test
}

// Kind is the kind of a Type.
type Kind int

// The kinds of types.
const (
	Bool Kind = iota
	Int
	Float
	String
	Bytes
	Time
	Duration
	Unit
	Option   // Elems: value
	Result   // Elems: ok, error
	List     // Elems: element
	Map      // Elems: key, value
	Set      // Elems: element
	Tuple    // Elems
	FuncType // Elems: parameters, then the result
	Future   // Elems: reply
	Timer    // what the time of an await becomes in a Machine
	Record   // Def
	Enum     // Def
)

// Type is a type without variables. Types are interned by a Program's lowering: equal types are one pointer.
type Type struct {
	Kind  Kind
	Elems []*Type
	Def   *TypeDef
	Name  string // as users write it
	// Owns tells that a place of this type may own collections that Share must release.
	Owns bool
	// Comparable tells that Go's == on the representation is the language's ==.
	Comparable bool
}

// TypeDef is a record (one variant) or an enum.
type TypeDef struct {
	Name     string // as users write it: `Order`, `Tree[Int]`, `money.Amount`
	Doc      string
	Enum     bool
	Variants []*Variant
	Span     source.Span
	Type     *Type
	// Builtin tells that the runtime has the type: Error, DeadLetter.
	Builtin bool
}

// Variant is a constructor.
type Variant struct {
	Def    *TypeDef
	Index  int
	Name   string
	Doc    string
	Fields []*Field
}

// Field is a field of a variant.
type Field struct {
	Name     string
	DataName string
	Doc      string
	Type     *Type
	Boxed    bool // held by pointer, because the type is recursive here
	Default  Expr // what a missing field reads as in data; nil: it must be there (or is an Option)
}

// Param is a typed flag of the binary.
type Param struct {
	Name    string
	Flag    string
	Doc     string
	Type    *Type
	Default Expr     // nil: the flag must be given
	Reads   []*Param // by Default
	// Fixed tells that it reaches a generator, an initial state or a key, and so must not change while a store is in use.
	Fixed bool
	Span  source.Span
}

// Func is a function of the user, a helper of a task, a handler, or a lambda that was lifted.
type Func struct {
	Name   string // as in the source; lowering gives lifted ones a name that says where they come from
	Doc    string
	Of     string // the text of the expression that a lifted one stands for; else ""
	Params []*Var
	Result *Type
	Body   []Stmt
	Span   source.Span
	Task   *Task // of helpers and handlers; nil otherwise
	// Awaits tells that the body holds an Await.
	Awaits bool
}

// Var is a local variable or parameter.
type Var struct {
	Name    string
	Type    *Type
	Mutable bool // assigned after its definition, or a place of mutating calls
	Temp    bool // made by lowering, which has a suggestion for its name
	Span    source.Span
}

// Portal is a portal.
type Portal struct {
	Name     string
	Doc      string
	App      string // of a peer, or ""
	Exported bool
	Req, Rep *Type
	Key      *Func // of the request; nil: no key
	Span     source.Span
}

// StreamKind says what produces a stream.
type StreamKind int

// The producers of streams.
const (
	ByWorkflow StreamKind = iota
	ByConnector
	ByGenerator
	BySequence
	BySplit
	ByPeer
	ByDeadLetters // the built-in stream of what failed and was skipped
)

// Stream is a stream.
type Stream struct {
	Name     string
	Was      string
	Doc      string
	App      string // of a peer, or ""
	Type     *Type
	Exported bool
	Kind     StreamKind
	Source   *Endpoint // ByConnector, ByGenerator
	Made     string    // the text of a generator, the name of a connector: what must stay in an upgrade
	Inputs   []*Stream // BySequence; BySplit: one
	Split    *Func     // BySplit
	Span     source.Span
}

// Ranged tells whether the events of an atom are Ints that follow one another.
func (s *Stream) Ranged() bool { return s.Kind == ByGenerator && s.Source.Name == "range" }

// Endpoint is a connector or generator with its options.
type Endpoint struct {
	Name string         // `file.lines`, `range`
	Args []*EndpointArg // given ones, in the order of the connector's declaration
	Span source.Span
}

// EndpointArg is one option of an endpoint.
type EndpointArg struct {
	Name  string
	Value Expr   // a constant, an expression over params, or a FuncRef
	Word  string // for options that are words (`bad: skip`)
	Or    Expr   // `atom: 64 or 5ms`
}

// Sink is a sink.
type Sink struct {
	Name   string
	Stream *Stream
	Target *Endpoint
	Span   source.Span
}

// Workflow is a workflow as fused code.
type Workflow struct {
	Name     string
	Was      string
	Doc      string
	Inputs   []*Input
	Segments []*Segment
	Tasks    []*Task   // in topological order: the order of their barriers
	Outputs  []*Output // in the order of the text
	Span     source.Span
}

// Input is a stream that a workflow reads, with the segment that takes its events.
type Input struct {
	Stream  *Stream
	Segment *Segment
}

// Output is a `to`.
type Output struct {
	Stream *Stream
	Index  int
	Span   source.Span
}

// Segment takes one event through all steps up to the next tasks and outputs. Its body consists of ordinary statements
// and of Send, Next and Output. It fails, if it does, before any of these: then nobody has seen the event.
type Segment struct {
	Name  string // says what it takes: `text`, `afterTotal`
	Doc   string
	Key   *Var // the key that came with the event; nil when none is needed
	Event *Var
	Body  []Stmt
	Fails bool // a step in it can fail
	// Fits are the operators that fit if Event has at most so many Bits: they cannot overflow, and of a remainder both
	// operands have 32 bits and the divisor is a constant. Of a segment that takes a range.
	Fits map[*Operate]bool
	Bits int
	Span source.Span
}

// Task is one use of a task in a workflow.
type Task struct {
	Name      string // its identity in the workflow: `as`, or the task's name
	TaskName  string // as declared
	Was       string
	Doc       string
	Workflow  *Workflow
	Index     int // in Workflow.Tasks
	Exclusive bool
	Single    bool // shared state or `on atom`: one instance sees all events in order
	Serve     bool // has no input
	In, Out   *Type
	Key       *Type  // nil: none
	Keys      string // the text of what gives events their keys, which must stay in an upgrade
	Params    []*TaskParam
	State     []*StateVar // per key
	Shared    []*StateVar
	Helpers   []*Func
	OnEvent   *Func // parameters: event
	OnAsk     []*OnAsk
	PerKey    *Func // on atom per key
	OnAtom    *Func
	Complete  *Func    // on complete
	OnError   *Func    // parameters: message String, event Option[In]
	After     *Segment // takes what the task emits; nil when nothing does
	Steps     *Steps   // the task is one of `steps(…)`, or nil
	Span      source.Span
}

// TaskParam is a parameter of a task with its argument, evaluated once at launch.
type TaskParam struct {
	Var *Var
	Arg Expr
}

// OnAsk is the handler of one portal; its parameter is the request.
type OnAsk struct {
	Portal *Portal
	Func   *Func
}

// Steps says that a task runs in turns with others: it handles the atoms n of the workflow with From <= n % Of < Until.
type Steps struct {
	Name  string // identity of the counter
	Group int    // the number of the `steps` in the workflow
	Items []*StepsItem
}

// StepsItem is one task of a `steps` with the number of atoms of its turn (an Int expression over params; nil for one).
type StepsItem struct {
	Task  *Task
	Times Expr
}

// StateVar is a state of a task.
type StateVar struct {
	Name   string
	Was    string
	Doc    string
	Type   *Type
	Init   Expr
	Shared bool
	Index  int
	Task   *Task
	Span   source.Span
}
