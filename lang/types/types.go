// Package types holds type terms. It knows no syntax: definitions of records and enums are filled by the checker,
// everything else is built here.
//
// Basic types are singletons; compound terms are compared with Identical. A term may hold inference variables (Var)
// while a declaration is checked, and type parameters (Param) inside generic declarations; Resolve removes bound
// variables. Invalid fits everywhere, so that one mistake is reported once; Never is the type of what has no value.
package types

import "github.com/portals-lang/portals/lang/source"

// Type is a type term: *Basic, *Named, *Tuple, *Func, *Param or *Var.
type Type interface {
	String() string // as users write it
	typ()
}

// Kind tells the basic types apart.
type Kind int

// The basic types.
const (
	InvalidKind Kind = iota
	NeverKind
	BoolKind
	IntKind
	FloatKind
	StringKind
	BytesKind
	TimeKind
	DurationKind
	UnitKind
)

// Basic is a type without parts.
type Basic struct {
	Kind Kind
	name string
}

// The basic types; compare by pointer.
var (
	Invalid  = &Basic{InvalidKind, "?"}
	Never    = &Basic{NeverKind, "Never"}
	Bool     = &Basic{BoolKind, "Bool"}
	Int      = &Basic{IntKind, "Int"}
	Float    = &Basic{FloatKind, "Float"}
	String   = &Basic{StringKind, "String"}
	Bytes    = &Basic{BytesKind, "Bytes"}
	Time     = &Basic{TimeKind, "Time"}
	Duration = &Basic{DurationKind, "Duration"}
	Unit     = &Basic{UnitKind, "Unit"}
)

// Def is the definition of a named type: a record, an enum or a built-in one.
type Def struct {
	Name     string
	Module   string // "" in the app itself; the module's or app's name otherwise
	Sort     Sort
	Params   []*Param
	Variants []*Variant // Enum (and Option, Result): all; Record: one, of the record's name
	Doc      string
	Span     source.Span // the name where it is declared; not valid for built-in types
	// Recursive tells that a value can contain another of the same type other than through a List, Map or Set;
	// such fields are boxed, and such a type is no key.
	Recursive bool
}

// Sort tells what a Def defines.
type Sort int

// The sorts of definitions.
const (
	Record Sort = iota
	Enum
	Builtin // List, Map, Set, Option, Result, Future, Error, Failure, DeadLetter
)

// Variant is a constructor with its fields.
type Variant struct {
	Def    *Def
	Index  int
	Name   string
	Fields []*Field
	Doc    string
	Span   source.Span
}

// Field is one field of a record or variant.
type Field struct {
	Name     string
	DataName string // in JSON and CSV; equals Name unless `as` says otherwise
	Type     Type   // in terms of the Def's Params
	Default  bool   // has a default; the expression stands in the syntax (typecheck.Info.Defaults)
	Doc      string
	Span     source.Span
}

// Named is a definition applied to arguments; len(Args) == len(Def.Params).
type Named struct {
	Def  *Def
	Args []Type
}

// Tuple has two elements or more, at most MaxTuple.
type Tuple struct{ Elems []Type }

// MaxTuple is the greatest number of elements of a tuple.
const MaxTuple = 8

// Func is the type of a function, for parameters only.
type Func struct {
	Params []Type
	Result Type
}

// Constraint is what a type parameter must support.
type Constraint uint8

// The constraints; they add up.
const (
	NeedEq  Constraint = 1 << iota // ==
	NeedOrd                        // <
	NeedKey                        // can be a key
)

// Param is a type parameter of a definition, function or task. Needs is inferred from its uses.
type Param struct {
	Name  string
	Needs Constraint
}

// Var is an inference variable.
type Var struct {
	ID    int
	Bound Type // nil: free
	Needs Constraint
}

func (*Basic) typ() {}
func (*Named) typ() {}
func (*Tuple) typ() {}
func (*Func) typ()  {}
func (*Param) typ() {}
func (*Var) typ()   {}

func builtin(name string, params ...string) *Def {
	d := &Def{Name: name, Sort: Builtin}
	for _, p := range params {
		d.Params = append(d.Params, &Param{Name: p})
	}
	return d
}

