// Package ast is the syntax tree of .ptl files.
//
// The parser makes a tree once; nobody changes it afterwards. What later phases find out about a node stands in side
// tables keyed by the node (typecheck.Info). Places that do not parse are Bad… nodes, so that one mistake hides
// nothing of the rest. Comments are kept by the file in source order; doc comments are also attached to the
// declaration that they belong to.
package ast

import "github.com/portals-lang/portals/lang/source"

// Node is any piece of syntax; all nodes are pointers to structs of this package.
type Node interface {
	Span() source.Span
}

// At is the place of a node; every node embeds it.
type At struct{ Place source.Span }

// Span returns the node's place.
func (a At) Span() source.Span { return a.Place }

// Decl, Member, Type, Expr, Stmt, Pattern, Start and Step are the syntactic classes.
type (
	// Decl stands at the top level of a file.
	Decl interface {
		Node
		decl()
	}
	// Member stands in the body of a task.
	Member interface {
		Node
		member()
	}
	// Type is a type as written.
	Type interface {
		Node
		typ()
	}
	// Expr has a value.
	Expr interface {
		Node
		expr()
	}
	// Stmt stands in a block.
	Stmt interface {
		Node
		stmt()
	}
	// Pattern takes a value apart.
	Pattern interface {
		Node
		pattern()
	}
	// Start is the first link of a chain in a workflow.
	Start interface {
		Node
		start()
	}
	// Step is a further link of a chain.
	Step interface {
		Node
		step()
	}
	// TestStep is a line of a test.
	TestStep interface {
		Node
		testStep()
	}
)

// File is one parsed source file.
type File struct {
	At
	Source   *source.File
	Decls    []Decl
	Comments []*Comment // all of them, in order, doc comments included
}

// Comment is one `//` or `///` line; Text includes the slashes.
type Comment struct {
	At
	Text string
	Doc  bool // `///`
}

// Name is an identifier where one is declared or where a plain word names something.
type Name struct {
	At
	Text string
}

// Doc is the text of a declaration's `///` lines, without the slashes, or "".
type Doc string
