package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/portals-lang/portals/bench/measure"
)

// record is all that was measured. It is kept beside the page, so that a run of a few rows renews those alone.
type record struct {
	Machine string
	Results []*measure.Result
	Figures []*measure.Figure
	Curves  []*measure.Curve
}

// readRecord reads what was measured before; nothing if there is no file.
func readRecord(path string) (*record, error) {
	r := &record{}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal(text, r)
	}
	return r, err
}

// write keeps the record.
func (r *record) write(path string) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// add takes what a row has shown, behind what it has shown before, and gives all of it. What others have disturbed does not count where there
// is something better.
func (r *record) add(x *measure.Result) *measure.Result {
	have := r.result(x.Case)
	switch {
	case have == nil:
		r.Results = append(r.Results, x)
		return x
	case quiet(have.Others) == quiet(x.Others):
		have.Join(x)
	case quiet(x.Others):
		*have = *x
	}
	return have
}

// addFigure does that for a figure.
func (r *record) addFigure(x *measure.Figure) *measure.Figure {
	i := slices.IndexFunc(r.Figures, func(f *measure.Figure) bool { return f.Name == x.Name })
	if i < 0 {
		r.Figures = append(r.Figures, x)
		return x
	}
	have := r.Figures[i]
	switch {
	case quiet(have.Others) == quiet(x.Others):
		have.Join(x)
	case quiet(x.Others):
		*have = *x
	}
	return have
}

// addCurve does that for a growth.
func (r *record) addCurve(x *measure.Curve) *measure.Curve {
	i := slices.IndexFunc(r.Curves, func(c *measure.Curve) bool { return c.Name == x.Name })
	if i < 0 {
		r.Curves = append(r.Curves, x)
		return x
	}
	r.Curves[i].Join(x)
	return r.Curves[i]
}

// result is what a row has shown, nil if it was not measured.
func (r *record) result(of string) *measure.Result {
	for _, x := range r.Results {
		if x.Case == of {
			return x
		}
	}
	return nil
}

// renewed is the record with what has been measured anew, in the order of the suite; what the suite does not have any
// more is gone.
func (r *record) renewed(by *record) *record {
	out := &record{Machine: by.Machine}
	results := byName(func(x *measure.Result) string { return x.Case }, r.Results, by.Results)
	for _, c := range measure.Cases() {
		if x := results[c.Name]; x != nil {
			out.Results = append(out.Results, x)
		}
	}
	curves := byName(func(x *measure.Curve) string { return x.Name }, r.Curves, by.Curves)
	for _, g := range measure.Growths() {
		if x := curves[g.Name]; x != nil {
			out.Curves = append(out.Curves, x)
		}
	}
	out.Figures = slices.Clone(r.Figures) // a probe decides at run time which figures it has
	for _, f := range by.Figures {
		i := slices.IndexFunc(out.Figures, func(x *measure.Figure) bool { return x.Name == f.Name })
		if i < 0 {
			out.Figures = append(out.Figures, f)
		} else {
			out.Figures[i] = f
		}
	}
	return out
}

func byName[T any](name func(*T) string, lists ...[]*T) map[string]*T {
	found := map[string]*T{}
	for _, list := range lists {
		for _, x := range list {
			found[name(x)] = x
		}
	}
	return found
}
