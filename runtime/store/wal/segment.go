package wal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/store/fault"
)

const suffix = ".log"

// directory is the place a log is in, and what makes its records its own.
type directory struct {
	fs   vfs.FS
	path string
	id   uint64 // where the chain begins; no other log's records have it
}

func newDirectory(fsys vfs.FS, path, identity string) directory {
	return directory{fs: fsys, path: path, id: xxhash.Sum64String(identity)}
}

// magic marks the log's records, so that a search for them need not compute a checksum at every byte, and so that a
// payload that holds a copy of another log cannot be taken for this one.
func (d directory) magic() uint32 { return uint32(d.id>>32) ^ uint32(d.id) | 1 }

// origin is the place before the first record.
func (d directory) origin() Mark { return Mark{Sum: d.id} }

func segmentName(n uint64) string { return fmt.Sprintf("%016x", n) + suffix }

func (d directory) segment(n uint64) string { return d.fs.PathJoin(d.path, segmentName(n)) }

// segments lists the numbers of the segments that exist, ascending. Other files are not the log's business.
func (d directory) segments() ([]uint64, error) {
	names, err := d.fs.List(d.path)
	if err != nil {
		return nil, fault.Disk("list the log", d.path, fault.NoOffset, err)
	}
	var numbers []uint64
	for _, name := range names {
		if hex, ok := strings.CutSuffix(name, suffix); ok && len(hex) == 16 {
			if n, err := strconv.ParseUint(hex, 16, 64); err == nil && n > 0 {
				numbers = append(numbers, n)
			}
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// load appends to buf what a segment has from an offset on, up to a limit, or to its end if limit is negative, but no more than so
// many bytes. whole tells that there is no more. A segment that does not exist is empty.
func (d directory) load(n uint64, from, limit int64, buf []byte, most int) (data []byte, whole bool, err error) {
	path := d.segment(n)
	f, err := d.fs.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return buf, true, nil
	}
	if err != nil {
		return nil, false, fault.Disk("open a segment of the log", path, fault.NoOffset, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, false, fault.Disk("open a segment of the log", path, fault.NoOffset, err)
	}
	if limit < 0 || limit > info.Size() {
		limit = info.Size()
	}
	size := int(min(max(limit-from, 0), int64(most)))
	if whole = from+int64(size) >= limit; size == 0 {
		return buf, whole, nil
	}
	begin := len(buf)
	if cap(buf) < begin+size {
		buf = append(make([]byte, 0, begin+size), buf...)
	}
	data = buf[:begin+size]
	if got, err := f.ReadAt(data[begin:], from); err != nil && !(err == io.EOF && got == size) {
		return nil, false, fault.Disk("read a segment of the log", path, from+int64(got), err)
	}
	return data, whole, nil
}

// loadAll reads a segment from an offset to its end.
func (d directory) loadAll(n uint64, from int64) ([]byte, error) {
	data, _, err := d.load(n, from, -1, nil, math.MaxInt)
	return data, err
}

func (d directory) syncNames() error {
	dir, err := d.fs.OpenDir(d.path)
	if err != nil {
		return fault.Disk("open the log", d.path, fault.NoOffset, err)
	}
	err = dir.Sync()
	if closed := dir.Close(); err == nil {
		err = closed
	}
	return fault.Disk("sync the log", d.path, fault.NoOffset, err)
}

// A start record's payload is the number of the segment that it stands in.
const startSize = HeaderSize + 8

func startRecord(segment uint64) []byte {
	return binary.LittleEndian.AppendUint64(make([]byte, HeaderSize, startSize), segment)
}

// start is the first record of a segment; wrong tells why it is none.
func (d directory) start(segment uint64) (h header, wrong string, err error) {
	data, _, err := d.load(segment, 0, startSize, nil, startSize)
	if err != nil {
		return h, "", err
	}
	h, payload, wrong := decode(data, d.magic())
	if wrong == "" && (h.kind != kindStart || !startsSegment(payload, segment)) {
		wrong = "the start of another segment"
	}
	return h, wrong, nil
}

func startsSegment(payload []byte, segment uint64) bool {
	return len(payload) == 8 && binary.LittleEndian.Uint64(payload) == segment
}
