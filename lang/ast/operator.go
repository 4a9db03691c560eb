package ast

import "github.com/portals-lang/portals/lang/token"

var binaryOps = [...]string{
	Or: "||", And: "&&", Eq: "==", Ne: "!=", Lt: "<", Le: "<=", Gt: ">", Ge: ">=", Coalesce: "??",
	Add: "+", Sub: "-", Mul: "*", Div: "/", Rem: "%",
}

// String is the operator as written.
func (op BinaryOp) String() string { return binaryOps[op] }

// Precedence is the level at which the operator binds.
func (op BinaryOp) Precedence() int { return token.Precedence(binaryOps[op]) }

// BinaryOpOf is the operator that is written text.
func BinaryOpOf(text string) (BinaryOp, bool) {
	for op, written := range binaryOps {
		if written == text {
			return BinaryOp(op), true
		}
	}
	return 0, false
}

// String is the operator as written.
func (op UnaryOp) String() string {
	if op == Neg {
		return "-"
	}
	return "!"
}

var assignOps = [...]string{
	AssignSet: "=", AssignAdd: "+=", AssignSub: "-=", AssignMul: "*=", AssignDiv: "/=", AssignRem: "%=",
}

// String is the operator as written.
func (op AssignOp) String() string { return assignOps[op] }

// AssignOpOf is the assignment that is written text.
func AssignOpOf(text string) (AssignOp, bool) {
	for op, written := range assignOps {
		if written == text {
			return AssignOp(op), true
		}
	}
	return 0, false
}

// String is the step as written.
func (op OpKind) String() string {
	return [...]string{OpKey: "key", OpMap: "map", OpFlatMap: "flatMap", OpFilter: "filter"}[op]
}

// String says what the handler reacts to, as written after `on`.
func (k HandlerKind) String() string {
	return [...]string{
		OnEvent: "event", OnAsk: "ask", OnTimer: "timer", OnAtomPerKey: "atom per key", OnAtom: "atom",
		OnComplete: "complete", OnError: "error",
	}[k]
}

// String is the mode as written after the stream's name, "" for an exact atom.
func (m ExpectMode) String() string {
	return [...]string{
		ExpectExact: "", ExpectUnordered: "unordered", ExpectOneOf: "one of", ExpectSealed: "sealed",
		ExpectNone: "none",
	}[m]
}

// String is the word after `await`, "" for a single future.
func (m AwaitMode) String() string {
	return [...]string{AwaitOne: "", AwaitAll: "all", AwaitAny: "any"}[m]
}
