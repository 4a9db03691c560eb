//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// unit is one part of a big program; § is its number, and ordersP are the orders of the unit before it. It holds
// most of what programs are made of.
const unit = `/// Item§ is what unit § sells.
record Item§(id: Int, price: Float = 1.0, tags: List[String] = [], note: Option[String] = None)
record Order§(user: Int, items: List[Item§])

enum Op§ {
  Add§(user: Int, item: Int)
  Remove§(user: Int, item: Int)
  Checkout§(user: Int)
}
enum Tree§[T] { Leaf§, Node§(left: Tree§[T], value: T, right: Tree§[T]) }

portal stock§(Int) -> Bool key item => item
stream orders§: Order§
stream totals§: (Int, Float)

fun insert§[T](tree: Tree§[T], x: T) -> Tree§[T] = match tree {
  Leaf§ => Node§(Leaf§, x, Leaf§)
  Node§(left, value, right) if x < value => Node§(insert§(left, x), value, right)
  Node§(left, value, right) => Node§(left, value, insert§(right, x))
}

fun total§(order: Order§, discount: Map[Int, Float]) -> Float {
  var sum = 0.0
  for item in order.items {
    let off = discount[item.id] ?? 0.0
    if off > 0.5 && item.tags.contains("fixed") { continue }
    sum += item.price * (1.0 - off)
  }
  sum
}

// allow PTL0801: the units of this program use what they use
fun kinds§(ops: List[Op§]) -> Map[String, Int] {
  var counts: Map[String, Int] = [:]
  for op in ops {
    let kind = match op { Add§(_, item) if item > 9 => "large", Add§(_, _) => "small", Remove§(_, _) | Checkout§(_) => "other" }
    counts.update(kind, 0, n => n + 1)
  }
  counts.filter((_, n) => n > 1).mapValues(n => n * 2)
}

exclusive task Cart§: Op§ -> Order§ {
  state items: List[Item§] = []
  state seen: Set[Int] = Set()

  on event Add§(user, item) {
    if await ask stock§(item) {
      items.push(Item§(item, price: 2.5, tags: ["a${item}", "b"]))
      seen.add(item)
    } else {
      log "item ${item} of ${user} is sold out"
    }
  }

  on event Remove§(_, item) { items = items.filter(i => i.id != item) }

  on event Checkout§(user) {
    emit Order§(user, items.sortBy(i => (i.id, i.tags.length)))
    items = []
  }
}

task Stock§ {
  state left: Int = 10
  on ask stock§(item) {
    if left > 0 {
      left -= 1
      reply true
    } else {
      reply item % 7 == 0
    }
  }
}

task Total§: Order§ -> (Int, Float) keyed Int {
  state money: Float = 0.0
  shared state best: Tree§[Int] = Leaf§
  on event order {
    money += total§(order, [1: 0.1, 2: 0.25])
    best = insert§(best, order.user)
    emit (key, money)
  }
}

workflow cart§ {
  flow ops = from ordersP |> flatMap(o => o.items.map(i => if i.id % 2 == 0 { Add§(o.user, i.id) } else { Checkout§(o.user) }))
  ops |> key(op => op.user) |> Cart§ |> to orders§
}
workflow stock§ { serve Stock§ }
workflow total§ { from orders§ |> key(o => o.user) |> Total§ |> to totals§ }

sink totals§ to stdout.lines()

`

// bigProgram is a correct program of about so many lines: units that read from each other in a row.
func bigProgram(lines int) string {
	var b strings.Builder
	b.WriteString("record Item0(id: Int)\nrecord Order0(user: Int, items: List[Item0])\nstream orders0 = list([Order0(1, [Item0(2)])])\n\n")
	for n := 1; n*strings.Count(unit, "\n") <= lines; n++ {
		b.WriteString(strings.NewReplacer("ordersP", "orders"+strconv.Itoa(n-1), "§", strconv.Itoa(n)).Replace(unit))
	}
	return b.String()
}

func TestBigProgramIsCorrect(t *testing.T) {
	file := filepath.Join(t.TempDir(), "big.ptl")
	if err := os.WriteFile(file, []byte(bigProgram(400)), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("portalsc", "check", file).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("portalsc check: %v\n%s", err, out)
	}
}

// BenchmarkCheck runs `portalsc check` as a process, on programs of which the second is ten times the first: time and
// memory have to grow no faster.
func BenchmarkCheck(b *testing.B) {
	for _, lines := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("lines=%d", lines), func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "big.ptl")
			if err := os.WriteFile(file, []byte(bigProgram(lines)), 0o644); err != nil {
				b.Fatal(err)
			}
			var cpu time.Duration
			var memory int64
			for b.Loop() {
				cmd := exec.Command("portalsc", "check", file)
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
				cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
				memory = max(memory, int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss))
			}
			b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s/op")
			b.ReportMetric(float64(memory)/1024, "MB")
		})
	}
}
