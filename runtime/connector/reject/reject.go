// Package reject keeps the input that a source skipped because it did not decode: as NDJSON in `<name>.rejected`, one
// line for each record, with its place, its text and what is wrong with it.
//
// The file shows each rejected record once, even after a crash: how long it is belongs to the position of the source,
// and it is cut back to that when the source goes back there. Where nothing was rejected there is no file, so finding one
// means something. People may take the file away or shorten it between two runs, once they have dealt with it: what
// follows goes to what is left.
package reject

import (
	"errors"
	"io/fs"
	"unicode/utf8"

	"github.com/portals-lang/portals/runtime/connector/outfile"
	"github.com/portals-lang/portals/runtime/ptl"
)

// Suffix is what the name of the input gets.
const Suffix = ".rejected"

// File is where the rejected records of one input go.
type File struct {
	env   *ptl.Env
	path  string
	file  *outfile.File // nil: not there yet
	size  int64         // how much of it counts
	dirty bool
}

// Open prepares to reject records of the named input behind the first size bytes of what was rejected before.
func Open(env *ptl.Env, input string, size int64) (*File, error) {
	r := &File{env: env, path: input + Suffix, size: size}
	info, err := env.FS.Stat(r.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.size = 0
		return r, nil
	case err != nil:
		return nil, err
	case size == 0 && info.Mode().IsRegular():
		return r, env.FS.Remove(r.path)
	}
	r.size = min(size, info.Size())
	if r.file, err = outfile.Reopen(env.FS, r.path, r.size, env.Durable); err != nil {
		return nil, err
	}
	return r, r.file.Cut()
}

// Size is how much of the file counts: 0 for one that is not there.
func (r *File) Size() int64 { return r.size }

// Add rejects a record.
func (r *File) Add(bad *ptl.BadInput, record []byte) (err error) {
	if r.file == nil {
		if r.file, err = outfile.Create(r.env.FS, r.path, r.env.Durable); err != nil {
			return err
		}
	}
	r.dirty = true
	if err := r.file.Append(appendLine(nil, bad, record)); err != nil {
		return err
	}
	r.size = r.file.Size()
	return nil
}

func appendLine(b []byte, bad *ptl.BadInput, record []byte) []byte {
	b = ptl.AppendJSONString(append(b, `{"place":`...), bad.Place)
	if bad.Field != "" {
		b = ptl.AppendJSONString(append(b, `,"field":`...), bad.Field)
	}
	reason := *bad
	reason.Place, reason.Field = "", ""
	b = ptl.AppendJSONString(append(b, `,"reason":`...), reason.Error())
	if utf8.Valid(record) {
		b = ptl.AppendJSONString(append(b, `,"text":`...), string(record))
	} else {
		b = ptl.BytesType.AppendJSON(append(b, `,"base64":`...), ptl.Bytes(record))
	}
	return append(b, "}\n"...)
}

// Sync makes what was rejected as durable as a position that counts it.
func (r *File) Sync() error {
	if !r.dirty {
		return nil
	}
	r.dirty = false
	return r.file.Sync()
}

// Close ends the work.
func (r *File) Close() error {
	if r.file == nil {
		return nil
	}
	return errors.Join(r.Sync(), r.file.Close())
}
