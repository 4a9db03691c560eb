package measure

import (
	"slices"
	"testing"
)

// TestQuickRows: each row of a quick run is one of the suite.
func TestQuickRows(t *testing.T) {
	for _, name := range quick {
		if !slices.ContainsFunc(Cases(), func(c *Case) bool { return c.Name == name }) {
			t.Errorf("there is no row %q", name)
		}
	}
}
