package format

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/portals-lang/portals/runtime/ptl"
)

// Decoder makes events of records.
type Decoder[T any] interface {
	// Start begins another input, such as the next file.
	Start()
	// Header tells that the next record is not an event but says how to read those behind it.
	Header() bool
	// Decode reads a record. ok is false for one that holds no event. The error is a *ptl.BadInput, without a place, for
	// a record that does not decode; any other says that no record of this input ever will.
	Decode(record []byte) (v T, ok bool, err error)
}

// Lines decodes each line to a String.
func Lines(*ptl.Type[string]) Decoder[string] { return &lines{} }

type lines struct{ texts texts }

func (d *lines) Start()       {}
func (d *lines) Header() bool { return false }

func (d *lines) Decode(record []byte) (string, bool, error) {
	if !utf8.Valid(record) {
		return "", false, notUTF8(record)
	}
	return d.texts.cut(record), true, nil
}

// notUTF8 is the error for text that is broken, or no text, or in another encoding.
func notUTF8(record []byte) error {
	const shown = 60
	text := record[:min(len(record), shown)]
	return &ptl.BadInput{Text: string(text), Want: "valid UTF-8"}
}

// NDJSON decodes each line that is not blank as one value of t.
func NDJSON[T any](t *ptl.Type[T]) Decoder[T] { return &ndjson[T]{ptl.NewJSONReader(t)} }

type ndjson[T any] struct{ reader *ptl.JSONReader[T] }

func (d *ndjson[T]) Start()       {}
func (d *ndjson[T]) Header() bool { return false }

func (d *ndjson[T]) Decode(record []byte) (v T, ok bool, err error) {
	if isBlank(record) {
		return v, false, nil
	}
	v, err = d.reader.Read(record)
	return v, err == nil, err
}

func isBlank(record []byte) bool {
	if len(record) > 0 && record[0] > ' ' {
		return false // all but always
	}
	return len(bytes.TrimSpace(record)) == 0
}

// texts makes strings of bytes, many to an allocation.
type texts struct{ block strings.Builder }

const (
	textBlock = 512
	ownBlock  = textBlock / 4 // longer texts get an allocation of their own, so that a block is never mostly waste
)

func (t *texts) cut(b []byte) string {
	if len(b) > ownBlock {
		return string(b)
	}
	at := t.block.Len()
	if t.block.Cap()-at < len(b) {
		t.block = strings.Builder{}
		t.block.Grow(textBlock)
		at = 0
	}
	t.block.Write(b)
	return t.block.String()[at:]
}
