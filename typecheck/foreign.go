package typecheck

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/types"
)

// foreign is what is written here for a word of another language.
type foreign struct {
	help    string
	instead string // what to write in its place, if that is beyond doubt
}

var noNull = foreign{"A value that may be missing is an Option, `Some(x)` or `None`: write `None`.", "None"}

// isNull reports a null where a type is wanted that has a value always, so that `None` would be wrong as well.
func (b *body) isNull(e *ast.Ident, w want) bool {
	if foreignNames[e.Name] != noNull || b.find(e.Name) != nil || !mustHaveValue(w.typ) {
		return false
	}
	b.err("PTL0201", e.Place, "not declared anywhere", "there is no `%s` here", e.Name).because(w).mayBeMissing(w.typ)
	return true
}

// mustHaveValue tells of a type that is known and no Option.
func mustHaveValue(t types.Type) bool {
	return t != nil && isKnown(t) && types.Resolve(t) != types.Type(types.Invalid) && !isNamed(types.Resolve(t), types.OptionDef)
}

// mayBeMissing says what to do where nothing was given for a type that has a value always.
func (f finding) mayBeMissing(t types.Type) finding {
	f.note("There is no null: what has the type %s has a value always.", show(t)).
		help("Write the type `Option[%s]` if it may be missing; its values are `None` and `Some(x)`.", show(t))
	if first := firstValues[types.Resolve(t)]; first != "" {
		return f.help("Or begin with a value, such as `%s`.", first)
	}
	if named, ok := types.Resolve(t).(*types.Named); ok && (named.Def == types.ListDef || named.Def == types.MapDef) {
		return f.help("Or begin with an empty one, `%s`.", map[*types.Def]string{types.ListDef: "[]", types.MapDef: "[:]"}[named.Def])
	}
	return f.help("Or begin with a value.")
}

// firstValues are what people begin with.
var firstValues = map[types.Type]string{types.Int: "0", types.Float: "0.0", types.String: `""`, types.Bool: "false", types.Duration: "0s"}

// foreignNames tells what the words of other languages are here.
var foreignNames = map[string]foreign{
	"null":      noNull,
	"nil":       noNull,
	"undefined": noNull,
	"print":     {help: "To see a value while developing, write `log \"${x}\"`; output goes to a stream with a sink."},
	"println":   {help: "To see a value while developing, write `log \"${x}\"`; output goes to a stream with a sink."},
	"printf":    {help: "To see a value while developing, write `log \"${x}\"`; output goes to a stream with a sink."},
	"len":       {help: "The length is a property: `xs.length`."},
	"append":    {help: "Write `xs.push(x)` to change a list in place, `xs.concat(ys)` for a new one."},
	"panic":     {help: "Write `fail \"reason\"`."},
	"raise":     {help: "Write `fail \"reason\"`."},
	"throw":     {help: "Write `fail \"reason\"`."},
	"this":      {help: "State and helpers of a task are named directly."},
	"self":      {help: "State and helpers of a task are named directly."},
	"not":       {help: "Write `!`.", instead: "!"},
	"console":   {help: "To see a value while developing, write `log \"${x}\"`; output goes to a stream with a sink."},
	"pass":      {help: "A block that does nothing is empty: `{ }`."},
	"it":        {help: "A function gives its parameter a name: `x => …`."},
	"listOf":    {help: "Write `[a, b]`."},
	"mapOf":     {help: "Write `[\"key\": value]`; the empty map is `[:]`."},
	"setOf":     {help: "Write `Set([a, b])`."},
	"str":       {help: "Write \"${x}\"."},
	"int":       {help: "A number is read from a text with `s.toInt()`, which gives an Option."},
	"sleep":     {help: "A task does not sleep; it can `await … within 5s`."},
	"assert":    {help: "In a test, write `expect condition`; in a handler `if !condition { fail \"reason\" }`."},
	"late":      {help: "Event time is not there yet, so no event is late."},
}
