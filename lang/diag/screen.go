package diag

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// tabStop is how wide a tab can be; source is shown with tabs as blanks, so that underlines meet their text.
const tabStop = 4

// onScreen is what is shown of the character c at a column: a rune, so many times, each so wide. Tabs are blanks, and what a terminal
// would obey is something that it shows.
func onScreen(c rune, column int) (shown rune, times, wide int) {
	switch {
	case c == '\t':
		return ' ', tabStop - column%tabStop, 1
	case unprintable(c):
		return unicode.ReplacementChar, 1, 1
	}
	return c, 1, runeColumns(c)
}

// printable replaces control characters, which titles may quote from a source, but keeps line ends.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && unprintable(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// unprintable tells whether r could change how a terminal shows what is around it: control characters, and the
// invisible ones that reorder text.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

// columns is the number of columns that text takes on the screen.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

// runeColumns is 2 for the wide characters of East Asia and for emoji, 0 for marks that combine with what stands
// before them, and 1 for all others.
func runeColumns(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// window is what is shown in the room columns behind column shift of a line that goes on at column with text; an ellipsis stands
// where something was cut off.
func window(text string, column, shift, room int) string {
	var out []rune
	for _, c := range text {
		r, times, wide := onScreen(c, column)
		for range times {
			if column >= shift && column+wide <= shift+room {
				out = append(out, r)
			}
			column += wide
		}
		if column > shift+room {
			break
		}
	}
	if shift > 0 && len(out) > 0 && runeColumns(out[0]) == 1 {
		out[0] = '…'
	}
	if last := len(out) - 1; column > shift+room && last >= 0 && runeColumns(out[last]) == 1 {
		out[last] = '…'
	}
	return string(out)
}
