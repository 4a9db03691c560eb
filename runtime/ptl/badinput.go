package ptl

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// longestQuote bounds how much of bad input an error repeats, in bytes.
const longestQuote = 60

// wanted is the error for text that is not what it should be, such as "an Int".
func wanted(what, text string) error {
	return &BadInput{Text: Shortened(text, longestQuote), Want: what}
}

// Shortened is what of a text fits into a number of bytes, with a sign where it goes on.
func Shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}

// broken is the error for input that is wrong in another way than being unlike what was wanted.
func broken(problem string) error {
	return &BadInput{Problem: problem}
}

// inField says that err happened in a part of the value, of the given name.
func inField(err error, name string) error {
	bad, ok := err.(*BadInput)
	if !ok {
		return err
	}
	if bad.Field != "" && !strings.HasPrefix(bad.Field, "[") {
		name += "."
	}
	bad.Field = name + bad.Field
	return bad
}

// inItem says that err happened in item i of a list.
func inItem(err error, i int) error {
	return inField(err, "["+strconv.Itoa(i)+"]")
}
