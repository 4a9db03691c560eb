package builtin

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/portals-lang/portals/lang/types"
)

// Signature is a parsed Sig. Types stand in terms of TypeParams; instantiate before use.
type Signature struct {
	Self       types.Type // of the receiver; nil for a function
	Module     string     // `file` of `file.lines(…)`; "" otherwise
	Name       string
	TypeParams []*types.Param // in the order in which the text names them first
	Params     []Param
	Result     types.Type
	Property   bool
}

// Param is a parameter of a Signature.
type Param struct {
	Name     string
	Type     types.Type
	Word     string // the name of a type that is not one of the language's: `Atom`, `Bad`; Type is nil then
	Optional bool
}

// Receiver is the name of the receiver's type, "" for a function.
func (s *Signature) Receiver() string {
	switch t := s.Self.(type) {
	case *types.Basic:
		return t.String()
	case *types.Named:
		return t.Def.Name
	}
	return ""
}

// MustParse is Parse for texts that stand in the program.
func MustParse(text string) *Signature {
	s, err := Parse(text)
	if err != nil {
		panic("builtin: " + text + ": " + err.Error())
	}
	return s
}

// Parse reads a signature as Entry.Sig describes it. A type named by a single upper-case letter is a type parameter;
// `module.name(…)` with a lower-case module is a function of that module.
func Parse(text string) (s *Signature, err error) {
	p := &sigParser{text: text, params: map[string]*types.Param{}, sig: &Signature{Result: types.Unit}}
	defer func() {
		if r := recover(); r != nil {
			bad, ok := r.(sigError)
			if !ok {
				panic(r)
			}
			s, err = nil, bad
		}
	}()
	p.signature()
	return p.sig, nil
}

type sigError string

func (e sigError) Error() string { return string(e) }

type sigParser struct {
	text   string
	at     int
	params map[string]*types.Param
	sig    *Signature
}

func (p *sigParser) fail(want string) {
	panic(sigError(fmt.Sprintf("want %s at offset %d", want, p.at)))
}

func (p *sigParser) space() {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
}

func (p *sigParser) take(token string) bool {
	p.space()
	if !strings.HasPrefix(p.text[p.at:], token) {
		return false
	}
	p.at += len(token)
	return true
}

func (p *sigParser) expect(token string) {
	if !p.take(token) {
		p.fail(token)
	}
}

func (p *sigParser) word() string {
	p.space()
	start := p.at
	for p.at < len(p.text) && (unicode.IsLetter(rune(p.text[p.at])) || unicode.IsDigit(rune(p.text[p.at]))) {
		p.at++
	}
	if start == p.at {
		p.fail("a name")
	}
	return p.text[start:p.at]
}

func (p *sigParser) signature() {
	s := p.sig
	if dot := strings.IndexByte(p.text, '.'); dot >= 0 && !strings.Contains(p.text[:dot], "(") || p.receiverHasTuple() {
		if unicode.IsUpper(rune(p.text[0])) {
			s.Self = p.typ()
		} else {
			s.Module = p.word()
		}
		p.expect(".")
	}
	s.Name = p.word()
	if p.take("[") {
		p.commaList("]", func() { p.typ() })
	}
	if !p.take("(") {
		s.Property = true
	} else {
		p.commaList(")", p.param)
	}
	if p.take("->") {
		s.Result = p.typ()
	}
	if p.space(); p.at != len(p.text) {
		p.fail("the end")
	}
}

// receiverHasTuple tells `List[(K, V)].toMap()` from a function with a parenthesis before any dot.
func (p *sigParser) receiverHasTuple() bool { return strings.HasPrefix(p.text, "List[(") }

func (p *sigParser) commaList(end string, item func()) {
	if p.take(end) {
		return
	}
	for {
		item()
		if p.take(end) {
			return
		}
		p.expect(",")
	}
}

func (p *sigParser) param() {
	param := Param{Name: p.word()}
	param.Optional = p.take("?")
	p.expect(":")
	p.space()
	start := p.at
	if name := p.word(); name == "Atom" || name == "Bad" {
		param.Word = name
	} else {
		p.at = start
		param.Type = p.typ()
	}
	p.sig.Params = append(p.sig.Params, param)
}

func (p *sigParser) typ() types.Type {
	if p.take("(") {
		return &types.Tuple{Elems: p.typeList(")")}
	}
	name := p.word()
	switch {
	case name == "fun":
		p.expect("(")
		f := &types.Func{Params: p.typeList(")"), Result: types.Unit}
		if p.take("->") {
			f.Result = p.typ()
		}
		return f
	case len(name) == 1:
		return p.typeParam(name)
	}
	if t := types.BasicOf(name); t != nil {
		return t
	}
	def := types.BuiltinDef(name)
	if def == nil {
		p.fail("a type instead of " + name)
	}
	var args []types.Type
	if len(def.Params) > 0 {
		p.expect("[")
		args = p.typeList("]")
	}
	return &types.Named{Def: def, Args: args}
}

func (p *sigParser) typeList(end string) []types.Type {
	var out []types.Type
	p.commaList(end, func() { out = append(out, p.typ()) })
	return out
}

func (p *sigParser) typeParam(name string) types.Type {
	param := p.params[name]
	if param == nil {
		param = &types.Param{Name: name}
		p.params[name] = param
		p.sig.TypeParams = append(p.sig.TypeParams, param)
	}
	if p.at < len(p.text) && p.text[p.at] == ':' {
		p.at++
		need, ok := types.ParseConstraint(p.word())
		if !ok {
			p.fail("a constraint")
		}
		param.Needs |= need
	}
	return param
}
