package file

import (
	"github.com/portals-lang/portals/runtime/connector/format"
	"github.com/portals-lang/portals/runtime/ptl"
)

// SourceOptions say what a source reads, and how.
type SourceOptions struct {
	Path     string // of a file, or a pattern such as `data/*.csv`
	Atom     ptl.Cut
	Bad      ptl.BadPolicy
	NoHeader bool // CSV: there is no line of names; columns stand for fields by position
}

// SinkOptions say what a sink writes, and how.
type SinkOptions struct {
	Path     string
	NoHeader bool // CSV: write no line of names
}

// LinesSource reads each line as a String.
func LinesSource(t *ptl.Type[string], o SourceOptions) ptl.Source[string] {
	return newSource(format.Lines(t), format.NewRecords(false), o, "write it in UTF-8 and start again")
}

// NDJSONSource reads each line that is not blank as JSON.
func NDJSONSource[T any](t *ptl.Type[T], o SourceOptions) ptl.Source[T] {
	return newSource(format.NDJSON(t), format.NewRecords(false), o, mendOrSkip)
}

// mendOrSkip is what can be done about input that does not decode.
const mendOrSkip = "mend it and start again, or have such input put aside with `bad: skip`"

func newSource[T any](d format.Decoder[T], r *format.Records, o SourceOptions, remedy string) ptl.Source[T] {
	return &source[T]{options: o, decoder: d, records: r, remedy: remedy}
}

// CSVSource reads each row as a record, whose fields have the names of columns, regardless of case. Columns without a field
// are ignored; an empty cell is "" for a String and None for an Option.
func CSVSource[T any](t *ptl.Type[T], o SourceOptions) ptl.Source[T] {
	return newSource(format.CSV(t, o.NoHeader), format.NewRecords(true), o, mendOrSkip)
}

// LinesSink writes each event as the line that `"${e}"` prints.
func LinesSink[T any](t *ptl.Type[T], o SinkOptions) ptl.Sink[T] {
	return newSink(format.ShowLines(t), o)
}

// NDJSONSink writes each event as a line of compact JSON.
func NDJSONSink[T any](t *ptl.Type[T], o SinkOptions) ptl.Sink[T] {
	return newSink(format.NDJSONLines(t), o)
}

// CSVSink writes each record as a row, below one of the fields' names.
func CSVSink[T any](t *ptl.Type[T], o SinkOptions) ptl.Sink[T] {
	return newSink(format.CSVRows(t, o.NoHeader), o)
}

func newSink[T any](e format.Encoder[T], o SinkOptions) ptl.Sink[T] {
	return &sink[T]{options: o, encoder: e}
}
