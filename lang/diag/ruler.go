package diag

import (
	"sort"
	"strings"

	"github.com/portals-lang/portals/lang/source"
)

// rulers measure the lines that findings of one list point into. A line may be very long and have very many findings: it is walked
// through once, and from then on a place in it takes only the way from the tick before it.
type rulers map[lineOf]*ruler

type lineOf struct {
	file *source.File
	line int
}

func (rs rulers) of(file *source.File, line int) *ruler {
	r := rs[lineOf{file, line}]
	if r == nil {
		r = newRuler(file.Line(line))
		rs[lineOf{file, line}] = r
	}
	return r
}

// ruler measures one line.
type ruler struct {
	text   string
	ticks  []tick // at the first character, and at about each 256th byte
	width  int    // columns of the whole line
	indent int    // columns of the blanks that it begins with
}

// tick is a place in a line: bytes, columns on the screen and units of UTF-16 that stand before it.
type tick struct {
	offset, column, utf16 int
}

// tickEvery is the number of bytes between two ticks, or a few more.
const tickEvery = 256

func newRuler(text string) *ruler {
	r := &ruler{text: text, ticks: []tick{{}}}
	at := tick{}
	for at.offset < len(text) {
		at = at.walk(text, min(at.offset+tickEvery, len(text)))
		r.ticks = append(r.ticks, at)
	}
	r.width = at.column
	blanks := len(text) - len(strings.TrimLeft(text, " \t"))
	r.indent = r.at(blanks).column
	return r
}

// walk is the first place at offset or behind it where a character of text begins.
func (t tick) walk(text string, offset int) tick {
	start := t.offset
	if start >= offset {
		return t
	}
	for i, c := range text[start:] {
		if start+i >= offset {
			t.offset = start + i
			return t
		}
		_, times, wide := onScreen(c, t.column)
		t.column += times * wide
		t.utf16++
		if c >= 0x10000 {
			t.utf16++
		}
	}
	t.offset = len(text)
	return t
}

// at is the place of the byte at offset.
func (r *ruler) at(offset int) tick {
	offset = min(offset, len(r.text))
	i := sort.Search(len(r.ticks), func(i int) bool { return r.ticks[i].offset > offset })
	return r.ticks[i-1].walk(r.text, offset)
}

// before is the last tick before column: what takes no room there stands behind it.
func (r *ruler) before(column int) tick {
	i := sort.Search(len(r.ticks), func(i int) bool { return r.ticks[i].column >= column })
	return r.ticks[max(i-1, 0)]
}

// shift is the column from which to show the line in room columns, so that the given one is seen.
func (r *ruler) shift(column, room int) int {
	if r.width <= room {
		return 0
	}
	return max(column-room/2, 0)
}

// window is the room columns of the line behind column shift.
func (r *ruler) window(shift, room int) string {
	from := r.before(shift)
	return window(r.text[from.offset:], from.column, shift, room)
}
