package file

import (
	"bytes"
	"fmt"
	"io"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/connector/format"
)

// input is a file that is read record by record.
type input struct {
	path    string
	file    vfs.File
	offset  int64 // read up to here
	ended   bool
	records *format.Records
	trail   trail // up to some record that was taken: see mark
}

// openInput opens a file at its start.
func openInput(fsys vfs.FS, path string, records *format.Records) (*input, error) {
	file, err := fsys.Open(path, vfs.SequentialReadsOption)
	if err != nil {
		return nil, named("open", path, err)
	}
	records.Reset(0)
	return &input{path: path, file: file, records: records, trail: newTrail()}, nil
}

// reopenInput opens a file at a position. differs tells, as the end of a sentence about the file, in what it is not the
// file that was read up to there.
func reopenInput(fsys vfs.FS, path string, records *format.Records, p position) (in *input, differs string, err error) {
	file, err := fsys.Open(path, vfs.SequentialReadsOption)
	if err != nil {
		return nil, "", named("open", path, err)
	}
	in = &input{path: path, file: file, records: records}
	records.Reset(p.lines)
	info, err := file.Stat()
	if err != nil {
		return in, "", named("look at", path, err)
	}
	if in.trail, differs, err = follow(file, info.Size(), p.mark); err != nil {
		return in, "", named("read", path, err)
	}
	in.offset = p.mark.offset
	if differs == "" && p.cut && info.Size() > p.mark.offset {
		differs, err = in.afterCut(p.lines)
	}
	return in, differs, err
}

// afterCut goes on behind a last line without a line end in a file that has grown. A line end may have followed; more
// text would have belonged to the line that was taken.
func (in *input) afterCut(lines int64) (differs string, err error) {
	if err := in.fill(); err != nil {
		return "", err
	}
	switch rest := in.records.Rest(); {
	case bytes.HasPrefix(rest, []byte("\n")):
		in.records.Skip(1)
	case bytes.HasPrefix(rest, []byte("\r\n")):
		in.records.Skip(2)
	default:
		return fmt.Sprintf("line %d, which was its last and had no line end, has grown", lines), nil
	}
	return "", nil
}

// next returns the next record; ok is false at the end.
func (in *input) next() (record []byte, size int, ok bool, err error) {
	for {
		if record, size, ok = in.records.Next(); ok || in.ended {
			return record, size, ok, nil
		}
		if err := in.fill(); err != nil {
			return nil, 0, false, err
		}
	}
}

// fill reads more.
func (in *input) fill() error {
	in.trail.add(in.records.Taken())
	space, err := in.records.Space()
	if err != nil {
		return fmt.Errorf("%s:%d: %w", in.path, in.records.Lines()+1, err)
	}
	n, err := in.file.ReadAt(space, in.offset)
	in.offset += int64(n)
	in.records.Filled(n)
	if err == io.EOF {
		in.ended = true
		in.records.Finish()
		return nil
	}
	if err != nil {
		return named("read", in.path, err)
	}
	return nil
}

// mark is where the next record starts.
func (in *input) mark() mark {
	in.trail.add(in.records.Taken())
	return in.trail.mark()
}

func (in *input) close() error {
	if err := in.file.Close(); err != nil {
		return named("close", in.path, err)
	}
	return nil
}
