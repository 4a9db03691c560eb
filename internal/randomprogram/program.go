// Package randomprogram makes programs from seeds, as text: small, varied, and right by the checker.
//
// What it makes is the input of a test of everything at once: parser, checker, lowering, emitter and engine must together do
// what the interpreter of the lowered program does alone. So a program may do whatever the language allows, and the
// generator knows of each expression what type it has and what may be called where. Three things it sees to besides: a
// program ends, because loops have few rounds, portals ask only those declared before them, and an event that goes in a
// circle becomes less with each round, as does a request that exclusive tasks hand around; it stays small, because what makes
// a collection or a text out of two cuts it off; and what it leaves open to chance is only what the promises leave open and a
// run can tell, so that it can be retraced: which input comes next, what the time is, which ask of a deadlock fails.
//
// Failures are wanted: a division by zero here and there, an overflow, an index out of range, an error of Go. What a program
// calls of Go is package outside, which the interpreter calls too.
//
// A seed belongs to a world, which has the types. The programs of a world can be compiled as one. Some have a peer, a second
// app that runs beside them and imports what they export.
package randomprogram

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Programs of one world use the same types, so that compiled together they share most of what Go makes of generic code; that
// is nine tenths of the work. All their names differ.
const perWorld = 64

// Outside is the path of the Go package that programs call: package outside, where they are compiled.
const Outside = "generated/outside"

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
	g.declareGenericTasks()
	for range 8 {
		g.pool = append(g.pool, g.newType(2))
	}
	g.events = []*typ{tInt, tInt, tString}
	for range 4 {
		g.events = append(g.events, g.anyType(1))
	}
	g.keys = []*typ{tInt, g.keyType(), g.keyType()}
	for range 6 {
		k, v := g.keyType(), g.anyType(1)
		layout := []variable{{g.fresh(), pick(g, list(v), mapOf(k, v), set(k), v), true}}
		for range g.n(3) {
			layout = append(layout, variable{g.fresh(), g.anyType(2), true})
		}
		g.layouts = append(g.layouts, layout)
	}
	return g
}

// Program is the text of the program of a seed, without its types.
func Program(seed uint64) string {
	text, _ := programs(seed)
	return text
}

// Peer is the text of a second app, which imports of the program of a seed what that exports; "" if there is none. It says
// import app for itself: the first app is called app.
func Peer(seed uint64, app string) string {
	_, peer := programs(seed)
	return strings.ReplaceAll(peer, peerName, app)
}

// programs are the texts of the program of a seed and of its peer.
func programs(seed uint64) (text, peer string) {
	g := inWorld(World(seed))
	g.out.Reset()
	g.dice = rand.New(rand.NewPCG(seed, 11))
	g.serial = int(1000 * (1 + seed%perWorld))
	g.declareParams()
	g.declareFunctions()
	g.declareSources()
	g.declarePortals()
	for range 1 + g.n(4)/3 {
		g.workflow()
	}
	g.answerPortals()
	if g.chance(6) {
		g.circle()
	}
	if g.hasPeer = g.chance(4) && !strings.Contains(g.out.String(), "from deadLetters"); g.hasPeer {
		peer = g.peer()
	}
	g.declareSinks()
	g.dice = rand.New(rand.NewPCG(seed, 13)) // what comes before stays as it was
	g.handOn()
	return g.out.String(), peer
}

// gen is a program in the making.
type gen struct {
	dice    *rand.Rand
	out     *strings.Builder
	serial  int
	module  string // what stands before the names of the types
	types   []*typ
	pool    []*typ // what programs of the world use besides
	events  []*typ // of what passes between tasks: Go compiles what is generic in them once for each
	keys    []*typ // of flows
	general generics
	gathers string       // a generic task that gathers by key
	repeats string       // and one that gives back what came before
	layouts [][]variable // of states: Go compiles what is generic in them once for each
	funs    []fun
	params  []variable // of the program
	streams []stream
	unread  []stream // that no workflow reads
	portals []*portal
	tasks   []*task // that can be used again
	flows   int     // workflows so far
	hasPeer bool    // another app imports this one
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
