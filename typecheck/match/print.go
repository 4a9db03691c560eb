package match

import "strings"

// Print writes a pattern as programs do.
func Print(p Pattern) string {
	switch p := p.(type) {
	case *Con:
		return printCon(p)
	case *Or:
		parts := make([]string, len(p.Alts))
		for i, alt := range p.Alts {
			parts[i] = Print(alt)
		}
		return strings.Join(parts, " | ")
	}
	return "_"
}

func printCon(p *Con) string {
	switch p.Tag.Kind {
	case Literal:
		return p.Tag.Literal
	case Tuple:
		return "(" + printAll(p.Args) + ")"
	case Nil:
		return "[]"
	case Cons:
		return printList(p)
	}
	if len(p.Args) == 0 {
		return p.Tag.Variant.Name
	}
	return p.Tag.Variant.Name + "(" + printAll(p.Args) + ")"
}

func printAll(ps []Pattern) string {
	parts := make([]string, len(ps))
	for i, p := range ps {
		parts[i] = Print(p)
	}
	return strings.Join(parts, ", ")
}

// printList writes first elements and rests as one list, `[_, 2, .._]`.
func printList(p *Con) string {
	var parts []string
	for {
		parts = append(parts, Print(p.Args[0]))
		rest, ok := p.Args[1].(*Con)
		if !ok {
			return "[" + strings.Join(parts, ", ") + ", .._]"
		}
		if rest.Tag.Kind == Nil {
			return "[" + strings.Join(parts, ", ") + "]"
		}
		p = rest
	}
}
