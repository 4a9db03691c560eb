package measure

import (
	"slices"
	"testing"
)

// TestNamedRows: each row of a quick run, and each that is measured on two partitions as well, is one of the suite.
func TestNamedRows(t *testing.T) {
	for _, name := range slices.Concat(quick, paired) {
		if !slices.ContainsFunc(Cases(), func(c *Case) bool { return c.Name == name }) {
			t.Errorf("there is no row %q", name)
		}
	}
}
