package format

import "github.com/portals-lang/portals/runtime/ptl"

// Encoder makes records of events, line end included.
type Encoder[T any] interface {
	// Header appends what stands before the first event, if anything.
	Header(b []byte) []byte
	Append(b []byte, v T) []byte
}

// ShowLines encodes each event as the line that `"${e}"` prints.
func ShowLines[T any](t *ptl.Type[T]) Encoder[T] { return lineEncoder[T](t.Show) }

// NDJSONLines encodes each event as a line of compact JSON.
func NDJSONLines[T any](t *ptl.Type[T]) Encoder[T] { return lineEncoder[T](t.AppendJSON) }

type lineEncoder[T any] func(b []byte, v T) []byte

func (e lineEncoder[T]) Header(b []byte) []byte      { return b }
func (e lineEncoder[T]) Append(b []byte, v T) []byte { return append(e(b, v), '\n') }
