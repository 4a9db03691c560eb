package ptl

import (
	"path/filepath"
	"testing"
)

func TestPlaceIsTheInnermostFrameOfAProgram(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no failure")
		}
		site, ok := Place()
		if !ok || filepath.Base(site.File) != "cart.ptl" || site.Line != 12 || site.Function == "" {
			t.Errorf("%+v, %v", site, ok)
		}
	}()
	inProgram(0)
}

func TestPlaceOutsideOfAnyProgram(t *testing.T) {
	if site, ok := Place(); ok {
		t.Error(site)
	}
}

//line shop/cart.ptl:10
func inProgram(zero int64) int64 {
	items := ListOf(zero)
	return ListMap(items, func(x int64) int64 { return Div(1, x) }).All()[0]
}
