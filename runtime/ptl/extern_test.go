package ptl

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestToGoAndBack(t *testing.T) {
	if got := GoSlice(ListOf[int64](1, 2), GoInt); !cmp.Equal(got, []int{1, 2}) {
		t.Error(got)
	}
	list := ListOf[int64](1, 2)
	GoSlice(list, Same[int64])[0] = 9
	kept := []string{"a"}
	made := ListOfGo(kept, TextOfGo)
	kept[0] = "b"
	if list.All()[0] != 1 || made.All()[0] != "a" {
		t.Error("a change in Go shows in a list")
	}
	m := MapOfGo(map[string]int{"b": 2, "a": 1, "c": 3}, TextOfGo, IntOfGo)
	if got := MapType(StringType, IntType).Text(m); got != `["a": 1, "b": 2, "c": 3]` {
		t.Error(got)
	}
	if got := GoMap(m, Same[string], GoInt); !cmp.Equal(got, map[string]int{"b": 2, "a": 1, "c": 3}) {
		t.Error(got)
	}
	if p := GoPointer(Some[int64](3), GoInt); *p != 3 || GoPointer(None[int64](), GoInt) != nil {
		t.Error(p)
	}
	if o := OptionOfGo(new(int), IntOfGo); o != Some[int64](0) || OptionOfGo(nil, IntOfGo).OK {
		t.Error(o)
	}
	moment := Time(1_700_000_000_123_456_789)
	if back := TimeOfGo(GoTime(moment).In(time.FixedZone("x", 3600))); back != moment {
		t.Error(back)
	}
	Check(nil)
}

func TestWhatGoMayNotGive(t *testing.T) {
	for want, f := range map[string]func(){
		"out of paper":                       func() { Check(errors.New("out of paper")) },
		"Go gave a string that is not UTF-8": func() { TextOfGo("\xff") },
		"Go gave the time 0001-01-01T00:00:00Z, which does not fit in Time (the years 1678 to 2262)": func() { TimeOfGo(time.Time{}) },
	} {
		func() {
			defer func() {
				if f, ok := recover().(Failure); !ok || f.Message != want {
					t.Errorf("%q fails with %q", want, f.Message)
				}
			}()
			f()
		}()
	}
}

// TestASCII: one byte that is none is found wherever it stands.
func TestASCII(t *testing.T) {
	for n := range 250 {
		text := []byte(strings.Repeat("a", n))
		if !ascii(string(text)) {
			t.Fatalf("%d letters are not ASCII", n)
		}
		for i := range text {
			text[i] = 0x80
			if ascii(string(text)) {
				t.Fatalf("byte %d of %d is not seen", i, n)
			}
			text[i] = 'a'
		}
	}
}
