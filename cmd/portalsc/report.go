package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/portals-lang/portals/lang/diag"
)

// report prints diagnostics for people and returns an error if there is one among them.
func report(ds []*diag.Diagnostic) error {
	if err := printed(ds); err != nil {
		return err
	}
	return compileStatus(ds)
}

func printed(ds []*diag.Diagnostic) error {
	colored, width := terminal(os.Stderr)
	if err := diag.Text(os.Stderr, ds, diag.TextOptions{Color: colored, Width: width}); err != nil {
		return failure{err}
	}
	return nil
}

// compileStatus is an error if one is among the diagnostics.
func compileStatus(ds []*diag.Diagnostic) error {
	for _, d := range ds {
		if d.Severity == diag.Error {
			return exit(exitFailed)
		}
	}
	return nil
}

// terminal tells whether to use colours on f, and how wide it is (0: not known).
func terminal(f *os.File) (colored bool, width int) {
	fd := int(f.Fd())
	if !term.IsTerminal(fd) {
		return false, 0
	}
	width, _, err := term.GetSize(fd)
	if err != nil || width > 120 {
		width = 0
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb", width
}

// notice prints what takes long, for who sits in front of it.
func notice(text string) {
	if term.IsTerminal(int(os.Stderr.Fd())) {
		fmt.Fprintln(os.Stderr, "portalsc:", text)
	}
}

// reportJSON prints diagnostics for machines.
func reportJSON(w io.Writer, ds []*diag.Diagnostic) error {
	if err := diag.JSON(w, ds); err != nil {
		return failure{err}
	}
	return compileStatus(ds)
}