// The built-in definitions with parameters. Option and Result have variants; Error is a record of message: String.
var (
	ListDef   = builtin("List", "T")
	MapDef    = builtin("Map", "K", "V")
	SetDef    = builtin("Set", "T")
	OptionDef = builtin("Option", "T")
	ResultDef = builtin("Result", "T", "E")
	FutureDef = builtin("Future", "T")
	ErrorDef  = builtin("Error")
	// Failure[T] is what `on error e` binds: message: String, event: Option[T], the input that failed.
	FailureDef = builtin("Failure", "T")
	// DeadLetter is an event of the stream deadLetters: what failed and was skipped.
	DeadLetterDef = builtin("DeadLetter")
)

// Error is what `try await` gives when an ask fails: a record with one field, message: String.
var Error = &Named{Def: ErrorDef}

func init() {
	variants := func(d *Def, vs ...*Variant) {
		for i, v := range vs {
			v.Def, v.Index = d, i
			for _, f := range v.Fields {
				f.DataName = f.Name
			}
		}
		d.Variants = vs
	}
	variants(OptionDef,
		&Variant{Name: "None"},
		&Variant{Name: "Some", Fields: []*Field{{Name: "value", Type: OptionDef.Params[0]}}})
	variants(ResultDef,
		&Variant{Name: "Ok", Fields: []*Field{{Name: "value", Type: ResultDef.Params[0]}}},
		&Variant{Name: "Err", Fields: []*Field{{Name: "error", Type: ResultDef.Params[1]}}})
	variants(ErrorDef, &Variant{Name: "Error", Fields: []*Field{{Name: "message", Type: String}}})
	variants(FailureDef, &Variant{Name: "Failure", Fields: []*Field{
		{Name: "message", Type: String}, {Name: "event", Type: Option(FailureDef.Params[0])}}})
	variants(DeadLetterDef, &Variant{Name: "DeadLetter", Fields: []*Field{
		{Name: "event", Type: String}, {Name: "task", Type: String}, {Name: "key", Type: String},
		{Name: "error", Type: String}, {Name: "place", Type: String}}})
	MapDef.Params[0].Needs = NeedKey
	SetDef.Params[0].Needs = NeedKey
}

// IsRecord tells whether values of d are made by the constructor of its name and nothing else. Failure is not one: it is data nowhere.
func (d *Def) IsRecord() bool { return d.Sort == Record || d == ErrorDef || d == DeadLetterDef }

// DeadLetter is the type of the events of deadLetters.
var DeadLetter = &Named{Def: DeadLetterDef}

// Failure is Failure[event].
func Failure(event Type) *Named { return &Named{FailureDef, []Type{event}} }

// List is List[elem].
func List(elem Type) *Named { return &Named{ListDef, []Type{elem}} }

// Map is Map[key, value].
func Map(key, value Type) *Named { return &Named{MapDef, []Type{key, value}} }

// Set is Set[elem].
func Set(elem Type) *Named { return &Named{SetDef, []Type{elem}} }

// Option is Option[elem].
func Option(elem Type) *Named { return &Named{OptionDef, []Type{elem}} }

// Result is Result[ok, err].
func Result(ok, err Type) *Named { return &Named{ResultDef, []Type{ok, err}} }

// Future is Future[elem].
func Future(elem Type) *Named { return &Named{FutureDef, []Type{elem}} }

var basics = map[string]*Basic{
	"Bool": Bool, "Int": Int, "Float": Float, "String": String, "Bytes": Bytes, "Time": Time, "Duration": Duration, "Unit": Unit,
}

var builtinDefs = map[string]*Def{
	"List": ListDef, "Map": MapDef, "Set": SetDef, "Option": OptionDef, "Result": ResultDef, "Future": FutureDef, "Error": ErrorDef,
	"Failure": FailureDef, "DeadLetter": DeadLetterDef,
}

// BasicOf is the basic type that programs call name, or nil.
func BasicOf(name string) *Basic { return basics[name] }

// BuiltinDef is the built-in definition called name, or nil.
func BuiltinDef(name string) *Def { return builtinDefs[name] }
