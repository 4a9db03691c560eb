package typecheck

import (
	"sort"
	"strings"
	"sync"

	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/lang/types"
)

// Connector is what a stream can be read from, or a sink can write to. To add one, add its line here.
//
// Sig is a signature as in lang/builtin; its result is the type of the events. Beside types, a parameter can be an
// Atom (`64`, `64 or 5ms`) or a Bad (one of the words `skip` and `stop`). Every source also knows `time:` and
// `lateness:`, which are not there yet.
type Connector struct {
	Sig   string
	Doc   string
	Shape Shape

	sig *builtin.Signature
}

// Signature is the parsed form of Sig.
func (c *Connector) Signature() *builtin.Signature { return c.sig }

// Shape is what a connector can make events of, or of events.
type Shape int

// The shapes.
const (
	Lines Shape = iota // texts; a sink writes any event as text
	JSON               // any data
	Table              // records of scalars
)

var sources = []Connector{
	{Sig: "file.lines(path: String, atom?: Atom) -> String", Shape: Lines, Doc: "The lines of a text file."},
	{Sig: "file.ndjson(path: String, atom?: Atom, bad?: Bad) -> T", Shape: JSON, Doc: "A file with one JSON value per line."},
	{Sig: "file.csv(path: String, header?: Bool, atom?: Atom, bad?: Bad) -> T", Shape: Table, Doc: "A file of comma-separated values (RFC 4180)."},
	{Sig: "stdin.lines(atom?: Atom) -> String", Shape: Lines, Doc: "The lines of the standard input."},
	{Sig: "stdin.ndjson(atom?: Atom, bad?: Bad) -> T", Shape: JSON, Doc: "The standard input, one JSON value per line."},
	{Sig: "http.post(address: String, atom?: Atom) -> T", Shape: JSON, Doc: "What is posted to an address, as JSON."},
}

var sinks = []Connector{
	{Sig: "stdout.lines() -> T", Shape: Lines, Doc: "Each event as text on a line of the standard output."},
	{Sig: "stdout.ndjson() -> T", Shape: JSON, Doc: "Each event as JSON on a line of the standard output."},
	{Sig: "file.lines(path: String) -> T", Shape: Lines, Doc: "A file with each event as text on a line."},
	{Sig: "file.ndjson(path: String) -> T", Shape: JSON, Doc: "A file with each event as JSON on a line."},
	{Sig: "file.csv(path: String, header?: Bool) -> T", Shape: Table, Doc: "A file of comma-separated values (RFC 4180)."},
	{Sig: "http.post(url: String) -> T", Shape: JSON, Doc: "Each atom is posted to a URL, as NDJSON."},
}

var generators = []Connector{
	{Sig: "range(from: Int, until: Int, atom?: Atom) -> Int", Doc: "The numbers from `from` up to, but without, `until`."},
	{Sig: "list(items: List[T], atom?: Atom) -> T", Doc: "The elements of a list; one atom if `atom:` is left out."},
	{Sig: "atoms(atoms: List[List[T]]) -> T", Doc: "The elements of each list as one atom."},
	{Sig: "repeat(items: List[T], times: Int) -> T", Doc: "The elements of the list as one atom, several times."},
	{Sig: "unfold(seed: S, next: fun(S) -> Option[(T, S)], atom?: Atom) -> T", Doc: "Events made from a seed, until `next` gives None."},
	{Sig: "every(interval: Duration) -> Time", Doc: "The time, at every interval, each an atom of its own."},
	{Sig: "empty() -> T", Doc: "No events at all."},
}

// tables are the connectors by role and name.
var tables = sync.OnceValue(func() map[string]map[string]*Connector {
	all := map[string]map[string]*Connector{}
	for role, list := range map[string][]Connector{"source": sources, "sink": sinks, "generator": generators} {
		all[role] = map[string]*Connector{}
		for i := range list {
			c := &list[i]
			c.sig = builtin.MustParse(c.Sig)
			all[role][c.Name()] = c
		}
	}
	return all
})

// Name is how programs call it: `file.lines`, `range`.
func (c *Connector) Name() string {
	if c.sig.Module == "" {
		return c.sig.Name
	}
	return c.sig.Module + "." + c.sig.Name
}

// Connectors lists the connectors of a role, "source", "sink" or "generator", by name.
func Connectors(role string) []*Connector {
	var out []*Connector
	for _, c := range tables()[role] {
		out = append(out, c)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Sig < out[j].Sig })
	return out
}

func connectorNames(role string) []string {
	var names []string
	for name := range tables()[role] {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// isConnectorModule tells whether name is a module of connectors.
func isConnectorModule(name string) bool {
	for _, role := range []string{"source", "sink"} {
		for full := range tables()[role] {
			if strings.HasPrefix(full, name+".") {
				return true
			}
		}
	}
	return false
}

// fits tells whether a connector of that shape can carry events of type t; if not, what is in the way.
func (s Shape) fits(t types.Type) (culprit types.Type, ok bool) {
	if s != Table {
		return nil, true
	}
	n, isNamed := types.Resolve(t).(*types.Named)
	if !isNamed || n.Def.Sort == types.Enum || len(n.Def.Variants) != 1 {
		return t, types.Resolve(t) == types.Type(types.Invalid)
	}
	for _, f := range n.Def.Variants[0].Fields {
		ft := types.Resolve(n.FieldType(f))
		if o, ok := ft.(*types.Named); ok && o.Def == types.OptionDef {
			ft = types.Resolve(o.Args[0])
		}
		if b, ok := ft.(*types.Basic); !ok || b == types.Unit || b == types.Bytes {
			return ft, false
		}
	}
	return nil, true
}
