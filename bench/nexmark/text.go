package nexmark

import (
	"encoding/binary"
	"strings"
)

// least is the length of the shortest text.
const least = 3

// text has from least up to, but without, most characters, of which one in 13 is special and the others are letters.
// Blanks do not count at its ends.
func (r *random) text(most int64, special byte) string {
	n := least + r.below(most-least)
	var b strings.Builder
	b.Grow(int(n))
	for range n {
		bits := r.next()
		if bits>>32*13>>32 == 0 {
			b.WriteByte(special)
		} else {
			b.WriteByte(byte('a' + bits&(1<<32-1)*26>>32))
		}
	}
	return strings.TrimSpace(b.String())
}

// url is a page of the auction house.
func (r *random) url() string {
	return "https://www.nexmark.com/" + r.text(5, '_') + "/" + r.text(5, '_') + "/" + r.text(5, '_') + "/item.htm?query=1"
}

// letters are n of them: a copy of a part of filler. Drawing them anew was a fifth of what a query takes.
func (r *random) letters(n int64) string {
	at := r.below(fillerSize - n)
	return strings.Clone(filler[at : at+n])
}

const fillerSize = 64 << 10

var filler = makeFiller()

func makeFiller() string {
	r := random(0)
	b := make([]byte, 0, fillerSize)
	for range fillerSize / 8 {
		b = binary.LittleEndian.AppendUint64(b, lettersOf(r.next()))
	}
	return string(b)
}

// lettersOf makes a letter of each byte, four at a time: a byte times 26, by 256, counts from a.
func lettersOf(bits uint64) uint64 {
	const lanes = 0x00ff00ff00ff00ff
	even := (bits & lanes) * 26 >> 8 & lanes
	odd := (bits >> 8 & lanes) * 26 >> 8 & lanes
	return (even | odd<<8) + 0x6161616161616161
}
