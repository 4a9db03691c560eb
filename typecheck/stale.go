package typecheck

import (
	"github.com/portals-lang/portals/lang/ast"
)

// checkStale is filled in below.
func (c *checker) checkStale(t *Task, h *ast.Handler) {}
