package randomprogram_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/portals-lang/portals/lang/ir"
)

// By default so few programs are compared that the test costs no more than half a minute of a processor, most of it for the
// build: those of one world from this seed on are the first 24 that together show each construct.
const (
	defaultSeed     = 20918
	defaultPrograms = 24
)

var (
	seed     = flag.Uint64("seed", defaultSeed, "the first seed")
	keep     = flag.String("keep", "", "the directory to build in, which then stays")
	checked  = flag.Int("checked", 150, "how many programs are only checked")
	shrink   = flag.Bool("shrink", false, "whether programs that disagree are made smaller, which takes a build for each step")
	runs     = flag.Int("runs", 4, "under how many seeds each program runs, and with each over two crashes; a run costs next to nothing")
	programs = flag.Int("programs", defaultPrograms, "how many programs are compared with the interpreter")
)

// TestProgramsAreRight asserts that the checker finds nothing wrong with any program, and lowering nothing impossible.
func TestProgramsAreRight(t *testing.T) {
	for i := range *checked {
		p := programOf(*seed + uint64(i))
		progs, wrong := p.lower()
		if progs == nil {
			t.Errorf("%s\n%s\n%s", wrong, p.text, p.peer)
		}
		for _, prog := range progs {
			if err := ir.Verify(prog); err != nil {
				t.Errorf("%s: %v", p.name, err)
			}
		}
	}
}

// TestProgramsAgree compiles programs, random ones and those of testdata/agree, runs them on the engine in many ways, and
// compares what they do with what the interpreter does where it makes the same choices.
func TestProgramsAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the Go toolchain")
	}
	dir := *keep
	if dir == "" {
		dir = t.TempDir()
	}
	texts := map[string]program{}
	var ps []program
	written, _ := filepath.Glob(filepath.Join("..", "..", "testdata", "agree", "*.ptl"))
	for _, file := range written {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".ptl")
		ps = append(ps, program{name: name, app: name, text: string(text)})
	}
	for i := range *programs {
		p := programOf(*seed + uint64(i))
		ps = append(ps, p)
	}
	for _, p := range ps {
		if _, wrong := p.lower(); wrong != "" {
			t.Fatalf("%s\n%s", wrong, p.text)
		}
		texts[p.name] = p
	}
	b := newBinary(dir, ps)
	b.build(t)
	failed := b.disagreeing(t)
	for _, name := range slices.Sorted(maps.Keys(failed)) {
		t.Errorf("%s: %s", name, failed[name])
		if *shrink {
			small := shrunk(texts[name], func(ps []program) map[string]bool {
				b := newBinary(t.TempDir(), ps)
				b.build(t)
				found := map[string]bool{}
				for name, text := range b.disagreeing(t) {
					found[name] = true
					t.Log(text)
				}
				return found
			})
			t.Logf("the smallest program that disagrees:\n%s%s%s", small.types, small.text, small.peer)
		}
	}
}

