package diag

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// tabStop is how wide a tab can be; source is shown with tabs as blanks, so that underlines meet their text.
const tabStop = 4

// expandTabs replaces tabs by blanks and characters that a terminal would obey by ones that it shows.
func expandTabs(line string) string {
	if !strings.ContainsFunc(line, func(r rune) bool { return r == '\t' || unprintable(r) }) {
		return line
	}
	var out strings.Builder
	column := 0
	for _, r := range line {
		switch {
		case r == '\t':
			n := tabStop - column%tabStop
			out.WriteString(strings.Repeat(" ", n))
			column += n
			continue
		case unprintable(r):
			r = unicode.ReplacementChar
		}
		out.WriteRune(r)
		column += runeColumns(r)
	}
	return out.String()
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

// clip returns the room columns of line that start at column shift, with an ellipsis where something was cut off.
func clip(line string, shift, room int) string {
	if shift == 0 && columns(line) <= room {
		return line
	}
	var out strings.Builder
	column := 0
	for _, r := range line {
		w := runeColumns(r)
		if column >= shift && column+w <= shift+room {
			out.WriteRune(r)
		}
		column += w
		if column > shift+room {
			break
		}
	}
	text := []rune(out.String())
	if shift > 0 && len(text) > 0 && runeColumns(text[0]) == 1 {
		text[0] = '…'
	}
	if column > shift+room && len(text) > 0 && runeColumns(text[len(text)-1]) == 1 {
		text[len(text)-1] = '…'
	}
	return string(text)
}
