package golden

import (
	"strconv"
	"strings"
)

// Many is a line for each of n numbers, # in the line, and #+ the one behind it: of programs that have very much of one thing.
func Many(n int, line string) string {
	var b strings.Builder
	for i := range n {
		text := strings.ReplaceAll(line, "#+", strconv.Itoa(i+1))
		b.WriteString(strings.ReplaceAll(text, "#", strconv.Itoa(i)))
	}
	return b.String()
}
