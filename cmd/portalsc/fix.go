package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/portals-lang/portals/codegen"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
)

// maxRounds is how often fixing starts again: one mend can bring another mistake to light.
const maxRounds = 10

// fixer makes the edits that diagnostics suggest, round by round, on texts in memory.
type fixer struct {
	apps  []*codegen.App
	goes  goPackages
	texts map[string]string // of the files that have changed, by name
	was   map[string]string // what they held before
}

func newFixer(apps []*codegen.App) *fixer {
	return &fixer{apps: apps, texts: map[string]string{}, was: map[string]string{}}
}

// fix edits until nothing is suggested any more, and returns what is still found then. A round that leads to more errors
// than there were is taken back, and is the last.
func (f *fixer) fix() []*diag.Diagnostic {
	found := f.check()
	for range maxRounds {
		before := maps.Clone(f.texts)
		if !f.edit(found) {
			break
		}
		next := f.check()
		if errorsIn(next) > errorsIn(found) {
			f.texts = before
			break
		}
		found = next
	}
	return found
}

func errorsIn(ds []*diag.Diagnostic) int {
	n := 0
	for _, d := range ds {
		if d.Severity == diag.Error {
			n++
		}
	}
	return n
}

// check checks the texts as they are now.
func (f *fixer) check() []*diag.Diagnostic {
	apps := make([]*codegen.App, len(f.apps))
	for i, app := range f.apps {
		apps[i] = &codegen.App{Name: app.Name, Dir: app.Dir, Files: f.now(app.Files)}
	}
	return codegen.Check(apps, codegen.Options{Go: f.goes.find, Resolve: func(path string, app bool) ([]*source.File, error) {
		files, err := resolve(path, app)
		return f.now(files), err
	}})
}

// now is files with the texts that they have now.
func (f *fixer) now(files []*source.File) []*source.File {
	out := make([]*source.File, len(files))
	for i, file := range files {
		out[i] = file
		if text, ok := f.texts[file.Name()]; ok {
			out[i] = source.New(file.Name(), text)
		}
	}
	return out
}

// edit makes the suggested edits, and tells whether there were any. Those of one finding are made together or, if they
// touch what another finding has changed, left to the next round.
func (f *fixer) edit(found []*diag.Diagnostic) bool {
	byFile := map[*source.File]edits{}
	for _, d := range found {
		free := len(d.Edits) > 0
		for _, e := range d.Edits {
			free = free && e.Span.Valid() && byFile[e.Span.File].free(e)
		}
		if !free {
			continue
		}
		for _, e := range d.Edits {
			byFile[e.Span.File] = byFile[e.Span.File].with(e)
		}
	}
	for file, es := range byFile {
		if _, known := f.was[file.Name()]; !known {
			f.was[file.Name()] = file.Text()
		}
		f.texts[file.Name()] = es.made(file.Text())
	}
	return len(byFile) > 0
}

// edits are edits of a file, by place. Findings come by place too, so the next one belongs at the end, or near it.
type edits []diag.Edit

// behind is the index of the first that begins behind a place.
func (es edits) behind(place int) int {
	i, _ := slices.BinarySearchFunc(es, place+1, func(e diag.Edit, start int) int { return cmp.Compare(e.Span.Start, start) })
	return i
}

// free tells whether an edit touches none of them: if two overlap or meet, the order of making them would matter.
func (es edits) free(e diag.Edit) bool {
	i := es.behind(e.Span.End)
	return i == 0 || es[i-1].Span.End < e.Span.Start
}

func (es edits) with(e diag.Edit) edits { return slices.Insert(es, es.behind(e.Span.Start), e) }

// made is what they make of a text.
func (es edits) made(text string) string {
	var b strings.Builder
	end := 0
	for _, e := range es {
		if e.Span.Start < end {
			continue // overlaps another of its finding, and is not shown either
		}
		b.WriteString(text[end:e.Span.Start])
		b.WriteString(e.New)
		end = e.Span.End
	}
	b.WriteString(text[end:])
	return b.String()
}

// write puts the changed texts on the disk.
func (f *fixer) write() error {
	for _, name := range slices.Sorted(maps.Keys(f.texts)) {
		if f.texts[name] == f.was[name] {
			continue
		}
		if err := os.WriteFile(filepath.FromSlash(name), []byte(f.texts[name]), 0o644); err != nil {
			return fmt.Errorf("fixing %s: %w", name, err)
		}
	}
	return nil
}

// diff prints what would change.
func (f *fixer) diff(w io.Writer) error {
	for _, name := range slices.Sorted(maps.Keys(f.texts)) {
		if _, err := w.Write(diff.Diff(name, []byte(f.was[name]), name+" (fixed)", []byte(f.texts[name]))); err != nil {
			return err
		}
	}
	return nil
}
