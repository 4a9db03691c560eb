package stdio

import (
	"github.com/portals-lang/portals/runtime/connector/format"
	"github.com/portals-lang/portals/runtime/ptl"
)

// SourceOptions say how standard input is read.
type SourceOptions struct {
	Atom ptl.Cut
	Bad  ptl.BadPolicy // SkipBad: to stdin.rejected in the working directory
	// CSV: there is no line of names; columns stand for fields by position.
	NoHeader bool
}

// SinkOptions say how standard output is written.
type SinkOptions struct {
	NoHeader bool // CSV: write no line of names
}

// LinesSource reads each line as a String.
func LinesSource(t *ptl.Type[string], o SourceOptions) ptl.Source[string] {
	return newSource(format.Lines(t), format.NewRecords(false), o, "give it to the next run in UTF-8")
}

// NDJSONSource reads each line that is not blank as JSON.
func NDJSONSource[T any](t *ptl.Type[T], o SourceOptions) ptl.Source[T] {
	return newSource(format.NDJSON(t), format.NewRecords(false), o, mendOrSkip)
}

// CSVSource reads each row as a record, whose fields have the names of columns, regardless of case. Columns without a field
// are ignored; an empty cell is "" for a String and None for an Option.
func CSVSource[T any](t *ptl.Type[T], o SourceOptions) ptl.Source[T] {
	return newSource(format.CSV(t, o.NoHeader), format.NewRecords(true), o, mendOrSkip)
}

// mendOrSkip is what can be done about input that does not decode.
const mendOrSkip = "mend it and give it to the next run, or have such input put aside with `bad: skip`"

// LinesSink writes each event as the line that `"${e}"` prints.
func LinesSink[T any](t *ptl.Type[T], _ SinkOptions) ptl.Sink[T] {
	return &sink[T]{encoder: format.ShowLines(t)}
}

// NDJSONSink writes each event as a line of compact JSON.
func NDJSONSink[T any](t *ptl.Type[T], _ SinkOptions) ptl.Sink[T] {
	return &sink[T]{encoder: format.NDJSONLines(t)}
}

// CSVSink writes each record as a row, below one of the fields' names.
func CSVSink[T any](t *ptl.Type[T], o SinkOptions) ptl.Sink[T] {
	return &sink[T]{encoder: format.CSVRows(t, o.NoHeader)}
}
