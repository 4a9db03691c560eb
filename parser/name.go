package parser

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/token"
)

// A name where something is declared. Types, constructors and tasks have upper-case names, all else lower-case ones;
// anyName is for places where the case is not the parser's business.
type (
	upperName *ast.Name
	lowerName *ast.Name
	anyName   *ast.Name
)

func (p *parser) upperName() upperName {
	name := p.name("a name that starts with an upper-case letter")
	if name.Text != "" && !isUpper(name.Text) {
		p.wrongCase(name, "types, constructors and tasks start with an upper-case letter", upperCased(name.Text))
	}
	return name
}

func (p *parser) lowerName() lowerName {
	name := p.name("a name")
	p.mustBeLower(name)
	return name
}

func (p *parser) mustBeLower(name *ast.Name) {
	switch {
	case isUpper(name.Text):
		p.wrongCase(name, "only types, constructors and tasks start with an upper-case letter", lowerCased(name.Text))
	case strings.HasPrefix(name.Text, "_"):
		p.wrongCase(name, "a name starts with a letter", lowerCased(name.Text))
	}
}

func (p *parser) wrongCase(name *ast.Name, why, mended string) {
	d := &diag.Diagnostic{
		Code:    codeCase,
		Title:   fmt.Sprintf("`%s` should be called `%s`", name.Text, mended),
		Primary: diag.Label{Span: name.Place},
		Notes:   []string{why},
		Help:    fmt.Sprintf("Rename it to `%s`, here and where it is used.", mended),
		Edits:   []diag.Edit{{Span: name.Place, New: mended}},
	}
	if mended == name.Text || mended == "" {
		d.Title = fmt.Sprintf("`%s` cannot be a name here", name.Text)
		d.Help, d.Edits = "Choose a name that starts with a letter of the right case.", nil
	}
	p.mend(d)
}

// anyName reads a name of any case, or a reserved word: a field may be called anything.
func (p *parser) anyName() anyName {
	if p.kind() == token.Keyword {
		t := p.next()
		return &ast.Name{Text: t.Value, At: p.from(startOf(t))}
	}
	return p.name("a name")
}

// name reads a name; where there is none it reports that what was expected, and returns one without text.
func (p *parser) name(what string) *ast.Name {
	start := p.start()
	switch p.kind() {
	case token.Ident:
		t := p.next()
		return &ast.Name{Text: t.Value, At: p.from(start)}
	case token.Keyword:
		if p.reservedAsName() {
			t := p.next()
			return &ast.Name{Text: t.Value, At: p.from(start)}
		}
	}
	p.expected(what, "")
	return &ast.Name{At: p.missing()}
}

// named is the name in a hole, or one without text if the hole was not reached.
func named[N ~*ast.Name](p *parser, hole part[N]) *ast.Name {
	if name := (*ast.Name)(valueOf(hole)); name != nil {
		return name
	}
	return &ast.Name{At: p.missing()}
}

func isUpper(name string) bool {
	r, _ := utf8.DecodeRuneInString(name)
	return unicode.IsUpper(r)
}

func upperCased(name string) string {
	name = strings.TrimLeft(name, "_")
	r, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + name[size:]
}

// lowerCased is the name with its first word in lower case: `URL` becomes `url`, `HTTPPort` `httpPort`.
func lowerCased(name string) string {
	runes := []rune(strings.TrimLeft(name, "_"))
	for i, r := range runes {
		if !unicode.IsUpper(r) || i > 0 && i+1 < len(runes) && unicode.IsLower(runes[i+1]) {
			break
		}
		runes[i] = unicode.ToLower(r)
	}
	return string(runes)
}
