package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"

	"github.com/portals-lang/portals/bench/measure"
)

// measuring calls the binary that holds the programs.
type measuring struct {
	options
	binary string
	dir    string // where stores and input files live
}

// rows measures a row in all modes, in a process of its own, so that no row finds the heap as another has left it.
func (m *measuring) rows(ctx context.Context, c *measure.Case) (*measure.Result, error) {
	rounds, share := 5, "1"
	if m.quick {
		rounds, share = 3, "0.2"
	}
	if m.options.rounds > 0 {
		rounds = m.options.rounds
	}
	args := []string{"-case", c.Name, "-modes", joined(m.in(c)), "-rounds", fmt.Sprint(rounds), "-share", share}
	r := &measure.Result{}
	return r, m.run(ctx, r, append(args, m.extra...)...)
}

func joined(modes []measure.Mode) string {
	var names []string
	for _, m := range modes {
		names = append(names, string(m))
	}
	return strings.Join(names, ",")
}

// run calls the binary and reads what it prints.
func (m *measuring) run(ctx context.Context, result any, args ...string) error {
	cmd := exec.CommandContext(ctx, m.binary, append(args, "-dir", m.dir)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w\n%s", err, &errs)
	}
	return json.Unmarshal(out.Bytes(), result)
}
