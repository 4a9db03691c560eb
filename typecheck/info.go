package typecheck

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// Info is what checking found out about a package of files. Lowering reads nothing else beside the syntax.
type Info struct {
	App *App

	// Types holds the type of every expression, resolved, in terms of enclosing type parameters. That of a lambda is the
	// function type that was wanted: where a lambda of n parameters takes an n-tuple apart, it has the one parameter. That
	// of an Index on the left of an assignment is the entry's, not an Option of it.
	Types    map[ast.Expr]types.Type
	Uses     map[*ast.Ident]Object          // what a name stands for (not the names of fields and methods)
	Selected map[*ast.Field]Selection       // what x.name means
	Calls    map[*ast.Call]*Call            // what a call calls
	Asks     map[*ast.Ask]*Portal           // whom an ask asks
	Patterns map[ast.Pattern]types.Type     // the type that a pattern takes apart
	Ctors    map[ast.Pattern]*types.Variant // BindPattern (a bare `None`) and ConstructorPattern: the constructor
	Bindings map[ast.Node]*Local            // the local that a pattern, var, parameter or lambda parameter declares
	Written  map[ast.Type]types.Type        // what a written type means
	Defaults map[*types.Field]ast.Expr      // the default of a field
	Captures map[*ast.Lambda][]*Local       // locals of outer functions that a lambda reads, in order of first use
	Insts    map[ast.Expr][]types.Type      // of a generic function or constructor handed over as a value (an Ident or Field): its type arguments
}

// App is the whole checked application: its declarations by sort, each in the order of the files and their text.
type App struct {
	Name      string
	Doc       string
	Files     []*ast.File
	Defs      []*types.Def // records and enums
	Params    []*Param
	Funs      []*Fun
	Portals   []*Portal
	Streams   []*Stream
	Sinks     []*Sink
	Tasks     []*Task
	Workflows []*Workflow
	Tests     []*ast.TestDecl
	Imports   []*Import
	Peers     []*Module // the apps that it and its modules import
}

// Object is what an identifier can stand for: *Local, *Param, *Fun, *types.Variant (through *Ctor), *Portal, *Stream, *Task, *StateVar,
// *Module, *KeyVar or *Builtin.
type Object interface{ object() }

// Local is a `let`, `var`, pattern variable, parameter of a function, task or lambda, or loop variable.
type Local struct {
	Name    string
	Type    types.Type
	Span    source.Span
	Mutable bool // `var`
	Param   bool // a parameter of a fun, helper or task
	// Written tells that the place is changed after its declaration: assigned, or a mutating method was used on it.
	Written bool

	used  bool
	quiet bool // no warning if it is not used
	depth int  // how many lambdas surround its declaration

	unawaited bool // it is a future, and was used as what is awaited; that has been reported
}

// Param is a `param`.
type Param struct {
	Name string
	Flag string // bigInput → big-input
	Type types.Type
	Decl *ast.ParamDecl
}

// Fun is a function, an extern function or a helper of a task.
type Fun struct {
	Name       string
	Module     string
	TypeParams []*types.Param
	Params     []*Local
	Result     types.Type
	Decl       *ast.FunDecl    // nil for extern
	Extern     *ast.ExternDecl // nil otherwise
	Go         *GoFunc         // of an extern that fits
	Task       *Task           // of a helper
	// Effects of a helper, transitively: it reads or writes per-key state, shared state, emits, asks, names `key`.
	UsesState, WritesState, UsesShared, Emits, Asks, UsesKey, TaskOnly bool
}

// Ctor is a constructor used as a function or value.
type Ctor struct{ Variant *types.Variant }

// Portal is a portal, of this app or an imported one.
type Portal struct {
	Name     string
	App      string // "" or the peer's name
	Req, Rep types.Type
	Key      types.Type // nil: no key
	KeyFn    ast.Expr   // nil: no key
	Exported bool
	Decl     *ast.PortalDecl
	Replier  *TaskUse // the one use of a task that answers it
	Askers   []*TaskUse
}

// SourceKind says what produces a stream.
type SourceKind int

// The producers of streams.
const (
	FromWorkflow  SourceKind = iota // `to s`
	FromConnector                   // file.lines(…), stdin.ndjson(…)
	FromGenerator                   // range, list, atoms, repeat, unfold, every, empty
	FromSequence
	FromSplit
	FromPeer        // an imported app's exported stream
	FromFeed        // in tests: producers are cut off
	FromDeadLetters // the built-in stream deadLetters, listed in App.Streams if the program names it; it has no Decl
)

// Stream is a stream.
type Stream struct {
	Name     string
	Was      string
	App      string // "" or the peer's name
	Type     types.Type
	Exported bool
	Decl     *ast.StreamDecl
	Kind     SourceKind
	Call     *Call     // connector and generator
	Inputs   []*Stream // sequence: in order; split: one
	Split    ast.Expr  // split: the predicate
	Writer   *Node     // FromWorkflow
	Sinks    []*Sink
	Readers  []*Workflow

	pkg     *pkg
	checked bool // its producer has been
}

// Sink is a sink.
type Sink struct {
	Name   string // of the stream, with -2, -3 … for further sinks of one stream
	Stream *Stream
	Call   *Call
	Decl   *ast.SinkDecl
}

