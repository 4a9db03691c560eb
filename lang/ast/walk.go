package ast

// Inspect visits node and everything below it, in the order of the source; where visit answers false it does not go
// further down. Absent parts are not visited.
func Inspect(node Node, visit func(Node) bool) {
	if !visit(node) {
		return
	}
	v := visitor(visit)
	switch n := node.(type) {
	case *File:
		all(v, n.Decls)

	// Declarations.
	case *AppDecl:
		one(v, n.Name)
	case *ImportDecl:
		one(v, n.Name)
	case *ParamDecl:
		one(v, n.Name)
		v.node(n.Type)
		v.node(n.Default)
	case *TypeParam:
		one(v, n.Name)
	case *RecordDecl:
		one(v, n.Name)
		all(v, n.TypeParams)
		all(v, n.Fields)
	case *EnumDecl:
		one(v, n.Name)
		all(v, n.TypeParams)
		all(v, n.Variants)
	case *VariantDecl:
		one(v, n.Name)
		all(v, n.Fields)
	case *FieldDecl:
		one(v, n.Name)
		v.node(n.Type)
		one(v, n.DataName)
		v.node(n.Default)
	case *ParamField:
		one(v, n.Name)
		v.node(n.Type)
		v.node(n.Default)
	case *FunDecl:
		one(v, n.Name)
		all(v, n.TypeParams)
		all(v, n.Params)
		v.node(n.Result)
		one(v, n.Body)
		v.node(n.Expr)
	case *ExternDecl:
		one(v, n.Name)
		all(v, n.Params)
		v.node(n.Result)
		one(v, n.Package)
		one(v, n.GoName)
	case *PortalDecl:
		one(v, n.Name)
		v.node(n.Req)
		v.node(n.Rep)
		v.node(n.Key)
	case *StreamDecl:
		one(v, n.Name)
		one(v, n.Was)
		v.node(n.Type)
		v.node(n.Source)
	case *SinkDecl:
		v.node(n.Stream)
		v.node(n.Target)
	case *TestDecl:
		one(v, n.Name)
		all(v, n.Steps)
	case *BadDecl:

	// Tasks.
	case *TaskDecl:
		one(v, n.Name)
		one(v, n.Was)
		all(v, n.TypeParams)
		all(v, n.Params)
		v.node(n.In)
		v.node(n.Out)
		v.node(n.Keyed)
		all(v, n.Members)
	case *StateDecl:
		one(v, n.Name)
		one(v, n.Was)
		v.node(n.Type)
		v.node(n.Init)
	case *Handler:
		v.node(n.Portal)
		one(v, n.Timer)
		all(v, n.Patterns)
		v.node(n.Guard)
		one(v, n.Body)
	case *BadMember:

	// Workflows.
	case *WorkflowDecl:
		one(v, n.Name)
		one(v, n.Was)
		all(v, n.Chains)
	case *Chain:
		one(v, n.Flow)
		v.node(n.Start)
		all(v, n.Steps)
	case *FromStart:
		v.node(n.Stream)
	case *FlowStart:
		one(v, n.Flow)
	case *UnionStart:
		all(v, n.Flows)
	case *ServeStart:
		one(v, n.Task)
	case *OpStep:
		v.node(n.Fn)
	case *UnionStep:
		all(v, n.Flows)
	case *TaskUse:
		v.node(n.Task)
		one(v, n.Inline)
		all(v, n.Args)
		one(v, n.As)
	case *TaskStep:
		one(v, n.Use)
	case *StepsStep:
		all(v, n.Items)
		one(v, n.As)
	case *StepsItem:
		one(v, n.Use)
		v.node(n.Times)
	case *ToStep:
		one(v, n.Stream)
	case *BadStart, *BadStep:

	// Tests.
	case *FeedStep:
		all(v, n.Feeds)
	case *Feed:
		v.node(n.Stream)
		one(v, n.Events)
	case *SealStep:
		v.node(n.Stream)
	case *AdvanceStep:
		v.node(n.By)
	case *WatermarkStep:
		v.node(n.Stream)
		v.node(n.Time)
	case *ExpectStream:
		v.node(n.Stream)
		one(v, n.Events)
	case *ExpectExpr:
		v.node(n.X)
	case *LetStep:
		one(v, n.Let)
	case *BadTestStep:

	// Expressions.
	case *StringLit:
		all(v, n.Parts)
	case *ListLit:
		all(v, n.Elems)
	case *MapLit:
		all(v, n.Entries)
	case *MapEntry:
		v.node(n.Key)
		v.node(n.Value)
	case *TupleLit:
		all(v, n.Elems)
	case *Paren:
		v.node(n.X)
	case *Arg:
		one(v, n.Name)
		v.node(n.Value)
		v.node(n.Or)
	case *Call:
		v.node(n.Fun)
		all(v, n.Args)
	case *Field:
		v.node(n.X)
		one(v, n.Name)
	case *Index:
		v.node(n.X)
		v.node(n.Index)
	case *Unary:
		v.node(n.X)
	case *Binary:
		v.node(n.X)
		v.node(n.Y)
	case *Lambda:
		all(v, n.Params)
		v.node(n.Body)
	case *LambdaParam:
		one(v, n.Name)
	case *If:
		v.node(n.Pattern)
		v.node(n.Cond)
		one(v, n.Then)
		v.node(n.Else)
	case *Match:
		v.node(n.X)
		all(v, n.Arms)
	case *Arm:
		v.node(n.Pattern)
		v.node(n.Guard)
		v.node(n.Body)
	case *Block:
		all(v, n.Stmts)
	case *Ask:
		v.node(n.Portal)
		v.node(n.Arg)
	case *Await:
		v.node(n.X)
		v.node(n.Within)
	case *Try:
		v.node(n.X)
	case *Emit:
		v.node(n.X)
	case *Reply:
		v.node(n.X)
	case *Return:
		v.node(n.X)
	case *Fail:
		v.node(n.X)

	// Statements.
	case *LetStmt:
		v.node(n.Pattern)
		v.node(n.Type)
		v.node(n.Value)
	case *VarStmt:
		one(v, n.Name)
		v.node(n.Type)
		v.node(n.Value)
	case *AssignStmt:
		v.node(n.Target)
		v.node(n.Value)
	case *ForStmt:
		v.node(n.Pattern)
		v.node(n.X)
		one(v, n.Body)
	case *WhileStmt:
		v.node(n.Cond)
		one(v, n.Body)
	case *LogStmt:
		v.node(n.X)
	case *ScheduleStmt:
		one(v, n.Timer)
		all(v, n.Args)
		v.node(n.When)
	case *CancelStmt:
		one(v, n.Timer)
		all(v, n.Args)
	case *ExprStmt:
		v.node(n.X)

	// Patterns.
	case *LiteralPattern:
		v.node(n.Value)
	case *ConstructorPattern:
		v.node(n.Name)
		all(v, n.Args)
	case *PatternArg:
		one(v, n.Name)
		v.node(n.Pattern)
	case *TuplePattern:
		all(v, n.Elems)
	case *ListPattern:
		all(v, n.Elems)
		v.node(n.Rest)
	case *OrPattern:
		all(v, n.Alts)

	// Types.
	case *NamedType:
		one(v, n.Module)
		one(v, n.Name)
		all(v, n.Args)
	case *TupleType:
		all(v, n.Elems)
	case *FuncType:
		all(v, n.Params)
		v.node(n.Result)
	}
}

type visitor func(Node) bool

// node visits a part that is held as an interface, if it is there.
func (v visitor) node(n Node) {
	if n != nil {
		Inspect(n, v)
	}
}

// one visits a part that is held as a pointer, if it is there.
func one[T any, P interface {
	*T
	Node
}](v visitor, n P) {
	if n != nil {
		Inspect(n, v)
	}
}

// all visits the parts of a list.
func all[N Node](v visitor, list []N) {
	for _, n := range list {
		Inspect(n, v)
	}
}
