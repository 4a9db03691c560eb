package typecheck_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/portals-lang/portals/internal/golden"
)

// TestLongCircles: a circle of a hundred tasks is one warning with all of them; in one of more, each task is warned of, and says what
// it waits for.
func TestLongCircles(t *testing.T) {
	const one = "portal p#(Int) -> Int\nexclusive task T# { on ask p#(n) { reply await ask p#+(n) } }\nworkflow w# { serve T# }\n"
	for tasks, warnings := range map[int]int{100: 1, 101: 101} {
		ring := strings.ReplaceAll(golden.Many(tasks, one), fmt.Sprintf("ask p%d(n) }", tasks), "ask p0(n) }")
		_, diags := check("p.ptl", ring)
		found := diags.Sorted()
		if len(found) != warnings {
			t.Fatalf("%d tasks: %d warnings:\n%s", tasks, len(found), render(t, diags))
		}
		for i, d := range found {
			places := 1 + len(d.Secondary)
			if warnings == 1 && places != tasks {
				t.Errorf("%d places of %d tasks", places, tasks)
			}
			if want := fmt.Sprintf("awaits replies of the task `T%d`, which, by way of others,", (i+1)%tasks); warnings > 1 && !strings.HasPrefix(d.Primary.Text, want) {
				t.Errorf("task %d: %s", i, d.Primary.Text)
			}
		}
	}
}
