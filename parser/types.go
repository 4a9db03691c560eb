package parser

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/token"
)

// typed is the type in a hole, or a BadType if the hole was not reached.
func typed(p *parser, hole part[ast.Type]) ast.Type {
	if t := valueOf(hole); t != nil {
		return t
	}
	return &ast.BadType{At: p.missing()}
}

// typ reads a type.
func (p *parser) typ() ast.Type {
	start := p.start()
	defer p.up()
	if !p.deeper() {
		return &ast.BadType{At: p.from(start)}
	}
	t := p.nullableType()
	if p.at("|") || p.at("or") && isUpper(p.ahead(1).Value) {
		return p.oneOfTypes(start, t, p.peek().Value)
	}
	return t
}

// nullableType reads a type, and `T?` as Option[T].
func (p *parser) nullableType() ast.Type {
	t := p.plainType()
	for p.at("?") {
		p.next()
		t = p.mayBeMissing(t)
	}
	return t
}

func (p *parser) plainType() ast.Type {
	start := p.start()
	switch {
	case p.kind() == token.Ident:
		return p.namedType()
	case p.at("("):
		return p.tupleType()
	case p.at("fun"):
		p.next()
		t := &ast.FuncType{}
		if p.opens("(", "the parameters of a function type stand in parentheses", "fun(A, B) -> C") {
			p.list(")", "parameter types", func() { t.Params = append(t.Params, p.typ()) })
		}
		if p.accept("->") {
			t.Result = p.typ()
		}
		t.At = p.from(start)
		return t
	case p.at("["):
		return p.bracketedType()
	}
	if p.kind() == token.String {
		return p.textAsType()
	}
	if p.at("{") {
		p.refuse(codeUnexpected, "expected a type, found `{`", "", "What has fields gets a name: `record Name(field: Type)`.")
	} else {
		p.expected("a type", "")
	}
	return &ast.BadType{At: p.missing()}
}

func (p *parser) namedType() ast.Type {
	start := p.start()
	t := &ast.NamedType{Name: p.name("a type")}
	if p.accept(".") {
		t.Module, t.Name = t.Name, p.name("a type of the module")
	}
	if p.at("<") {
		p.angleBrackets()
		t.At = p.from(start)
		return t
	}
	if p.at("[") && !p.atBrackets() {
		p.list("]", "type arguments", func() { t.Args = append(t.Args, p.typ()) })
	}
	t.At = p.from(start)
	if p.atBrackets() {
		return p.arrayType(t)
	}
	return t
}

// inputType is the type of a task's events.
type inputType interface{ ast.Type }

// inputType reads the type of a task's events. An arrow behind it begins the type of the output.
func (p *parser) inputType() inputType {
	start := p.start()
	if p.at("(") {
		return p.onlyType(start, p.tuple(start, p.typesInParens()))
	}
	return p.onlyType(start, p.typ())
}

// streamType is the type of a stream's events.
type streamType interface{ ast.Type }

func (p *parser) streamType() streamType {
	start := p.start()
	return p.onlyType(start, p.typ())
}

// onlyType is the type t of events, unless others follow.
func (p *parser) onlyType(start int, t ast.Type) ast.Type {
	if p.at(",") && kindOf(p.ahead(1)) == token.Ident {
		return p.oneOfTypes(start, t, ",")
	}
	return t
}

// tupleType reads `(A, B)`; a single type in parentheses is that type.
func (p *parser) tupleType() ast.Type {
	start := p.start()
	elems := p.typesInParens()
	if p.at("->") {
		p.functionType(start)
		p.next()
		result := p.typ()
		return &ast.FuncType{Params: elems, Result: result, At: p.from(start)}
	}
	return p.tuple(start, elems)
}

func (p *parser) typesInParens() (elems []ast.Type) {
	p.list(")", "types of the tuple", func() { elems = append(elems, p.typ()) })
	return elems
}

// tuple is the type of which elems stand in parentheses.
func (p *parser) tuple(start int, elems []ast.Type) ast.Type {
	switch len(elems) {
	case 0:
		p.unitType(start)
		return &ast.NamedType{Name: &ast.Name{Text: "Unit", At: p.from(start)}, At: p.from(start)}
	case 1:
		return elems[0]
	}
	return &ast.TupleType{Elems: elems, At: p.from(start)}
}

// bracketedType reads `[T]` and `[]T`, which are not how a list is written, as List[T].
func (p *parser) bracketedType() ast.Type {
	start := p.start()
	var elem ast.Type
	p.list("]", "types", func() { elem = p.typ() })
	if elem == nil && (p.kind() == token.Ident || p.at("(") || p.at("[")) {
		elem = p.typ()
	}
	list := &ast.NamedType{Name: &ast.Name{Text: "List", At: at(p.file, start, start)}, At: p.from(start)}
	if elem != nil {
		list.Args = []ast.Type{elem}
	}
	p.listType(list)
	return list
}
