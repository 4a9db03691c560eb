package ir

// Inspect calls stmt on every statement of body and expr on every expression in it, outer ones first, in the order of
// the text; bodies of lambdas are part of it. Either function may be nil.
func Inspect(body []Stmt, stmt func(Stmt), expr func(Expr)) {
	for _, s := range body {
		if stmt != nil {
			stmt(s)
		}
		StmtExprs(s, func(x Expr) { InspectExpr(x, stmt, expr) })
		StmtBlocks(s, func(b []Stmt) { Inspect(b, stmt, expr) })
	}
}

// InspectExpr is Inspect for a single expression.
func InspectExpr(x Expr, stmt func(Stmt), expr func(Expr)) {
	if x == nil {
		return
	}
	if expr != nil {
		expr(x)
	}
	Operands(x, func(y Expr) { InspectExpr(y, stmt, expr) })
	if l, ok := x.(*Lambda); ok {
		Inspect(l.Body, stmt, expr)
	}
}

// Operands calls f on the expressions that x consists of, in the order of evaluation.
func Operands(x Expr, f func(Expr)) {
	switch x := x.(type) {
	case *Share:
		f(x.Place)
	case *FieldGet:
		f(x.Of)
	case *CommonGet:
		f(x.Of)
	case *TupleGet:
		f(x.Of)
	case *Unwrap:
		f(x.Of)
	case *IsSome:
		f(x.Of)
	case *IsVariant:
		f(x.Of)
	case *New:
		each(x.Args, f)
	case *With:
		f(x.Of)
		each(x.Values, f)
	case *NewTuple:
		each(x.Elems, f)
	case *NewOption:
		each([]Expr{x.Value}, f)
	case *NewResult:
		f(x.Value)
	case *NewList:
		each(x.Elems, f)
	case *NewMap:
		for i := range x.Keys {
			f(x.Keys[i])
			f(x.Values[i])
		}
	case *Operate:
		each([]Expr{x.A, x.B}, f)
	case *Coalesce:
		each([]Expr{x.A, x.B}, f)
	case *Interpolate:
		each(x.Parts, f)
	case *Call:
		each([]Expr{x.Value}, f)
		each(x.Args, f)
	case *Builtin:
		each(x.Args, f)
	case *Ask:
		f(x.Req)
	case *After:
		f(x.Within)
	}
}

// StmtExprs calls f on the expressions that stand directly in s, in the order of evaluation. A place that is written
// counts as one.
func StmtExprs(s Stmt, f func(Expr)) {
	switch s := s.(type) {
	case *Define:
		each([]Expr{s.Init}, f)
	case *Assign:
		each([]Expr{s.Value, s.Place}, f)
	case *Mutate:
		each(s.Args, f)
		f(s.Place)
	case *Do:
		f(s.X)
	case *If:
		f(s.Cond)
	case *Switch:
		f(s.Of)
	case *For:
		f(s.Over)
	case *Loop:
		each([]Expr{s.Cond}, f)
	case *Return:
		each([]Expr{s.Value}, f)
	case *Fail:
		f(s.Message)
	case *Log:
		f(s.Message)
	case *Emit:
		f(s.Value)
	case *Reply:
		f(s.Value)
	case *Await:
		each(s.Futures, f)
		each([]Expr{s.Within}, f)
	case *Send:
		each([]Expr{s.Key, s.Event}, f)
	case *Next:
		each([]Expr{s.Key, s.Event}, f)
	case *Out:
		f(s.Event)
	}
}

// StmtBlocks calls f on the blocks of s.
func StmtBlocks(s Stmt, f func([]Stmt)) {
	switch s := s.(type) {
	case *If:
		f(s.Then)
		f(s.Else)
	case *Switch:
		for _, c := range s.Cases {
			f(c.Body)
		}
		f(s.Default)
	case *For:
		f(s.Body)
	case *Loop:
		f(s.Body)
	case *Scope:
		f(s.Body)
	}
}

func each(xs []Expr, f func(Expr)) {
	for _, x := range xs {
		if x != nil {
			f(x)
		}
	}
}

// Ends tells whether control never reaches the end of body.
func Ends(body []Stmt) bool {
	if len(body) == 0 {
		return false
	}
	switch s := body[len(body)-1].(type) {
	case *Return, *Fail, *Break, *Continue, *Goto:
		return true
	case *If:
		return Ends(s.Then) && Ends(s.Else)
	case *Switch:
		for _, c := range s.Cases {
			if !Ends(c.Body) {
				return false
			}
		}
		return !s.HasDefault && len(s.Cases) > 0 || s.HasDefault && Ends(s.Default)
	case *Loop:
		return s.Cond == nil && !leaves(s.Body, s.Label)
	case *Scope:
		return Ends(s.Body) && !leaves(s.Body, s.Label)
	}
	return false
}

// leaves tells whether body holds a Break of label.
func leaves(body []Stmt, label *Label) bool {
	found := false
	Inspect(body, func(s Stmt) {
		if b, ok := s.(*Break); ok && b.Label == label {
			found = true
		}
	}, nil)
	return found
}
