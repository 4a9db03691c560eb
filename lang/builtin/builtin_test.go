package builtin

import (
	"strings"
	"testing"

	"github.com/portals-lang/portals/lang/types"
)

func TestEveryEntryParsesAndIsDocumented(t *testing.T) {
	goNames := map[string]string{}
	for _, e := range All() {
		if !strings.HasSuffix(e.Doc, ".") || e.Example == "" {
			t.Errorf("%s: wants a sentence and an example", e.Name())
		}
		if other := goNames[e.GoName()]; other != "" {
			t.Errorf("%s and %s are both %s in Go", e.Name(), other, e.GoName())
		}
		goNames[e.GoName()] = e.Name()
		if e.Mutates && e.Signature().Result != types.Type(types.Unit) {
			t.Errorf("%s changes its receiver and gives a value", e.Name())
		}
	}
}

func TestSignatures(t *testing.T) {
	sortBy := Lookup("List", "sortBy").Signature()
	if got := sortBy.Self.String() + " " + sortBy.Result.String(); got != "List[T] List[T]" {
		t.Errorf("sortBy: %s", got)
	}
	if len(sortBy.TypeParams) != 2 || sortBy.TypeParams[1].Needs != types.NeedOrd || sortBy.TypeParams[0].Needs != 0 {
		t.Errorf("sortBy: type parameters %v", sortBy.TypeParams)
	}
	if p := Lookup("List", "length").Signature(); !p.Property {
		t.Error("length is no property")
	}
	toMap := Lookup("List", "toMap").Signature()
	if got := toMap.Self.String(); got != "List[(K, V)]" || toMap.TypeParams[0].Needs != types.NeedKey {
		t.Errorf("toMap: %s", got)
	}
	if p := Named("Set").Signature().Params[0]; !p.Optional {
		t.Error("the list of Set() cannot be left out")
	}
	file := MustParse("file.lines(path: String, atom?: Atom, bad?: Bad) -> String")
	if file.Module != "file" || file.Params[1].Word != "Atom" || !file.Params[2].Optional {
		t.Errorf("file.lines: %+v", file)
	}
}

func TestBadSignatures(t *testing.T) {
	for _, text := range []string{"", "f(", "f(a Int)", "f() -> Nope", "List[T", "f() x", "f[T: huge]()"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%q parses", text)
		}
	}
}

func TestHintsNameNothingThatExists(t *testing.T) {
	for receiver, names := range hints {
		for name := range names {
			if table()[qualified(receiver, name)] != nil {
				t.Errorf("a hint for %s, which exists", qualified(receiver, name))
			}
		}
	}
}
