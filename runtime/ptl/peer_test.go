package ptl

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two apps with Go types of their own for one record.
type (
	soldHere  struct{ Item, Price int64 }
	soldThere struct{ Item, Price int64 }
)

func soldType[T any](name string, item, price func(*T) *int64) *Type[T] {
	return RecordType(name, Field("item", item, IntType), Field("price", price, IntType))
}

var (
	soldHereType  = soldType("Sold", func(s *soldHere) *int64 { return &s.Item }, func(s *soldHere) *int64 { return &s.Price })
	soldThereType = soldType("shop.Sold", func(s *soldThere) *int64 { return &s.Item }, func(s *soldThere) *int64 { return &s.Price })
)

// shop exports a stream of what it sells.
func shop(name string) *App {
	return &App{Name: name, Build: func(g *Graph) {
		SourceStream(g, StreamSpec{Name: "sold", Place: "shop.ptl:1:1", Exported: true}, soldHereType, ListSource(soldHereType, ListOf(soldHere{1, 5}), Cut{}))
	}}
}

// reader imports a stream of T of the shop, and hands over what it has built.
func reader[T any](stream string, t *Type[T], built func(handle *StreamNode)) *App {
	return &App{Name: "reader", Build: func(g *Graph) {
		built(PeerStream(g, PeerSpec{App: "shop", Name: stream, Place: "old/shop.ptl:2:2"}, t).Node)
	}}
}

func connect(apps ...*App) (*Graph, error) {
	g := &Graph{}
	Together(apps...).Build(g)
	return g, g.Connect()
}

func TestAtomsOfAPeerAreConverted(t *testing.T) {
	var handle *StreamNode
	g, err := connect(reader("sold", soldThereType, func(n *StreamNode) { handle = n }), shop("shop"))
	if err != nil {
		t.Fatal(err)
	}
	if origin := handle.Origin(); origin != g.Streams[0] || origin.Spec.Name != "shop.sold" {
		t.Errorf("it is bound to %v", origin.Spec)
	}
	got := handle.taken(Events[soldHere]{{1, 5}, {2, 7}})
	if d := cmp.Diff(Batch(Events[soldThere]{{1, 5}, {2, 7}}), got); d != "" {
		t.Error(d)
	}
	if got := string(handle.EventJSON(got, 1)); got != `{"item":2,"price":7}` {
		t.Error(got)
	}
}

func TestAtomsOfOneGoTypeAreTakenAsTheyAre(t *testing.T) {
	var handle *StreamNode
	if _, err := connect(shop("shop"), reader("sold", soldHereType, func(n *StreamNode) { handle = n })); err != nil {
		t.Fatal(err)
	}
	if handle.convert != nil {
		t.Error("they are converted")
	}
}

func TestWhatCannotBeBoundIsNamed(t *testing.T) {
	ignore := func(*StreamNode) {}
	for _, c := range []struct {
		apps []*App
		want string
	}{
		{[]*App{reader("sold", soldThereType, ignore)},
			"app shop is imported but does not run here; run the two together: portalsc run reader shop"},
		{[]*App{reader("sold", soldThereType, ignore), shop("other")},
			"app shop is imported but does not run here; run them together: portalsc run other reader shop"},
		{[]*App{reader("bought", soldThereType, ignore), shop("shop")},
			"app shop exports no stream bought, which app reader imports\n  app reader was compiled with old/shop.ptl:2:2"},
		{[]*App{reader("sold", StringType, ignore), shop("shop")},
			"stream shop.sold does not fit what app reader imports: the type is Sold in app shop, and String in app reader\n" +
				"  app shop has shop.ptl:1:1, and app reader was compiled with old/shop.ptl:2:2: run it with the one that it imports"},
	} {
		if _, err := connect(c.apps...); fmt.Sprint(err) != c.want {
			t.Errorf("%v\nwant %s", err, c.want)
		}
	}
}

func TestParamsOfSeveralApps(t *testing.T) {
	app := func(name string, params ...string) *App {
		a := &App{Name: name, Build: func(*Graph) {}}
		for _, p := range params {
			a.Params = append(a.Params, &Param{Spec: ParamSpec{Name: p, Flag: p}})
		}
		return a
	}
	var got []string
	all := Together(app("b", "input", "most"), app("a", "input"))
	for _, p := range all.Params {
		got = append(got, p.App+" "+p.Spec.Name+" --"+p.Spec.Flag)
	}
	if d := cmp.Diff([]string{"b b.input --b.input", "b b.most --most", "a a.input --a.input"}, got); d != "" {
		t.Error(d)
	}
	if all.Name != "a+b" {
		t.Error(all.Name)
	}
	one := Together(app("b", "input"))
	if p := one.Params[0]; one.Name != "b" || p.App != "" || p.Spec.Name != "input" || p.Spec.Flag != "input" {
		t.Errorf("%s %+v", one.Name, p)
	}
}
