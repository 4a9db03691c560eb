package typecheck_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/portals-lang/portals/internal/golden"
)

// TestTwiceTheTasksTakeTwice checks programs with n and with 2n of one thing: what that allocates must grow with n, and not with its
// square. Each row was once quadratic, or worse, and fails with the checker of that time.
func TestTwiceTheTasksTakeTwice(t *testing.T) {
	const asking = "stream ns = list([1])\nportal p(Int) -> Int\ntask P { on ask p(n) { reply n } }\nworkflow v { serve P }\nworkflow w { from ns |> key(n => n) |> T }\n"
	for name, text := range map[string]func(n int) string{
		"exclusive tasks that ask in a ring": func(n int) string {
			const one = "portal p#(Int) -> Int\nexclusive task T# { on ask p#(n) { reply await ask p#+(n) } }\nworkflow w# { serve T# }\n"
			return golden.Many(n, one) + fmt.Sprintf("portal p%[1]d(Int) -> Int\nexclusive task T%[1]d { on ask p%[1]d(n) { reply await ask p0(n) } }\nworkflow w%[1]d { serve T%[1]d }\n", n)
		},
		"exclusive tasks around a hub": func(n int) string {
			const one = "portal p#(Int) -> Int\nexclusive task T# { on ask p#(n) { reply await ask hub(n) } }\nworkflow w# { serve T# }\n"
			return golden.Many(n, one) + "portal hub(Int) -> Int\nexclusive task Hub { on ask hub(n) {\nvar x = n\n" + golden.Many(n, "x = await ask p#(x)\n") + "reply x\n} }\nworkflow w { serve Hub }\n"
		},
		"exclusive tasks behind a long way": func(n int) string {
			const step = "portal p#(Int) -> Int\nexclusive task T# { on ask p#(n) { reply await ask p#+(n) } }\nworkflow w# { serve T# }\n"
			const leaf = "portal q#(Int) -> Int\nexclusive task Q# { on ask q#(n) { reply await ask p0(n) } }\nworkflow v# { serve Q# }\n"
			last := fmt.Sprintf("portal p%[1]d(Int) -> Int\nexclusive task T%[1]d { on ask p%[1]d(n) {\nvar x = n\n%[2]sreply x\n} }\nworkflow w%[1]d { serve T%[1]d }\n", n, golden.Many(n, "x = await ask q#(x)\n"))
			return golden.Many(n, step) + golden.Many(n, leaf) + last
		},
		"states, awaits and choices": func(n int) string {
			return asking + "task T: Int keyed Int {\n" + golden.Many(n, "state s#: Int = 0\n") + "on event e {\n" +
				golden.Many(n, "let x# = s#\nlet y# = await ask p(s# + e)\nif x# > y# { s# += 1 }\n") + "}\n}\n"
		},
		"awaits in loops": func(n int) string {
			return asking + "task T: Int keyed Int {\nstate s: Int = 0\non event e {\n" + golden.Many(n, "for i in range(0, e) { let x# = await ask p(i)\ns = x# }\n") + "}\n}\n"
		},
		"loops in each other": func(n int) string {
			deep := n / 25
			return asking + "task T: Int keyed Int {\nstate s: Int = 0\non event e {\n" + strings.Repeat("while s > e {\n", deep) + "s = await ask p(e)\n" +
				strings.Repeat("}\n", deep) + "}\n}\n"
		},
	} {
		allocated := func(n int) uint64 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			check("p.ptl", text(n))
			runtime.ReadMemStats(&after)
			return after.TotalAlloc - before.TotalAlloc
		}
		allocated(100)
		once, twice := allocated(150), allocated(300)
		t.Logf("%-36s %6d kB %6d kB %.2f", name, once>>10, twice>>10, float64(twice)/float64(once))
		if float64(twice) > 2.6*float64(once) { // a table that grows doubles
			t.Errorf("%s: %d bytes for 150, %d for 300", name, once, twice)
		}
	}
}
