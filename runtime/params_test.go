package runtime

import (
	"bytes"
	"strings"
	"testing"

	"github.com/portals-lang/portals/runtime/ptl"
)

// paramsApp has params whose defaults read others, in any order.
func paramsApp() (*ptl.App, func() (a, b, c int64)) {
	var v struct {
		a, b, c, x, y int64
		loud          bool
	}
	ints := func(place *int64, name string, reads []string, def func() int64) *ptl.Param {
		return ptl.NewParam(place, ptl.IntType, ptl.ParamSpec{Name: name, Flag: name, Place: "p.ptl:1:1", Reads: reads}, def)
	}
	app := &ptl.App{Name: "p", Build: func(*ptl.Graph) {}, Params: []*ptl.Param{
		ints(&v.b, "b", []string{"a"}, func() int64 { return v.a * 10 }),
		ints(&v.a, "a", nil, func() int64 { return 2 }),
		ints(&v.c, "c", []string{"b", "a"}, func() int64 { return v.b + v.a }),
		ints(&v.x, "x", []string{"y"}, func() int64 { return v.y }),
		ints(&v.y, "y", []string{"x"}, func() int64 { return v.x }),
		ptl.NewParam(&v.loud, ptl.BoolType, ptl.ParamSpec{Name: "loud", Flag: "loud"}, func() bool { return false }),
	}}
	return app, func() (a, b, c int64) { return v.a, v.b, v.c }
}

func runParams(args ...string) (values [3]int64, status int, said string) {
	app, get := paramsApp()
	var out, errs bytes.Buffer
	status = run(app, append(args, "--memory"), &out, &errs)
	values[0], values[1], values[2] = get()
	return values, status, out.String() + errs.String()
}

func TestDefaultsFollowFlags(t *testing.T) {
	for _, test := range []struct {
		args string
		want [3]int64
	}{
		{"--x 1", [3]int64{2, 20, 22}},
		{"--x 1 --a 5", [3]int64{5, 50, 55}},
		{"--x 1 --b 1", [3]int64{2, 1, 3}},
		{"--y 1 --c 9 --loud=false", [3]int64{2, 20, 9}},
		{"--y 1 --loud", [3]int64{2, 20, 22}},
	} {
		if got, status, said := runParams(strings.Fields(test.args)...); got != test.want || status != 0 {
			t.Errorf("%s: %v, %d: %s", test.args, got, status, said)
		}
	}
	if _, status, said := runParams(); status != exitFailed || !strings.Contains(said, "the defaults of --x, --y depend on each other in a circle: give one of these flags") {
		t.Error(status, said)
	}
}

func TestHelpShowsDefaults(t *testing.T) {
	_, status, said := runParams("--help")
	for _, line := range []string{"(default 20)", "(default 2)", "(default 22)", "(default false)", "(default computed from other params)"} {
		if status != 0 || !strings.Contains(said, line) {
			t.Errorf("%s is not in %s", line, said)
		}
	}
}

func TestProgressLine(t *testing.T) {
	now := Progress{Atoms: 1200, Events: 1_234_567, Skipped: 3}
	now.Sources = append(now.Sources, struct {
		Stream      string
		Read, Total int64
	}{"text", 450, 1000})
	const want = "1,234,567 events (234,567/s), 1,200 atoms (200/s), text 45%, 3 skipped"
	if got := progressLine(now, Progress{Atoms: 1000, Events: 1_000_000}, 1); got != want {
		t.Error(got)
	}
}

func TestRecoveringLine(t *testing.T) {
	const want = "reading the store's log [##########....................] 40 of 120 MiB"
	if got := recoveringLine(40<<20, 120<<20); got != want {
		t.Error(got)
	}
}
