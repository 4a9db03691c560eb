package nexmark

// least is the length of the shortest text.
const least = 3

// text has from least up to, but without, most characters, of which one in 13 is special and the others are letters.
// Blanks do not count at its ends. It is a part of spaced or scored, since drawing each letter anew was most of what a
// description takes; so all texts of all events are parts of a text of some ten thousand letters.
func (r *random) text(most int64, special byte) string {
	n := least + r.below(most-least)
	at := r.below(fillerSize - n)
	if special == '_' {
		return scored[at : at+n]
	}
	return trimmed(spaced[at : at+n])
}

// trimmed is s without blanks at its ends.
func trimmed(s string) string {
	for len(s) > 0 && s[0] == ' ' {
		s = s[1:]
	}
	for len(s) > 0 && s[len(s)-1] == ' ' {
		s = s[:len(s)-1]
	}
	return s
}

// url is a page of the auction house.
func (r *random) url() string {
	return "https://www.nexmark.com/" + r.text(5, '_') + "/" + r.text(5, '_') + "/" + r.text(5, '_') + "/item.htm?query=1"
}

// letters are n of them: a part of filler. Drawing them anew was a fifth of what a query takes, and copying them a tenth.
func (r *random) letters(n int64) string {
	at := r.below(fillerSize - n)
	return filler[at : at+n]
}

// fillerSize is half of what the first cache of most processors holds.
const fillerSize = 16 << 10

var (
	filler = makeFiller()
	spaced = makeTexts(ofSpaced, ' ')
	scored = makeTexts(ofScored, '_')
)

func makeFiller() string {
	b := make([]byte, fillerSize)
	for i := range b {
		r := of(int64(i), ofLetter)
		b[i] = 'a' + byte(r.below(26))
	}
	return string(b)
}

func makeTexts(f field, special byte) string {
	b := make([]byte, fillerSize)
	for i := range b {
		r := of(int64(i), f)
		if b[i] = special; r.below(13) > 0 {
			b[i] = 'a' + byte(r.below(26))
		}
	}
	return string(b)
}
