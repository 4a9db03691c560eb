package types

import (
	"fmt"
	"strings"
)

// Fingerprint is the canonical text of everything that the encoded form of a value of type t depends on: names of
// definitions, variants and fields, names in data, and their types, all the way down. Two apps whose types have equal
// fingerprints understand each other's data; a store keeps them to judge an upgrade. A definition is written out
// where it is met first and by its name afterwards. Defaults and docs are not part of it, nor are modules.
func Fingerprint(t Type) string {
	p := fingerprinter{written: map[string]bool{}}
	p.typ(t)
	return p.out.String()
}

type fingerprinter struct {
	out     strings.Builder
	written map[string]bool // applied definitions that are written out already, as they print
}

func (p *fingerprinter) typ(t Type) {
	switch t := Resolve(t).(type) {
	case *Tuple:
		p.list("(", t.Elems, ")")
	case *Func:
		p.list("fun(", t.Params, ")->")
		p.typ(t.Result)
	case *Named:
		p.named(t)
	default:
		p.out.WriteString(t.String())
	}
}

func (p *fingerprinter) list(open string, ts []Type, end string) {
	p.out.WriteString(open)
	for i, t := range ts {
		if i > 0 {
			p.out.WriteByte(',')
		}
		p.typ(t)
	}
	p.out.WriteString(end)
}

func (p *fingerprinter) named(t *Named) {
	p.out.WriteString(t.Def.Name)
	if len(t.Args) > 0 {
		p.list("[", t.Args, "]")
	}
	if t.Def.Sort == Builtin || p.written[t.String()] {
		return
	}
	p.written[t.String()] = true
	p.out.WriteByte('{')
	for i, v := range t.Def.Variants {
		if i > 0 {
			p.out.WriteByte('|')
		}
		p.out.WriteString(v.Name)
		p.out.WriteByte('(')
		for j, f := range v.Fields {
			if j > 0 {
				p.out.WriteByte(',')
			}
			p.out.WriteString(f.Name)
			if f.DataName != f.Name {
				fmt.Fprintf(&p.out, " as %q", f.DataName)
			}
			p.out.WriteByte(':')
			p.typ(t.FieldType(f))
		}
		p.out.WriteByte(')')
	}
	p.out.WriteByte('}')
}
