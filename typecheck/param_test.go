package typecheck

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// TestFlagsOfEveryBinary holds the list of flags against the source of package runtime, which the compiler does not import.
func TestFlagsOfEveryBinary(t *testing.T) {
	text, err := os.ReadFile("../runtime/main.go")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"help"} // cobra's
	for _, m := range regexp.MustCompile(`\b(?:f|cmd\.Flags\(\))\.\w*Var\([^"\n]*"([a-z-]+)"`).FindAllStringSubmatch(string(text), -1) {
		want = append(want, m[1])
	}
	if slices.Sort(want); !slices.Equal(want, binaryFlags) {
		t.Errorf("binaries have %q, not %q", want, binaryFlags)
	}
}
