package typecheck

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/portals-lang/portals/lang/ast"
)

// checkFiles refuses two sinks that write one file, and a sink that writes what the app reads, so far as the paths can
// be told from the text: each is written out, or is one and the same param.
func (c *checker) checkFiles() {
	written := map[string]ast.Expr{}
	for _, s := range c.app.sinks {
		where, arg := c.fileOf(s.Call)
		if where == "" {
			continue
		}
		if first, ok := written[where]; ok {
			c.err("PTL0510", arg.Span(), "", "two sinks write one file").at(first.Span(), "this one, too").
				note("Each would replace what the other has written.").
				help("Give each a file of its own; to write two streams into one, join them by `sequence`.")
			continue
		}
		written[where] = arg
	}
	for _, s := range c.app.streams {
		read, arg := c.fileOf(s.Call)
		if read == "" {
			continue
		}
		for _, sink := range c.app.sinks {
			where, target := c.fileOf(sink.Call)
			matches, _ := path.Match(read, where)
			if where != "" && (where == read || matches) {
				c.err("PTL0510", target.Span(), "", "this sink writes the file that the stream `%s` is read from", s.Name).
					at(arg.Span(), "it is read here").help("Write to another file.")
			}
		}
	}
}

// checkPaths refuses control characters in paths that are written out: in `"C:\temp"` a tab is hardly meant.
func (c *checker) checkPaths() {
	look := func(call *Call) {
		if call == nil || call.Kind != CallConnector || call.Named["path"] == nil {
			return
		}
		lit, ok := call.Named["path"].Value.(*ast.StringLit)
		if !ok {
			return
		}
		text, ok := plainText(lit)
		i := strings.IndexFunc(text, unicode.IsControl)
		if !ok || i < 0 {
			return
		}
		r, _ := utf8.DecodeRuneInString(text[i:])
		f := c.err("PTL0510", lit.Place, "", "this path has the character %q in it", r)
		if source := lit.Place.Text(); !lit.Raw && !strings.Contains(source, `\\`) {
			doubled := strings.ReplaceAll(source, `\`, `\\`)
			f.help("To write a backslash, write two: `%s`.", doubled).edit(lit.Place, doubled)
		}
	}
	for _, s := range c.app.streams {
		look(s.Call)
	}
	for _, s := range c.app.sinks {
		look(s.Call)
	}
}

// fileOf is the file that a connector is given, "" if it cannot be told. A param stands for itself.
func (c *checker) fileOf(call *Call) (string, ast.Expr) {
	if call == nil || call.Kind != CallConnector || !strings.HasPrefix(call.Name, "file.") || call.Named["path"] == nil {
		return "", nil
	}
	arg := call.Named["path"].Value
	if e, ok := arg.(*ast.StringLit); ok {
		if text, ok := plainText(e); ok && text != "" {
			return path.Clean(text), arg
		}
	}
	if where := c.samePlace(arg); where != "" {
		return where, arg
	}
	return "", nil
}
