// Package fault is what goes wrong with a store, as a value: what kind of trouble it is, in which file and at which
// byte, and what a person can do about it.
//
// There is one type for all of it, because whoever starts an app wants to tell "somebody else has it open" from "the
// disk is full" without reading sentences, and whoever reads the sentence wants a place and a remedy in it. The
// parts of the store make these errors where they know most; package store passes them on under its own name.
package fault

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// Kind sorts the troubles by what has to be done about them.
type Kind uint8

const (
	// IO is a disk operation that failed for a reason that has no kind of its own.
	IO Kind = iota
	// Damaged says that what was durable cannot be read back as it was written.
	Damaged
	// Missing says that a file that must be there is not.
	Missing
	// InUse says that another process, or another part of this one, has the store open.
	InUse
	// OtherApp says that the store belongs to an app of another name.
	OtherApp
	// Newer says that the store was written by a later version, in a format that this one does not know.
	Newer
	// Older says that the store was written by an earlier version, in a format that this one does not read any more.
	Older
	// Full says that the disk, or a quota on it, has no room left.
	Full
	// Denied says that the file system refused: permissions, or a read-only mount.
	Denied
	// TooLarge says that a group exceeds what one record can hold.
	TooLarge
	// Invalid says that the caller asked for something that has no meaning: an empty key, missing options.
	Invalid
	// Closed says that the store was closed before.
	Closed
)

var names = [...]string{
	IO: "disk error", Damaged: "store damaged", Missing: "store incomplete", InUse: "store in use",
	OtherApp: "store of another app", Newer: "store of a newer version", Older: "store of an older version",
	Full: "disk full", Denied: "access denied",
	TooLarge: "group too large", Invalid: "invalid use of the store", Closed: "store closed",
}

// String is the kind in words, as errors begin with it.
func (k Kind) String() string {
	if int(k) < len(names) {
		return names[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// NoOffset in Error.Offset says that the trouble has no place inside the file.
const NoOffset int64 = -1

// Error is one trouble with one file of the store.
type Error struct {
	Kind   Kind
	Path   string // the file or directory; may be empty for Invalid and Closed
	Offset int64  // byte offset in Path, or NoOffset
	Detail string // what was found, and what was expected because of what
	Remedy string // what to do, as a sentence; may be empty
	Err    error  // the cause, if another package reported one
}

// Error is one line: kind, place, detail, cause, remedy.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	if e.Path != "" {
		b.WriteString(": ")
		b.WriteString(e.Path)
		if e.Offset >= 0 {
			fmt.Fprintf(&b, " at byte %d", e.Offset)
		}
	}
	if e.Detail != "" {
		b.WriteString(": ")
		b.WriteString(e.Detail)
	}
	if e.Err != nil {
		b.WriteString(": " + FirstLine(e.Err))
	}
	if e.Remedy != "" {
		b.WriteString(" (")
		b.WriteString(e.Remedy)
		b.WriteString(")")
	}
	return b.String()
}

// FirstLine is what an error says first. Those of the merge tree go on with where in it they were made, or with all else
// that is wrong because of the same.
func FirstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// Unwrap gives errors.Is and errors.As the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether err is, or wraps, a store error of this kind.
func Is(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

// Disk makes the error of a failed disk operation, told apart by its cause as far as a remedy depends on it. What
// is a store error already is passed through, so that it keeps the place that its maker knew.
func Disk(op, path string, offset int64, err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	e := &Error{Kind: IO, Path: path, Offset: offset, Detail: "cannot " + op, Err: err}
	switch {
	case vfs.IsNoSpaceError(err) || errors.Is(err, syscall.EDQUOT):
		e.Kind = Full
		e.Remedy = "make room and start again: nothing that was durable is lost"
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		e.Kind = Denied
		e.Remedy = "let this user read and write the store's directory, or choose another one"
	case errors.Is(err, fs.ErrNotExist):
		e.Kind = Missing
		e.Remedy = "restore the file from a backup, or remove the store to start afresh"
	default:
		e.Remedy = "check the disk and start again: nothing that was durable is lost"
	}
	return e
}
