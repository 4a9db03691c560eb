package reject

import (
	"errors"
	"io"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/ptl"
)

func text(t *testing.T, fsys vfs.FS, path string) string {
	t.Helper()
	f, err := fsys.Open(path)
	if err != nil {
		return "no file"
	}
	b, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func open(t *testing.T, fsys vfs.FS, size int64) *File {
	t.Helper()
	r, err := Open(&ptl.Env{FS: fsys, Durable: true}, "in", size)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRejected(t *testing.T) {
	fsys := vfs.NewMem()
	r := open(t, fsys, 0)
	if text(t, fsys, "in.rejected") != "no file" || r.Size() != 0 {
		t.Error("a file without content")
	}
	add := func(bad ptl.BadInput, record string) {
		if err := r.Add(&bad, []byte(record)); err != nil {
			t.Fatal(err)
		}
	}
	add(ptl.BadInput{Place: "in:3", Field: "a.b", Text: "x", Want: "an Int"}, `{"a":{"b":"x"}}`)
	size := r.Size()
	add(ptl.BadInput{Place: "in:4", Problem: "not valid JSON"}, "\xff")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	const first = `{"place":"in:3","field":"a.b","reason":"\"x\" is not an Int","text":"{\"a\":{\"b\":\"x\"}}"}` + "\n"
	const second = `{"place":"in:4","reason":"not valid JSON","base64":"/w=="}` + "\n"
	if got := text(t, fsys, "in.rejected"); got != first+second || size != int64(len(first)) {
		t.Errorf("got %s", got)
	}

	// Back to behind the first: the second will come again.
	r = open(t, fsys, size)
	if got := text(t, fsys, "in.rejected"); got != first {
		t.Errorf("got %s", got)
	}
	add(ptl.BadInput{Place: "in:4", Problem: "not valid JSON"}, "\xff")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if got := text(t, fsys, "in.rejected"); got != first+second {
		t.Errorf("got %s", got)
	}

	// Someone has dealt with all of it.
	if err := fsys.Remove("in.rejected"); err != nil {
		t.Fatal(err)
	}
	r = open(t, fsys, size)
	add(ptl.BadInput{Place: "in:4", Problem: "not valid JSON"}, "\xff")
	if got := text(t, fsys, "in.rejected"); got != second || r.Size() != int64(len(second)) {
		t.Errorf("got %s", got)
	}

	// A fresh run.
	if open(t, fsys, 0); text(t, fsys, "in.rejected") != "no file" {
		t.Error("what an earlier run rejected is still there")
	}
}

func TestRejectedWhereNothingCanBeWritten(t *testing.T) {
	r, err := Open(&ptl.Env{FS: vfs.NewMem()}, "no/in", 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Add(&ptl.BadInput{}, nil); err == nil || r.Close() != nil {
		t.Errorf("got %v", err)
	}
}
