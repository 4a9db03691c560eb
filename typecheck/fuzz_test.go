package typecheck_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
	"github.com/portals-lang/portals/parser"
	"github.com/portals-lang/portals/typecheck"
)

// tooLong is a thousand times what any text of the fuzzer takes.
const tooLong = 30 * time.Second

// FuzzCheck checks that checking never panics, whatever parses or does not, and that Info keeps no unknown type; nor,
// where no error is reported, an invalid one.
func FuzzCheck(f *testing.F) {
	for _, pattern := range []string{"../testdata/programs/*.ptl", "../testdata/diag/wrong/*.ptl"} {
		paths, _ := filepath.Glob(pattern)
		for _, p := range paths {
			text, err := os.ReadFile(p)
			if err != nil {
				f.Fatal(err)
			}
			for _, chunk := range strings.Split(string(text), "---\n") {
				f.Add(chunk)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		hang := time.AfterFunc(tooLong, func() { panic(fmt.Sprintf("still checking after %v: %q", tooLong, text)) })
		defer hang.Stop()
		var diags diag.List
		file := parser.Parse(source.New("fuzz.ptl", text), &diags)
		info := typecheck.Check([]*ast.File{file}, typecheck.Options{}, &diags)
		for e, typ := range info.Types {
			if typ == nil || types.HasFree(typ) {
				t.Fatalf("the type of %q is left unknown: %v", e.Span().Text(), typ)
			}
			if !diags.HasErrors() && types.Any(typ, func(t types.Type) bool { return t == types.Type(types.Invalid) }) {
				t.Fatalf("the type of %q is Invalid, and nothing is reported", e.Span().Text())
			}
		}
		_ = typecheck.Dump(info)
	})
}

// TestBrokenPrograms checks every program with each of its lines left out, and with a piece of each line left out.
func TestBrokenPrograms(t *testing.T) {
	paths, _ := filepath.Glob("../testdata/programs/*.ptl")
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(text), "\n")
		for i, line := range lines {
			for _, rest := range []string{"", line[:len(line)/2], line[len(line)/2:], line + " )", line + " x"} {
				broken := append(append(append([]string(nil), lines[:i]...), rest), lines[i+1:]...)
				check(p, strings.Join(broken, "\n"))
			}
		}
	}
}

// generated is a program of about so many lines.
func generated(lines int) string {
	var b strings.Builder
	b.WriteString("stream numbers = range(0, 1000, atom: 10)\n")
	for i := range lines / 22 {
		fmt.Fprintf(&b, `
record Order%[1]d(user: Int, items: List[Int], note: Option[String])
enum Op%[1]d { Add%[1]d(user: Int, item: Int), Remove%[1]d(user: Int), Done%[1]d }
portal stock%[1]d(Op%[1]d) -> Int key o => match o { Add%[1]d(u, _) | Remove%[1]d(u) => u, Done%[1]d => 0 }
stream out%[1]d: Order%[1]d
fun total%[1]d(o: Order%[1]d, prices: Map[Int, Int]) -> Int {
  var sum = 0
  for item in o.items { sum += prices[item] ?? 0 }
  o.items.map(i => i * 2).filter(i => i > sum).fold(sum, (a, b) => a + b)
}
task Shop%[1]d: Int -> Order%[1]d keyed Int {
  state seen: List[Int] = []
  on event n {
    seen.push(n)
    let left = await ask stock%[1]d(Add%[1]d(key, n))
    if left > total%[1]d(Order%[1]d(n, seen, None), [:]) { emit Order%[1]d(n, seen, Some("left ${left}")) }
  }
  on ask stock%[1]d(o) { reply match o { Add%[1]d(_, i) => i, Remove%[1]d(u) => u, Done%[1]d => 1 } }
}
workflow w%[1]d { from numbers |> key(n => n %% 7) |> Shop%[1]d |> to out%[1]d }
sink out%[1]d to stdout.ndjson()
`, i)
	}
	return b.String()
}

func TestTenThousandLines(t *testing.T) {
	text := generated(10_000)
	start := time.Now()
	_, diags := check("large.ptl", text)
	took := time.Since(start)
	if out := render(t, diags); out != "" {
		t.Fatal(out[:min(len(out), 2000)])
	}
	t.Logf("%d lines in %s", strings.Count(text, "\n"), took)
	if took > 5*time.Second {
		t.Errorf("%d lines took %s", strings.Count(text, "\n"), took)
	}
}

func BenchmarkCheck(b *testing.B) {
	var diags diag.List
	file := parser.Parse(source.New("large.ptl", generated(10_000)), &diags)
	for b.Loop() {
		typecheck.Check([]*ast.File{file}, typecheck.Options{}, &diag.List{})
	}
}
