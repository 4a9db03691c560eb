package portals

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
	"github.com/portals-lang/portals/stdlib"
	"github.com/portals-lang/portals/typecheck"
)

const spec = "spec.md"

// TestTablesOfTheSpecification keeps the tables of spec.md in step with those of the compiler.
func TestTablesOfTheSpecification(t *testing.T) {
	generated(t, spec, "operators", operatorTable())
	generated(t, spec, "builtins", builtinTables())
	generated(t, spec, "generators", connectorTable("generator"))
	generated(t, spec, "sources", connectorTable("source"))
	generated(t, spec, "sinks", connectorTable("sink"))
	generated(t, spec, "codes", codeTable())
	generated(t, spec, "stdlib", libraryTables(t))
}

func operatorTable() string {
	b := table("operator", "left", "right", "result")
	for _, o := range builtin.Operators {
		b.row(code(o.Op), code(o.X.String()), code(o.Y.String()), code(o.Result.String()))
	}
	return b.String()
}

// builtinTables has a table for each receiver type, and first one for the functions.
func builtinTables() string {
	var out strings.Builder
	receivers := []string{"", "Bool", "Int", "Float", "String", "Bytes", "Time", "Duration", "Option", "Result", "List", "Map", "Set"}
	known := map[string]bool{}
	for _, receiver := range receivers {
		known[receiver] = true
		name := receiver
		if name == "" {
			name = "Functions"
		}
		b := table(name, "", "for example")
		empty := true
		for _, e := range builtin.All() {
			if e.Signature().Receiver() != receiver {
				continue
			}
			empty = false
			doc := e.Doc
			if e.Mutates {
				doc += " *Changes.*"
			}
			if e.TaskOnly {
				doc += " In tasks only."
			}
			b.row(code(e.Sig), doc, code(strings.ReplaceAll(e.Example, "\n", "; ")))
		}
		if !empty {
			out.WriteString(b.String() + "\n")
		}
	}
	for _, e := range builtin.All() {
		if r := e.Signature().Receiver(); !known[r] {
			fmt.Fprintf(&out, "%s has no table.\n", r)
		}
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func connectorTable(role string) string {
	head := map[string]string{"generator": "generator", "source": "source", "sink": "target"}[role]
	b := table(head, "")
	for _, c := range typecheck.Connectors(role) {
		b.row(code(c.Sig), c.Doc)
	}
	return b.String()
}

// libraryTables has a table for each module of the standard library, of what it declares: every declaration as it is
// written, without its body, and its doc comment.
func libraryTables(t *testing.T) string {
	var tables []string
	for _, name := range stdlib.Names() {
		path, text, _ := stdlib.Module(name)
		b := table("`import "+name+"`", "")
		for _, d := range parser.Parse(source.New(path, text), &diag.List{}).Decls {
			head := d.Span().Text()
			var doc ast.Doc
			switch d := d.(type) {
			case *ast.TaskDecl:
				doc, head = d.Doc, head[:strings.Index(head, " {\n")]
			case *ast.EnumDecl:
				doc = d.Doc
			default:
				t.Fatalf("%s: the table does not know how to show %s", path, head)
			}
			if doc == "" {
				t.Errorf("%s: nothing says what this is for: %s", path, head)
			}
			b.row(code(head), strings.ReplaceAll(strings.TrimSpace(string(doc)), "\n", " "))
		}
		tables = append(tables, b.String())
	}
	return strings.Join(tables, "\n")
}

func codeTable() string {
	b := table("code", "")
	for _, c := range diag.Codes() {
		b.row(string(c), diag.Name(c))
	}
	return b.String()
}

// markdown is a table in the making.
type markdown struct{ strings.Builder }

func table(heads ...string) *markdown {
	m := &markdown{}
	m.row(heads...)
	m.WriteString(strings.Repeat("|---", len(heads)) + "|\n")
	return m
}

func (m *markdown) row(cells ...string) {
	for _, c := range cells {
		m.WriteString("| " + strings.ReplaceAll(c, "|", `\|`) + " ")
	}
	m.WriteString("|\n")
}

func code(text string) string { return "`" + text + "`" }

// TestTheGrammarIsWhole: every symbol that the grammar of spec.md uses is defined in it, once, and is used.
func TestTheGrammarIsWhole(t *testing.T) {
	text := ""
	for _, doc := range documents(t) {
		for _, b := range blocks(doc.text) {
			if doc.path == spec && b.info == "ebnf" {
				text += b.text
			}
		}
	}
	quoted := regexp.MustCompile(`"[^"]*"`)
	symbol := regexp.MustCompile(`[A-Za-z]+`)
	text = quoted.ReplaceAllString(text, " ")
	defined, used := map[string]bool{}, map[string]bool{"file": true}
	for _, rule := range strings.Split(text, " .\n") {
		name, body, ok := strings.Cut(rule, "=")
		name = strings.TrimSpace(name)
		if !ok {
			continue
		}
		if defined[name] {
			t.Errorf("the grammar defines %s twice", name)
		}
		defined[name] = true
		for _, s := range symbol.FindAllString(body, -1) {
			used[s] = true
		}
	}
	tokens := "name Name word END INT FLOAT DURATION STRING"
	for s := range used {
		if !defined[s] && !strings.Contains(" "+tokens+" ", " "+s+" ") {
			t.Errorf("the grammar uses %s and does not define it", s)
		}
	}
	for s := range defined {
		if !used[s] {
			t.Errorf("the grammar defines %s and does not use it", s)
		}
	}
}
