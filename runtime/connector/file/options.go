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
	return newSource(format.Lines(t), format.NewRecords(false), o)
}

// NDJSONSource reads each line that is not blank as JSON.
func NDJSONSource[T any](t *ptl.Type[T], o SourceOptions) ptl.Source[T] {
	return newSource(format.NDJSON(t), format.NewRecords(false), o)
}

func newSource[T any](d format.Decoder[T], r *format.Records, o SourceOptions) ptl.Source[T] {
	return &source[T]{options: o, decoder: d, records: r}
}

// LinesSink writes each event as the line that `"${e}"` prints.
func LinesSink[T any](t *ptl.Type[T], o SinkOptions) ptl.Sink[T] {
	return newSink(format.ShowLines(t), o)
}

// NDJSONSink writes each event as a line of compact JSON.
func NDJSONSink[T any](t *ptl.Type[T], o SinkOptions) ptl.Sink[T] {
	return newSink(format.NDJSONLines(t), o)
}

func newSink[T any](e format.Encoder[T], o SinkOptions) ptl.Sink[T] {
	return &sink[T]{options: o, encoder: e}
}