// constructs are what programs must show, by what their text has then.
var constructs = map[string]string{
	"a module":                         `import "\./types"`,
	"a generic record":                 `(?m)^record \w+\[A, B\]`,
	"a generic enum that holds itself": `(?m)^enum \w+\[T\]`,
	"a generic function":               `(?m)^fun \w+\[`,
	"a sequence":                       `= sequence\(`,
	"a split":                          `= split\(`,
	"a cycle of streams":               `(?s)stream (\w+): Int\nstream \w+ = sequence\(\w+, \w+\)\nworkflow \w+ \{\nfrom \w+ \|> filter`,
	"a reader of dead letters":         `from deadLetters`,
	"a union of flows":                 `\|> union\(`,
	"a named flow":                     `(?m)^flow `,
	"steps":                            `\|> steps\(`,
	"a task without input":             `(?m)^serve `,
	"an inline task":                   `\|> (exclusive )?task `,
	"an exclusive task":                `exclusive task`,
	"a param of a task":                `(?m)task \w+\(\w+: [A-Z]`,
	"a function as a param of a task":  `(?m)task \w+\(.*: fun\(`,
	"a state":                          `(?m)^state `,
	"a large state":                    `(?m)^state \w+: (Map|List|Set)\[`,
	"an initial value by a condition":  `(?m)^state \w+: .* = if `,
	"a shared state":                   `(?m)^shared state `,
	"on atom":                          `(?m)^on atom \{`,
	"on atom per key":                  `on atom per key`,
	"on complete":                      `on complete`,
	"on error":                         `on error`,
	"on error that asks":               `(?s)on error \w+ \{[^}]*ask `,
	"a key of a portal":                `(?m)^portal .* key `,
	"an ask that nobody awaits":        `(?m)^ask `,
	"await":                            `await \w+\n`,
	"await in an expression":           `\(await ask`,
	"await in a loop over futures":     `(?m)^for (\w+) in \w+ \{\nlet \w+ = await `,
	"await of a pair":                  `await \(ask`,
	"await all":                        `await all\(`,
	"await any":                        `await any\(`,
	"try await":                        `try await`,
	"within":                           `await ask [^\n]* within `,
	"any and all within":               `await (any|all)\([^\n]* within `,
	"try within":                       `try await [^\n]* within `,
	"a nested pattern with a guard":    `(?m)^\w*[A-Z]\w*\(.*\(.*\) if `,
	"a pattern of alternatives":        `2 \| 3`,
	"a pattern of a list":              `, \.\.\w+\]`,
	"if let":                           `if let Some`,
	"a loop over what it changes":      `(?m)^if (\w+)\.length < 6 \{\nfor `,
	"while":                            `(?m)^while `,
	"break and continue":               `break|continue`,
	"an early return":                  `\{ return`,
	"fail":                             `fail "`,
	"a record with changes":            `\.with\(`,
	"a lambda of several statements":   `=> \{ let `,
	"a change of a map":                `\.update\(`,
	"a list that is cut into":          `\.(insert|removeAt)\(`,
	"a text of values":                 `\$\{`,

	"an app that imports a stream":        `from w\d+\.`,
	"an app that asks another one":        `ask w\d+\.`,
	"every":                               `= every\(`,
	"a stream without events":             `= empty\(`,
	"a split by a match":                  `= split\(\w+, x => match`,
	"a param of the program":              `(?m)^param `,
	"a default of a param of a task":      `(?m)^task \w+\(\w+: \w+ = `,
	"a default of a field":                `(?m)^(record|enum) .*: \w+ = `,
	"a field with another name in data":   ` as "\w+ in data"`,
	"a generic task":                      `(?m)^(exclusive )?task \w+\[K, V\]`,
	"a generic task that asks":            `(?m)^task \w+\[X\]`,
	"a task that is used again":           `\|> T\d+(\([^|]*\))? as [^|]*\|>`,
	"a portal of Unit":                    `(?m)^portal \w+\(Unit\)`,
	"a reply of Unit":                     `reply \(\)`,
	"exclusive tasks that ask each other": `(?m)^exclusive task Circle`,
	"await in a match inside of loops":    `(?m)^for i in .*\nmatch try await ask .* \{\nOk`,
	"break behind await":                  `(?m)^Ok\(.*=> \{\nif i == . \{ break \}`,
	"if let as a value":                   `\(if let Some`,
	"a block as a value":                  `\(\{ let `,
	"what leaves behind ??":               `\?\? (break|continue|return|fail)`,
	"a lambda that takes a tuple apart":   `(\.(map|sortBy|flatMap|find|count)|\|> (key|map|filter))\(\(\w+, \w+\) =>`,
	"now":                                 `now\(\)`,
	"a time":                              `epoch\(\)`,
	"bytes":                               `\.toBytes\(\)`,
	"a raw text":                          `"""`,
	"a Float as a pattern":                `(?m)1\.5\)? (if|=>)`,
	"a Result in a chain":                 `\.mapErr\(`,
	"a function of Go":                    `(?m)^extern fun `,
	"an atom that time may close":         `atom: \d+ or 5ms`,
	"a task over dead letters":            `from deadLetters [^\n]*\|> (types\.)?(Gather|Repeat)`,
}

// TestProgramsShowTheLanguage asserts that the programs which are compared by default have each construct.
func TestProgramsShowTheLanguage(t *testing.T) {
	var all strings.Builder
	for i := range uint64(defaultPrograms) {
		p := programOf(defaultSeed + i)
		if p.module {
			all.WriteString(imports)
		}
		all.WriteString(p.types + p.text + p.peer)
	}
	for what, text := range constructs {
		if !regexp.MustCompile(text).MatchString(all.String()) {
			t.Errorf("no program has %s: %s", what, text)
		}
	}
}
