// Package outfile writes files that only grow, and that are cut back when a run goes on from an earlier point.
//
// What is behind the length that somebody committed to was never promised to anyone: it will be written again, so it is
// removed. What is before it is never touched again. Writing goes to explicit offsets: a failed or partial write leaves
// the length where it was, and writing once more repairs it.
package outfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// File is a file under construction. It is not for concurrent use.
type File struct {
	fs      vfs.FS
	path    string
	file    vfs.File
	size    int64
	durable bool // Sync reaches the disk
	unnamed bool // the directory entry may not have reached the disk yet
}

// category accounts for the disk writes in Pebble's statistics.
const category = vfs.WriteCategoryUnspecified

// Create makes an empty file, in place of what was there.
func Create(fsys vfs.FS, path string, durable bool) (*File, error) {
	f := &File{fs: fsys, path: path, durable: durable, unnamed: true}
	exists, err := f.look()
	if err != nil {
		return nil, err
	}
	if f.file, err = fsys.OpenReadWrite(path, category); err != nil {
		return nil, f.failed("create", err)
	}
	if !exists {
		return f, nil
	}
	// Truncating keeps what a fresh file would lose: permissions, and links to the name.
	if t, ok := f.file.(truncater); ok {
		if err := t.Truncate(0); err != nil {
			return nil, errors.Join(f.failed("empty", err), f.file.Close())
		}
		return f, nil
	}
	if err := errors.Join(f.file.Close(), fsys.Remove(path)); err != nil {
		return nil, f.failed("replace", err)
	}
	if f.file, err = fsys.OpenReadWrite(path, category); err != nil {
		return nil, f.failed("create", err)
	}
	return f, nil
}

// Reopen goes on with a file of which size bytes count; more are removed. Fewer are an error that wraps ErrShort, none
// at all one that wraps fs.ErrNotExist.
func Reopen(fsys vfs.FS, path string, size int64, durable bool) (*File, error) {
	// The run before may not have been durable: unnamed costs one sync and is always right.
	f := &File{fs: fsys, path: path, durable: durable, size: size, unnamed: true}
	exists, err := f.look()
	if err != nil {
		return nil, err
	}
	if !exists {
		return nil, fmt.Errorf("%s is gone, of which %d bytes count: %w", path, size, fs.ErrNotExist)
	}
	if f.file, err = fsys.OpenReadWrite(path, category); err != nil {
		return nil, f.failed("open", err)
	}
	info, err := f.file.Stat()
	switch {
	case err != nil:
		err = f.failed("look at", err)
	case info.Size() < size:
		err = fmt.Errorf("%s has %d bytes: %w, of which %d count", path, info.Size(), ErrShort, size)
	}
	if err != nil {
		return nil, errors.Join(err, f.file.Close())
	}
	return f, nil
}

// ErrShort says that a file is shorter than what counts of it.
var ErrShort = errors.New("it was longer")

// Cut removes what is behind the bytes that count.
func (f *File) Cut() error {
	info, err := f.file.Stat()
	if err != nil {
		return f.failed("look at", err)
	}
	if info.Size() == f.size {
		return nil
	}
	if t, ok := f.file.(truncater); ok {
		if err := t.Truncate(f.size); err != nil {
			return f.failed("cut", err)
		}
		return nil
	}
	return f.copyFront()
}

// truncater is what files of the operating system can do and vfs.File does not ask for.
type truncater interface{ Truncate(size int64) error }

// copyFront cuts the file where files cannot be truncated: the part that counts takes its place in one step.
func (f *File) copyFront() error {
	name := f.path + ".cut"
	front, err := f.fs.Create(name, category)
	if err != nil {
		return f.failed("cut", err)
	}
	_, err = io.Copy(front, io.NewSectionReader(f.file, 0, f.size))
	if err == nil {
		err = front.Sync()
	}
	if err = errors.Join(err, front.Close(), f.file.Close()); err == nil {
		err = f.fs.Rename(name, f.path)
	}
	if err != nil {
		return f.failed("cut", err)
	}
	f.unnamed = true
	if f.file, err = f.fs.OpenReadWrite(f.path, category); err != nil {
		return f.failed("open", err)
	}
	return nil
}

// look tells whether the file exists, and refuses what cannot be one.
func (f *File) look() (exists bool, err error) {
	info, err := f.fs.Stat(f.path)
	switch {
	case err == nil && info.IsDir():
		return false, fmt.Errorf("%s is a directory: name a file in it", f.path)
	case err == nil && !info.Mode().IsRegular():
		return false, fmt.Errorf("%s is not a regular file, and could not be cut back after a crash: write to stdout instead", f.path)
	case err == nil:
		return true, nil
	case !errors.Is(err, fs.ErrNotExist):
		return false, f.failed("look at", err)
	}
	dir := f.fs.PathDir(f.path)
	if info, err := f.fs.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("%s cannot be written: there is no directory %s; make it first", f.path, dir)
	} else if err == nil && !info.IsDir() {
		return false, fmt.Errorf("%s cannot be written: %s is not a directory", f.path, dir)
	}
	return false, nil
}

// Size is how many bytes of the file count.
func (f *File) Size() int64 { return f.size }

// ReadAt reads from the file.
func (f *File) ReadAt(p []byte, off int64) (int, error) { return f.file.ReadAt(p, off) }

// Append writes p behind the bytes that count, and counts them.
func (f *File) Append(p []byte) error {
	if _, err := f.file.WriteAt(p, f.size); err != nil {
		return f.failed("write", err)
	}
	f.size += int64(len(p))
	return nil
}

// Sync makes what was written survive a power cut, if the file is durable.
func (f *File) Sync() error {
	if !f.durable {
		return nil
	}
	if err := f.file.SyncData(); err != nil {
		return f.failed("sync", err)
	}
	if !f.unnamed {
		return nil
	}
	if err := SyncDir(f.fs, f.path); err != nil {
		return f.failed("sync the directory of", err)
	}
	f.unnamed = false
	return nil
}

// SyncDir makes the directory entry of path survive a power cut.
func SyncDir(fsys vfs.FS, path string) error {
	dir, err := fsys.OpenDir(fsys.PathDir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Close ends the work. It does not sync.
func (f *File) Close() error {
	if err := f.file.Close(); err != nil {
		return f.failed("close", err)
	}
	return nil
}

// failed names the file once, which the errors of the operating system do or do not.
func (f *File) failed(verb string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	if vfs.IsNoSpaceError(err) {
		return fmt.Errorf("cannot %s %s: %w (make room and start again: what was written before counts)", verb, f.path, err)
	}
	return fmt.Errorf("cannot %s %s: %w", verb, f.path, err)
}
