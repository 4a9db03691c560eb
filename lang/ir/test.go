package ir

import "github.com/portals-lang/portals/lang/source"

// Test is a `test` block: steps that the test runner performs.
type Test struct {
	Name  string
	Steps []TestStep
	Span  source.Span
}

// TestStep is one line of a test.
type TestStep struct {
	Kind    TestKind
	Feeds   []Feed  // Feed
	Stream  *Stream // Seal, Watermark and the expectations of streams
	Atoms   []Expr  // expected: one List for exact and unordered, each alternative for one of
	Portals []*Portal
	Body    []Stmt // ExpectTrue, LetIn: statements that end in defining Var
	Var     *Var
	Left    Expr // ExpectTrue on `a == b`: both sides, for the message
	Right   Expr
	By      Expr // Advance, Watermark
	Span    source.Span
}

// Feed is one atom for one stream.
type Feed struct {
	Stream *Stream
	Events Expr // a List
}

// TestKind is the kind of a test step.
type TestKind int

// The kinds of test steps.
const (
	TestFeed TestKind = iota
	TestSeal
	TestAdvance
	TestWatermark
	ExpectExact
	ExpectUnordered
	ExpectOneOf
	ExpectSealed
	ExpectNone
	ExpectTrue
	TestLet
)
