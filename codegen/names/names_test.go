package names

import "testing"

func TestTakeNumbersWhatIsTakenAndMarksKeywords(t *testing.T) {
	s := NewScope("ptl")
	inner := s.Inner()
	for _, c := range []struct {
		scope      *Scope
		want, name string
	}{
		{s, "item", "item"},
		{inner, "item", "item2"},
		{inner, "item", "item3"},
		{s.Inner(), "item", "item2"}, // its neighbour's names are no concern of a scope
		{s, "x1", "x1"},
		{s, "x1", "x1_2"},
		{s, "type", "type_"},
		{s, "max", "max2"},
		{s, "ptl", "ptl2"},
		{s, "close", "close"},
		{s, "_", "_2"},
	} {
		if got := c.scope.Take(c.want); got != c.name {
			t.Errorf("Take(%q) = %q, want %q", c.want, got, c.name)
		}
	}
}

func TestNamesTakenOutsideLaterAreTakenInside(t *testing.T) {
	s := NewScope()
	inner := s.Inner()
	s.Take("x")
	if got := inner.Take("x"); got != "x2" {
		t.Errorf("got %q", got)
	}
}

func TestSpelling(t *testing.T) {
	for _, c := range []struct {
		f          func(string) string
		want, name string
	}{
		{Upper, "word", "Word"},
		{Upper, "Tree[Int]", "TreeInt"},
		{Upper, "money.Amount", "MoneyAmount"},
		{Upper, "Pair[String, List[Int]]", "PairStringListInt"},
		{Upper, "été", "Été"},
		{Upper, "名前", "X名前"},
		{Upper, "_x", "X_x"},
		{Lower, "Total", "total"},
		{Lower, "HTTPServer", "httpServer"},
		{Lower, "URL", "url"},
		{Lower, "perItem", "perItem"},
		{Lower, "2nd", "n2nd"},
		{Package, "word-count", "wordcount"},
		{Package, "2048", "app"},
		{Package, "main", "mainapp"},
		{Package, "init", "initapp"},
		{Package, "Shop", "shop"},
		{File, "wordcount", "wordcount"},
		{File, "build_linux", "build_linux_"},
		{File, "linux", "linux"},
		{File, "my_test", "my_test_"},
	} {
		if got := c.f(c.want); got != c.name {
			t.Errorf("%q became %q, want %q", c.want, got, c.name)
		}
	}
}
