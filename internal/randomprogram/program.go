// Package randomprogram makes programs from seeds, as text: small, varied, and right by the checker.
//
// What it makes is the input of a test of everything at once: parser, checker, lowering, emitter and engine must together do
// what the interpreter of the lowered program does alone. So a program may do whatever the language allows, and the
// generator knows of each expression what type it has and what may be called where. Three things it sees to besides: a
// program ends, because loops have few rounds, portals ask only those declared before them, and an event that goes in a
// circle becomes less with each round; it stays small, because what makes a collection or a text out of two cuts it off; and
// what it leaves open to chance is only what the promises leave open, so that a run can be retraced.
//
// Failures are wanted: a division by zero here and there, an overflow, an index out of range.
//
// A seed belongs to a world, which has the types. The programs of a world can be compiled as one.
package randomprogram

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Programs of one world use the same types, so that compiled together they share most of what Go makes of generic code; that
// is nine tenths of the work. All their names differ.
const perWorld = 64

// World is the number of the world that the program of a seed belongs to.
func World(seed uint64) uint64 { return seed / perWorld }

// Types is the text of the types of a world: one more file of each of its programs, or a module "./types" that they import.
func Types(world uint64) (text string, module bool) {
	g := inWorld(world)
	text = g.out.String()
	if g.module != "" {
		text = strings.ReplaceAll(text, g.module, "")
	}
	return text, g.module != ""
}

// inWorld is a generator that has written the types of a world.
func inWorld(world uint64) *gen {
	g := &gen{dice: rand.New(rand.NewPCG(world, 7)), out: &strings.Builder{}}
	if world%3 == 2 {
		g.module = "types."
	}
	g.declareTypes()
	g.general = generics{g.module + g.fresh(), g.module + g.fresh(), g.module + g.fresh()}
	g.line("fun %s[T](x: T, f: fun(T) -> T) -> T {\nlet once = f(x)\nf(once)\n}", g.general.twice)
	g.line("fun %s[T](xs: List[T], other: T) -> T = xs.first() ?? other", g.general.first)
	g.line("fun %s[A, B](pair: (A, B)) -> (B, A) {\nlet (a, b) = pair\n(b, a)\n}", g.general.swap)
	for range 8 {
		g.pool = append(g.pool, g.newType(2))
	}
	return g
}

// Program is the text of the program of a seed, without its types.
func Program(seed uint64) string {
	g := inWorld(World(seed))
	g.out.Reset()
	g.dice = rand.New(rand.NewPCG(seed, 11))
	g.serial = int(1000 * (1 + seed%perWorld))
	g.declareFunctions()
	g.declareSources()
	g.declarePortals()
	for range 1 + g.n(4)/3 {
		g.workflow()
	}
	g.answerPortals()
	g.declareSinks()
	return g.out.String()
}

// gen is a program in the making.
type gen struct {
	dice    *rand.Rand
	out     *strings.Builder
	serial  int
	module  string // what stands before the names of the types
	types   []*typ
	pool    []*typ // what programs of the world use besides
	general generics
	funs    []fun
	streams []stream
	unread  []stream // that no workflow reads
	portals []*portal
	flows   int // workflows so far
}

type fun struct {
	name   string
	params []*typ
	result *typ
}

// generics are functions of every world: of a value and a function that changes it, of a list and of a pair.
type generics struct{ twice, first, swap string }

type stream struct {
	name string
	t    *typ
	read bool
}

// portal is a portal; those asked from its replier come before it.
type portal struct {
	name     string
	req, rep *typ
	key      *typ // nil: none
	level    int
	answered bool
}

func (g *gen) n(n int) int { return g.dice.IntN(n) }

// chance is true once in n times.
func (g *gen) chance(n int) bool { return g.dice.IntN(n) == 0 }

func pick[T any](g *gen, xs ...T) T { return xs[g.n(len(xs))] }

func (g *gen) line(format string, args ...any) {
	fmt.Fprintf(g.out, format, args...)
	g.out.WriteByte('\n')
}

// apart is what write writes, which does not go to the program yet.
func (g *gen) apart(write func()) string {
	out := g.out
	g.out = &strings.Builder{}
	write()
	text := g.out.String()
	g.out = out
	return text
}

// upper is a new name of a type, constructor or task.
func (g *gen) upper(begin string) string {
	g.serial++
	return fmt.Sprintf("%s%d", begin, g.serial)
}

// awkward are names that mean something in Go, or in the code that is made of programs.
var awkward = []string{
	"func", "len", "string", "int64", "go", "defer", "chan", "s", "l", "f", "h", "sh", "iota", "ptl", "error", "event",
	"ended", "copy", "append", "cap", "select", "package", "import", "struct", "default", "w", "e", "ok", "any", "new",
}

// fresh is a new name of anything else.
func (g *gen) fresh() string {
	g.serial++
	if g.chance(6) {
		return fmt.Sprintf("%s%d", pick(g, awkward...), g.serial)
	}
	return fmt.Sprintf("%s%d", pick(g, "a", "b", "x", "y", "value", "item"), g.serial)
}
