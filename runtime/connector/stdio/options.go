package stdio

import (
	"github.com/portals-lang/portals/runtime/connector/format"
	"github.com/portals-lang/portals/runtime/ptl"
)

// SourceOptions say how standard input is read.
type SourceOptions struct {
	Atom ptl.Cut
	Bad  ptl.BadPolicy // SkipBad: to stdin.rejected in the working directory
}

// SinkOptions say how standard output is written.
type SinkOptions struct{}

// LinesSource reads each line as a String.
func LinesSource(t *ptl.Type[string], o SourceOptions) ptl.Source[string] {
	return newSource(format.Lines(t), format.NewRecords(false), o)
}

// NDJSONSource reads each line that is not blank as JSON.
func NDJSONSource[T any](t *ptl.Type[T], o SourceOptions) ptl.Source[T] {
	return newSource(format.NDJSON(t), format.NewRecords(false), o)
}

// LinesSink writes each event as the line that `"${e}"` prints.
func LinesSink[T any](t *ptl.Type[T], _ SinkOptions) ptl.Sink[T] {
	return &sink[T]{encoder: format.ShowLines(t)}
}

// NDJSONSink writes each event as a line of compact JSON.
func NDJSONSink[T any](t *ptl.Type[T], _ SinkOptions) ptl.Sink[T] {
	return &sink[T]{encoder: format.NDJSONLines(t)}
}
