package format

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/portals-lang/portals/runtime/ptl"
)

// CSV decodes rows as records of t. A header says which column stands for which field; without one they stand in the
// order of the fields. Cells are separated by commas, as RFC 4180 has it; a quote inside a cell that does not begin with
// one is text.
func CSV[T any](t *ptl.Type[T], noHeader bool) Decoder[T] { return &rows[T]{t: t, noHeader: noHeader} }

type rows[T any] struct {
	t        *ptl.Type[T]
	noHeader bool
	reader   *ptl.CSVReader[T] // nil: the header is still to come
	texts    texts
	cells    []string // of the last row
}

func (d *rows[T]) Start() {
	if !d.noHeader {
		d.reader = nil
	}
}

func (d *rows[T]) Header() bool { return d.reader == nil && !d.noHeader }

func (d *rows[T]) Decode(record []byte) (v T, ok bool, err error) {
	if isBlank(record) {
		return v, false, nil
	}
	if err := d.split(record); err != nil {
		return v, false, d.fatal(err)
	}
	switch {
	case d.reader != nil:
	case d.noHeader:
		d.reader, err = ptl.NewCSVReader(d.t, ptl.CSVHeader(d.t))
	default:
		d.reader, err = ptl.NewCSVReader(d.t, d.cells)
		if err == nil {
			return v, false, nil
		}
	}
	if err != nil {
		return v, false, fmt.Errorf("the columns do not fit %s: %w", d.t.Name, err)
	}
	v, err = d.reader.Read(d.cells)
	return v, err == nil, err
}

// fatal is err as an error that does not leave any record of the input readable, if it is about the header.
func (d *rows[T]) fatal(err error) error {
	if d.Header() {
		return fmt.Errorf("the header cannot be read: %w", err)
	}
	return err
}

// split cuts a row into cells.
func (d *rows[T]) split(record []byte) (err error) {
	if !utf8.Valid(record) {
		return notUTF8(record)
	}
	row := d.texts.cut(record)
	d.cells = d.cells[:0]
	if bytes.IndexByte(record, '"') < 0 { // most rows
		for {
			i := strings.IndexByte(row, ',')
			if i < 0 {
				d.cells = append(d.cells, row)
				return nil
			}
			d.cells = append(d.cells, row[:i])
			row = row[i+1:]
		}
	}
	for {
		cell, rest, more, err := cutCell(row)
		if err != nil {
			return err
		}
		d.cells = append(d.cells, cell)
		if !more {
			return nil
		}
		row = rest
	}
}

// cutCell cuts the first cell off a row; more tells whether others follow.
func cutCell(row string) (cell, rest string, more bool, err error) {
	if row == "" || row[0] != '"' {
		cell, rest, more = strings.Cut(row, ",")
		return cell, rest, more, nil
	}
	doubled := false
	for i := 1; ; i++ {
		end := strings.IndexByte(row[i:], '"')
		if end < 0 {
			return "", "", false, &ptl.BadInput{Problem: "a cell that begins with a quote does not end with one"}
		}
		i += end
		switch {
		case i+1 < len(row) && row[i+1] == '"':
			doubled = true
			i++
			continue
		case i+1 < len(row) && row[i+1] != ',':
			return "", "", false, &ptl.BadInput{Problem: "there is text behind the closing quote of a cell"}
		}
		cell = row[1:i]
		if doubled {
			cell = strings.ReplaceAll(cell, `""`, `"`)
		}
		if i+1 == len(row) {
			return cell, "", false, nil
		}
		return cell, row[i+2:], true, nil
	}
}

// CSVRows encodes records as rows, the first of which names the columns unless noHeader.
func CSVRows[T any](t *ptl.Type[T], noHeader bool) Encoder[T] { return &rowEncoder[T]{t, noHeader} }

type rowEncoder[T any] struct {
	t        *ptl.Type[T]
	noHeader bool
}

func (e *rowEncoder[T]) Header(b []byte) []byte {
	if e.noHeader {
		return b
	}
	return ptl.AppendCSVHeader(b, e.t)
}

func (e *rowEncoder[T]) Append(b []byte, v T) []byte { return ptl.AppendCSV(b, e.t, v) }
