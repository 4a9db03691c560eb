package ptl

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestShapesInText(t *testing.T) {
	for _, c := range []struct {
		shape *Shape
		want  string
	}{
		{IntType.Shape(), "Int"},
		{MapType(StringType, OptionType(ListType(IntType))).Shape(), "Map[String, Option[List[Int]]]"},
		{Tuple2Type(UnitType, ResultType(SetType(IntType), TimeType)).Shape(), "(Unit, Result[Set[Int], Time])"},
		{ListType(orderType).Shape(),
			"List[Order] where record Order(user: Int, name: String, price: Float, paid: Bool, items: List[Int], note: Option[String])"},
		{treeType.Shape(), "Tree where enum Tree { Leaf, Node(left: Tree, value: Int, right: Tree) }"},
		{ErrorType.Shape(), "Error where record Error(message: String)"},
		{replyType(requestType(shapeType)).Shape(),
			"Reply[Request[Shape]] where enum Shape { Dot, Circle(radius: Float), Box(width: Float, height: Float, labels: Map[String, Int]) }"},
	} {
		if got := c.shape.Text(); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}

func TestShapesGoThroughJSON(t *testing.T) {
	s := Tuple2Type(treeType, ListType(orderType)).Shape()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	got := &Shape{}
	if err := json.Unmarshal(text, got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(s, got); d != "" {
		t.Error(d)
	}
}

func TestShapesTellDefaults(t *testing.T) {
	for _, f := range orderType.Shape().Find("Order").Variants[0].Fields {
		want := map[string][]byte{"paid": {1}, "note": {0}}[f.Name]
		if !bytes.Equal(f.Default, want) {
			t.Errorf("%s: %v, want %v", f.Name, f.Default, want)
		}
	}
}

// parsed makes the shape of `T where …` from a short text: types as in the language, one definition a line.
func parsed(text string) *Shape {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	s := &Shape{Type: parsedPart(lines[0])}
	for _, line := range lines[1:] {
		words, body, _ := strings.Cut(strings.TrimSpace(line), " = ")
		kind, name, _ := strings.Cut(words, " ")
		n := &NamedShape{Name: name, Enum: kind == "enum"}
		for _, v := range strings.Split(body, " | ") {
			variant, fields, _ := strings.Cut(v, " ")
			made := VariantShape{Name: variant}
			for _, f := range strings.Fields(fields) {
				field, of, _ := strings.Cut(f, ":")
				of, def, has := strings.Cut(of, "=")
				shape := FieldShape{Name: field, Type: parsedPart(of)}
				if has {
					shape.Default = []byte(def)
				}
				made.Fields = append(made.Fields, shape)
			}
			n.Variants = append(n.Variants, made)
		}
		s.Named = append(s.Named, n)
	}
	return s
}

func parsedPart(text string) *ShapePart {
	if kind, of, ok := strings.Cut(text, "["); ok {
		p := &ShapePart{Kind: kind}
		for _, part := range strings.Split(strings.TrimSuffix(of, "]"), ",") {
			p.Of = append(p.Of, parsedPart(part))
		}
		return p
	}
	if text == strings.ToUpper(text) || strings.Contains(text, ".") {
		return &ShapePart{Kind: kindNamed, Name: text}
	}
	return &ShapePart{Kind: text}
}

func TestDifferences(t *testing.T) {
	base := "List[A]\nrecord A = A x:Int b:B\nenum B = Off | On n:Int a:A"
	for _, c := range []struct{ a, b, want string }{
		{base, base, ""},
		{base, "List[shop.A]\nrecord shop.A = shop.A x:Int=7 b:shop.B\nenum shop.B = Off | On n:Int a:shop.A", ""},
		{"Int", "String", "the type is Int in p, and String in q"},
		{"Map[Int,Int]", "Map[Int,Float]", "the type is Map[Int, Int] in p, and Map[Int, Float] in q"},
		{base, "A\nrecord A = A x:Int", "the type is List[A] in p, and A in q"},
		{base, strings.Replace(base, "x:Int", "x:Float", 1), "field x of record A is Int in p, and Float in q"},
		{base, strings.Replace(base, "x:Int ", "", 1), "record A has a field x in p, and none in q"},
		{base, strings.Replace(base, "x:Int b:B", "b:B x:Int", 1), "field number 1 of record A is x in p, and b in q"},
		{base, base + " | Dim", "enum B has a variant Dim in q, and none in p"},
		{base, strings.Replace(base, "n:Int", "n:Option[Int]", 1), "field n of variant On of enum B is Int in p, and Option[Int] in q"},
		{"A\nrecord A = A x:Int", "Z\nrecord Z = Z x:Int", "the type is A in p, and Z in q"},
	} {
		if got := Difference(parsed(c.a), parsed(c.b), "p", "q"); got != c.want {
			t.Errorf("%q\nwant %q", got, c.want)
		}
	}
}

func TestCompatible(t *testing.T) {
	base := "List[A]\nrecord A = A x:Int b:B\nenum B = Off | On n:Int a:A"
	for _, c := range []struct{ old, new, why string }{
		{base, base, ""},
		{base, "List[Z]\nrecord Z = Z note:Option[Int]=0 b:Y x:Int\nenum Y = Dim k:Int | On a:Z n:Int | Off", ""},
		{base, base + " | Dim", ""},
		{base + " | Dim", base, "variant Dim of enum B is gone"},
		{base, strings.Replace(base, "x:Int ", "", 1), "field x of record A is gone"},
		{base, strings.Replace(base, "x:Int", "x:Int y:Int", 1), "field y of record A is new and has no default"},
		{base, strings.Replace(base, "n:Int", "n:Float", 1),
			"field n of variant On of enum B is Int in the old version, and Float in the new one"},
		{"Set[Int]", "List[Int]", "the type is Set[Int] in the old version, and List[Int] in the new one"},
	} {
		ok, why := Compatible(parsed(c.old), parsed(c.new))
		if why != c.why || ok != (why == "") {
			t.Errorf("%v %q\nwant %q", ok, why, c.why)
		}
		if _, err := Convert(parsed(c.old), parsed(c.new), []byte{0}); (err == nil) != ok {
			t.Errorf("converting: %v", err)
		}
	}
}

func TestConvertReportsDamage(t *testing.T) {
	s := ListType(treeType).Shape()
	for _, data := range []string{"", "\x01", "\x01\x02", "\x00\x00", "\x02\x00", strings.Repeat("\x01", 100_000)} {
		if got, err := Convert(s, s, []byte(data)); err == nil {
			t.Errorf("%.10q gives %x", data, got)
		}
	}
}

// TestConvert: a value of any old shape, in any new shape that is compatible, is the value that was, with defaults for
// what is new.
func TestConvert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old := anyShapes(t)
		now := changed(t, old)
		if ok, why := Compatible(old, now); !ok {
			t.Fatalf("%s\n%s\n%s", old.Text(), now.Text(), why)
		}
		v := anyValue(t, old, old.Type, 4)
		got, err := Convert(old, now, v.encode(old, old.Type, nil))
		if want := v.encode(now, now.Type, nil); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%s\n%s\n%x, %v, want %x", old.Text(), now.Text(), got, err, want)
		}
	})
}
