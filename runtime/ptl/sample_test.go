package ptl

import "pgregory.net/rapid"

// The types that the tests of descriptors share, as generated code would have them:
//
//	record Order(user: Int, name: String as "full_name", price: Float, paid: Bool = true, items: List[Int], note: Option[String])
//	enum Shape { Dot, Circle(radius: Float), Box(width: Float, height: Float, labels: Map[String, Int]) }
//	enum Tree { Leaf, Node(left: Tree, value: Int, right: Tree) }
type order struct {
	User  int64
	Name  string
	Price float64
	Paid  bool
	Items List[int64]
	Note  Option[string]
}

var orderType = RecordType("Order",
	Field("user", func(o *order) *int64 { return &o.User }, IntType),
	Field("name", func(o *order) *string { return &o.Name }, StringType).As("full_name"),
	Field("price", func(o *order) *float64 { return &o.Price }, FloatType),
	Field("paid", func(o *order) *bool { return &o.Paid }, BoolType).Default(func(o *order) { o.Paid = true }),
	Field("items", func(o *order) *List[int64] { return &o.Items }, ListType(IntType)),
	Field("note", func(o *order) *Option[string] { return &o.Note }, OptionType(StringType)))

type shapeTag uint8

const (
	shapeDot shapeTag = iota
	shapeCircle
	shapeBox
)

type shape struct {
	Tag           shapeTag
	Radius        float64
	Width, Height float64
	Labels        Map[string, int64]
}

var shapeType = EnumType("Shape", func(s *shape) *shapeTag { return &s.Tag },
	Variant[shape]("Dot"),
	Variant("Circle", Field("radius", func(s *shape) *float64 { return &s.Radius }, FloatType)),
	Variant("Box",
		Field("width", func(s *shape) *float64 { return &s.Width }, FloatType),
		Field("height", func(s *shape) *float64 { return &s.Height }, FloatType),
		Field("labels", func(s *shape) *Map[string, int64] { return &s.Labels }, MapType(StringType, IntType))))

type tree struct {
	Tag   uint8
	Left  *tree
	Value int64
	Right *tree
}

var treeType *Type[tree]

func init() {
	self := Lazy("Tree", func() *Type[tree] { return treeType })
	treeType = EnumType("Tree", func(t *tree) *uint8 { return &t.Tag },
		Variant[tree]("Leaf"),
		Variant("Node",
			PointerField("left", func(t *tree) **tree { return &t.Left }, self),
			Field("value", func(t *tree) *int64 { return &t.Value }, IntType),
			PointerField("right", func(t *tree) **tree { return &t.Right }, self)))
}

type status uint8

var statusType = EnumType("Status", func(s *status) *status { return s }, Variant[status]("Open"), Variant[status]("Closed"))

func anyString() *rapid.Generator[string] { return rapid.StringN(0, 8, 40) }

func anyFloat() *rapid.Generator[float64] { return rapid.Float64() }

func anyList[T any](item *rapid.Generator[T]) *rapid.Generator[List[T]] {
	return rapid.Custom(func(t *rapid.T) List[T] { return ListFrom(rapid.SliceOfN(item, 0, 5).Draw(t, "items")) })
}

func anyOption[T any](value *rapid.Generator[T]) *rapid.Generator[Option[T]] {
	return rapid.Custom(func(t *rapid.T) Option[T] {
		if rapid.Bool().Draw(t, "some") {
			return Some(value.Draw(t, "value"))
		}
		return None[T]()
	})
}

func anyMap[K comparable, V any](key *rapid.Generator[K], value *rapid.Generator[V]) *rapid.Generator[Map[K, V]] {
	return rapid.Custom(func(t *rapid.T) Map[K, V] {
		var m Map[K, V]
		for range rapid.IntRange(0, 15).Draw(t, "size") {
			MapPut(&m, key.Draw(t, "key"), value.Draw(t, "value"))
		}
		return m.Share()
	})
}

func anyOrder() *rapid.Generator[order] {
	return rapid.Custom(func(t *rapid.T) order {
		return order{
			User:  rapid.Int64().Draw(t, "user"),
			Name:  anyString().Draw(t, "name"),
			Price: anyFloat().Draw(t, "price"),
			Paid:  rapid.Bool().Draw(t, "paid"),
			Items: anyList(rapid.Int64()).Draw(t, "items"),
			Note:  anyOption(anyString()).Draw(t, "note"),
		}
	})
}

func anyShape() *rapid.Generator[shape] {
	return rapid.Custom(func(t *rapid.T) shape {
		switch tag := shapeTag(rapid.IntRange(0, 2).Draw(t, "tag")); tag {
		case shapeCircle:
			return shape{Tag: tag, Radius: anyFloat().Draw(t, "radius")}
		case shapeBox:
			return shape{Tag: tag, Width: anyFloat().Draw(t, "width"), Height: anyFloat().Draw(t, "height"),
				Labels: anyMap(anyString(), rapid.Int64()).Draw(t, "labels")}
		default:
			return shape{}
		}
	})
}

func anyTree(depth int) *rapid.Generator[tree] {
	return rapid.Custom(func(t *rapid.T) tree {
		if rapid.Bool().Draw(t, "leaf") || depth == 0 {
			return tree{}
		}
		left, right := anyTree(depth-1).Draw(t, "left"), anyTree(depth-1).Draw(t, "right")
		return tree{1, &left, rapid.Int64().Draw(t, "value"), &right}
	})
}
