package ir

import "github.com/portals-lang/portals/lang/source"

// Stmt is a statement.
type Stmt interface {
	Span() source.Span
	stmt()
}

// S is embedded by every statement: its place, for //line.
type S struct{ At source.Span }

// Span is the place of the statement.
func (s S) Span() source.Span { return s.At }

func (S) stmt() {}

// Define declares a variable; Init is nil when statements that follow assign it on every path.
type Define struct {
	S
	Var  *Var
	Init Expr
}

// Assign writes a place: Local, State or FieldGet of such.
type Assign struct {
	S
	Place Expr
	Value Expr
}

// Mutate calls a mutating built-in on a place: `List.push`, `Map.remove`; `Map.put` is `m[k] = v`, `List.set` is `xs[i] = v`.
type Mutate struct {
	S
	Name  string
	Place Expr
	Args  []Expr
	Descs []*Type
}

// Do evaluates an expression for its effect.
type Do struct {
	S
	X Expr
}

// If is a conditional.
type If struct {
	S
	Cond       Expr
	Then, Else []Stmt
}

// Switch branches on the tag of an enum; Of is a Local. Cases are exhaustive or Default is set (perhaps empty).
type Switch struct {
	S
	Of         Expr
	Cases      []*Case
	Default    []Stmt
	HasDefault bool
}

// Case is one case of a Switch.
type Case struct {
	Variants []*Variant
	Body     []Stmt
}

// For loops over the elements of a list, a set or (Value set) a map, as they were when it began: Over is shared if the
// body may change it.
type For struct {
	S
	Label *Label
	Elem  *Var // nil: not used
	Value *Var // maps: the value; Elem is the key
	Over  Expr // List, Set or Map
	Body  []Stmt
}

// Loop repeats its body until a Break. `while c` is Loop with Cond.
type Loop struct {
	S
	Label *Label
	Cond  Expr // nil: forever
	Body  []Stmt
}

// Scope runs its body once; Break with its Label leaves it.
type Scope struct {
	S
	Label *Label
	Body  []Stmt
}

// Label names a loop or scope; Used tells whether a Break or Continue needs to name it.
type Label struct {
	Name string
	Used bool
}

// Break leaves the loop or scope of Label.
type Break struct {
	S
	Label *Label
}

// Continue goes on with the next round of the loop of Label.
type Continue struct {
	S
	Label *Label
}

// Return leaves the function; Value is nil for Unit.
type Return struct {
	S
	Value Expr
}

// Fail fails the event with a message.
type Fail struct {
	S
	Message Expr
}

// Log writes a diagnostic line.
type Log struct {
	S
	Message Expr
}

// Emit gives an event to the task's output.
type Emit struct {
	S
	Value Expr
}

// Reply answers the ask that is being handled.
type Reply struct {
	S
	Value Expr
}

// AwaitMode says what an Await waits for.
type AwaitMode int

// The modes of Await.
const (
	AwaitOne  AwaitMode = iota // Futures[0]
	AwaitEach                  // a tuple of futures: Into is the tuple of replies
	AwaitAll                   // Futures[0] is a list of futures: Into is the list of replies
	AwaitAny                   // the first of a list
)

// Await waits for replies and defines Into. With Within, Into is an Option; with Try, a Result (of an Option, when both are).
type Await struct {
	S
	Mode    AwaitMode
	Futures []Expr
	Within  Expr // or nil
	Try     bool
	Into    *Var
}

// Send gives an event to a task, by way of the key's partition: in a Segment only. A `steps` is a row of Sends, one to
// each of its tasks in order, of which only the one to the task that has its turn is done.
type Send struct {
	S
	Task  *Task
	Key   Expr // nil: the task has no key
	Moved bool // the key is a new one, so the event may change hands; false: it stays in its partition
	Event Expr
}

// Next gives an event to another segment (behind a union): in a Segment only.
type Next struct {
	S
	Segment *Segment
	Key     Expr // or nil
	Event   Expr
}

// Out gives an event to an output of the workflow: in a Segment only.
type Out struct {
	S
	Output *Output
	Event  Expr
}