// Task is a task declaration, named or inline.
type Task struct {
	Name       string // inline: its `as`, or its kind with a number
	Module     string
	Was        string
	Doc        string
	Exclusive  bool
	TypeParams []*types.Param
	Params     []*Local
	In, Out    types.Type // nil: none
	Key        types.Type // nil: none; else what `keyed` says or, in a use, the flow's
	State      []*StateVar
	Shared     []*StateVar
	Handlers   []*ast.Handler
	Helpers    []*Fun
	Decl       *ast.TaskDecl
	Awaits     bool
	Answers    []*Portal
	Asks       []*Portal
	UsesKey    bool

	members map[string]Object // states and helpers by name
}

// Stateful tells whether the task has state per key, or waits: whether a use of it needs a name of its own.
func (t *Task) Stateful() bool { return len(t.State)+len(t.Shared) > 0 || t.Awaits }

// StateVar is `state` or `shared state`.
type StateVar struct {
	Name   string
	Was    string
	Type   types.Type
	Shared bool
	Decl   *ast.StateDecl
	Task   *Task
}

// KeyVar is `key` in a task.
type KeyVar struct{ Type types.Type }

// Module is an imported module or app.
type Module struct {
	Name string
	App  bool
	Path string // what Options.Resolve is asked for
}

// Import is an import that was resolved.
type Import struct {
	Module *Module
	Decl   *ast.ImportDecl
}

// Builtin is a built-in function; methods are found through Info.Selected.
type Builtin struct{ Name string }

// Workflow is a workflow: its nodes in topological order, by the text where that leaves a choice.
type Workflow struct {
	Name   string
	Was    string
	Decl   *ast.WorkflowDecl
	Inputs []*Stream // each once, in order of the text
	Nodes  []*Node
}

// NodeKind is the kind of a node of a workflow.
type NodeKind int

// The kinds of nodes.
const (
	NodeInput NodeKind = iota // from s
	NodeServe
	NodeKey
	NodeMap
	NodeFlatMap
	NodeFilter
	NodeUnion
	NodeTask
	NodeSteps
	NodeOutput // to s
)

// Node is one step of a workflow.
type Node struct {
	Kind   NodeKind
	Span   source.Span
	In     []*Node    // one, but for unions
	Out    []*Node    // in the order of the text
	Flow   string     // its name, if `flow x =` gives it one
	Name   string     // NodeSteps: its identity in the workflow, `as` or "steps"
	Elem   types.Type // of the events that leave it; nil after tasks without output
	Key    types.Type // of the flow that leaves it; nil: none
	Stream *Stream    // NodeInput, NodeOutput
	Fn     ast.Expr   // key, map, flatMap, filter
	Uses   []*TaskUse // NodeTask, NodeServe: one; NodeSteps: each item
	Times  []ast.Expr // NodeSteps: how often each, nil for once
}

// TaskUse is one use of a task in a workflow.
type TaskUse struct {
	Name     string // its identity in the workflow: `as`, or the task's name
	Task     *Task
	TypeArgs []types.Type
	Args     []ast.Expr // one for each parameter, defaults filled in
	Key      types.Type // of the flow and portals; nil: none
	Workflow *Workflow
	Node     *Node
	Span     source.Span
}

// SelectKind says what x.name is.
type SelectKind int

// The kinds of selections.
const (
	SelectField    SelectKind = iota // a field of a record, or one that all variants of an enum have
	SelectProperty                   // a built-in property (`xs.length`)
	SelectMethod                     // a built-in method, called
	SelectWith                       // o.with(…)
	SelectModule                     // module.name: Object says what
)

// Selection is the meaning of x.name.
type Selection struct {
	Kind   SelectKind
	Field  *types.Field   // SelectField of a record
	Fields []*types.Field // SelectField of an enum: that of each variant
	Method string         // `List.map`
	Object Object         // SelectModule
}

// CallKind says what is called.
type CallKind int

// The kinds of calls.
const (
	CallFun   CallKind = iota
	CallLocal          // a parameter of function type
	CallCtor
	CallBuiltin   // min, abs, Set, now, …
	CallMethod    // built-in method; the receiver is Fun.(*ast.Field).X
	CallWith      // o.with(field: e)
	CallConnector // file.lines(…)
	CallGenerator // range(…)
)

// Call is a resolved call. Args stand in the order of the parameters; an entry is nil where the callee's default applies
// (constructor fields: Info.Defaults).
type Call struct {
	Kind     CallKind
	Fun      *Fun
	Local    *Local
	Variant  *types.Variant
	Name     string       // builtin `min`, method `List.map`, connector `file.lines`, generator `range`
	TypeArgs []types.Type // of the callee's type parameters, in order
	Args     []ast.Expr
	Named    map[string]*ast.Arg // connectors and generators: arguments by parameter name; CallWith: by field
	Mutates  bool
}

func (*Local) object()    {}
func (*Param) object()    {}
func (*Fun) object()      {}
func (*Ctor) object()     {}
func (*Portal) object()   {}
func (*Stream) object()   {}
func (*Task) object()     {}
func (*StateVar) object() {}
func (*KeyVar) object()   {}
func (*Module) object()   {}
func (*Builtin) object()  {}
