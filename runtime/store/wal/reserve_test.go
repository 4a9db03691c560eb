package wal

import (
	"errors"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// counting counts the bytes that are written to its files, which can be made longer without writing or not.
type counting struct {
	vfs.FS
	bytes *int64
	full  bool
}

func (c counting) OpenReadWrite(name string, category vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	f, err := c.FS.OpenReadWrite(name, category, opts...)
	return counted{f, c}, err
}

type counted struct {
	vfs.File
	in counting
}

func (c counted) WriteAt(b []byte, at int64) (int, error) {
	*c.in.bytes += int64(len(b))
	return c.File.WriteAt(b, at)
}

func (c counted) Preallocate(at, n int64) error {
	if c.in.full {
		return errors.New("not on this file system")
	}
	return c.File.Preallocate(at, n)
}

// TestFresh: a new segment is filled before it is used, unless groups are large and it can have its place on the disk without that.
func TestFresh(t *testing.T) {
	const segment = 64 << 10
	for _, c := range []struct {
		name   string
		size   int
		fills  bool
		cannot bool
	}{
		{"small groups", segment / largeShare / 2, true, false},
		{"large groups", segment / largeShare * 2, false, false},
		{"large groups where it cannot", segment / largeShare * 2, true, true},
	} {
		var written int64
		opts := Options{FS: counting{vfs.NewMem(), &written, c.cannot}, Dir: "log", Identity: "test", SegmentBytes: segment}
		l, _ := open(t, opts, Mark{})
		groups := int64(0)
		for l.Written().Segment < 20 {
			if _, err := l.Append(make([]byte, HeaderSize+c.size)); err != nil {
				t.Fatal(err)
			}
			groups += int64(HeaderSize + c.size)
		}
		least, most := groups+segment, groups+3*segment
		if c.fills {
			least, most = groups+18*segment, groups+21*segment
		}
		if written < least || written > most {
			t.Errorf("%s: %d bytes of groups took %d, not %d to %d", c.name, groups, written, least, most)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l, tail := open(t, opts, Mark{})
		if tail.Groups != uint64(groups)/uint64(HeaderSize+c.size) || !tail.Clean {
			t.Errorf("%s: opened again, there is %+v", c.name, tail)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
