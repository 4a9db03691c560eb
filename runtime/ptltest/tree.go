package ptltest

import "strings"

// tree is the text of a value, taken apart: a literal, or something in brackets.
type tree struct {
	label string // of an entry of a map: its key, up to the colon
	text  string // the whole
	open  string // what stands before the parts, with the bracket: `Order(`, `[`; "" for a literal
	parts []*tree
}

// close is the bracket behind the parts.
func (t *tree) close() string {
	if strings.HasSuffix(t.open, "[") {
		return "]"
	}
	return ")"
}

// parse takes the text of a value apart. It is one that a descriptor has printed, so it is well formed; if it is not,
// the rest is one literal.
func parse(text string) *tree {
	p := &parser{text: text}
	t := p.value()
	if p.at != len(text) {
		return &tree{text: text}
	}
	return t
}

type parser struct {
	text string
	at   int
}

// value reads up to a comma, a closing bracket or the end.
func (p *parser) value() *tree {
	t := &tree{}
	start := p.at
	for p.at < len(p.text) {
		switch c := p.text[p.at]; c {
		case '"':
			p.quoted()
		case '(', '[':
			p.at++
			t.open = p.text[start:p.at]
			t.parts = p.list()
		case ',', ')', ']':
			t.text = p.text[start:p.at]
			return t
		case ':':
			p.at++
			if strings.HasPrefix(p.text[p.at:], " ") { // an entry of a map; a time has no space there
				p.at++
				value := p.value()
				value.label = p.text[start:p.at-len(value.text)] + value.label
				return value
			}
		default:
			p.at++
		}
	}
	t.text = p.text[start:p.at]
	return t
}

// quoted reads over a string.
func (p *parser) quoted() {
	for p.at++; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '\\':
			p.at++
		case '"':
			p.at++
			return
		}
	}
}

// list reads parts and the bracket behind them.
func (p *parser) list() []*tree {
	var parts []*tree
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ')', ']':
			p.at++
			return parts
		case ',', ' ':
			p.at++
			continue
		}
		parts = append(parts, p.value())
	}
	return parts
}
