package ptl

import (
	"fmt"
	"strings"
)

// CSVReader makes records of the rows of a table. Columns find their fields by the name in data, regardless of case;
// columns without a field are ignored; a field without a column must have a default or be an Option.
type CSVReader[T any] struct {
	columns []*FieldOf[T] // nil: ignored
	lacking []*FieldOf[T] // fields without a column
	width   int
}

// NewCSVReader reads rows of the record that t describes, whose cells stand in the order of header. It refuses a
// header that cannot give such records, with a *BadInput.
func NewCSVReader[T any](t *Type[T], header []string) (*CSVReader[T], error) {
	r := &CSVReader[T]{columns: make([]*FieldOf[T], len(header)), width: len(header)}
	fields := columns(t)
	for i := range fields {
		f := &fields[i]
		column, err := columnOf(f.name, header)
		switch {
		case err != nil:
			return nil, err
		case column < 0 && f.absent == nil:
			return nil, inField(broken("there is no such column; there are "+strings.Join(header, ", ")), f.name)
		case column < 0:
			r.lacking = append(r.lacking, f)
		case f.readText == nil:
			return nil, inField(broken("a cell cannot hold a value of this type"), f.name)
		default:
			r.columns[column] = f
		}
	}
	return r, nil
}

// CSVHeader is the names of the columns of rows of the record that t describes.
func CSVHeader[T any](t *Type[T]) []string {
	fields := columns(t)
	header := make([]string, len(fields))
	for i := range fields {
		header[i] = fields[i].name
	}
	return header
}

// columns are the fields of a record. A descriptor does not name their type, so that it is compiled for records only.
func columns[T any](t *Type[T]) []FieldOf[T] {
	fields, _ := t.fields.([]FieldOf[T])
	return fields
}

// columnOf is where the field of that name stands in a header, or -1. A name in just this case goes before others.
func columnOf(field string, header []string) (int, error) {
	found := -1
	for i, name := range header {
		// Spreadsheets write a byte order mark before the first name.
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		if name == field {
			return i, nil
		}
		if strings.EqualFold(name, field) {
			if found >= 0 {
				return 0, inField(broken("two columns have this name"), field)
			}
			found = i
		}
	}
	return found, nil
}

// Read makes a record of a row. An error is a *BadInput.
func (r *CSVReader[T]) Read(cells []string) (T, error) {
	var v T
	if len(cells) != r.width {
		return v, broken(fmt.Sprintf("the row has %d cells, the header %d", len(cells), r.width))
	}
	for i, f := range r.columns {
		if f == nil {
			continue
		}
		if err := f.readText(cells[i], &v); err != nil {
			var zero T
			return zero, inField(err, f.name)
		}
	}
	for _, f := range r.lacking {
		f.absent(&v)
	}
	return v, nil
}

// AppendCSV appends the record v as a row, with its line end, as RFC 4180 has it but with LF alone.
func AppendCSV[T any](b []byte, t *Type[T], v T) []byte {
	fields := columns(t)
	for i := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		start := len(b)
		b = fields[i].cell(b, &v)
		b = quoteCell(b, start, len(fields) == 1)
	}
	return append(b, '\n')
}

// AppendCSVHeader appends the header of such rows.
func AppendCSVHeader[T any](b []byte, t *Type[T]) []byte {
	for i, f := range columns(t) {
		if i > 0 {
			b = append(b, ',')
		}
		start := len(b)
		b = quoteCell(append(b, f.name...), start, false)
	}
	return append(b, '\n')
}

// quoteCell puts the cell that begins at start in quotes if it needs them. A row of one empty cell does: without them it
// would be an empty line, which readers skip.
func quoteCell(b []byte, start int, alone bool) []byte {
	cell := b[start:]
	quotes := alone && len(cell) == 0
	for i, c := range cell {
		quotes = quotes || c == ',' || c == '"' || c == '\n' || c == '\r' || c == ' ' && i == 0
	}
	if !quotes {
		return b
	}
	text := string(cell)
	return append(append(append(b[:start], '"'), strings.ReplaceAll(text, `"`, `""`)...), '"')
}

// appendCell appends v as ReadText reads it; what has no plain text form as JSON.
func appendCell[T any](t *Type[T], b []byte, v T) []byte {
	switch {
	case t.cell != nil:
		return t.cell(b, v)
	case t.ReadText != nil:
		return t.Show(b, v)
	}
	return t.AppendJSON(b, v)
}
