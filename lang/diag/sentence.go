package diag

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentence is a text that begins with a capital and ends with a point, or with a question mark as before.
func Sentence(text string) string {
	if text == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	if first != utf8.RuneError {
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "?") {
		text += "."
	}
	return text
}
