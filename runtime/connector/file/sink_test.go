package file

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/portals-lang/portals/runtime/ptl"
)

func openSink[T any](t tester, s ptl.Sink[T], env *ptl.Env, at []byte) ptl.Sink[T] {
	t.Helper()
	if err := s.Open(env, at); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSinks(t *testing.T) {
	orders := []order{{1, "a"}, {2, "b, \"c\"\n"}}
	for _, c := range []struct {
		name string
		sink ptl.Sink[order]
		want string
	}{
		{"lines", LinesSink(orderType, SinkOptions{Path: "out"}), "Order(1, \"a\")\nOrder(2, \"b, \\\"c\\\"\\n\")\n"},
		{"ndjson", NDJSONSink(orderType, SinkOptions{Path: "out"}), "{\"user\":1,\"item\":\"a\"}\n{\"user\":2,\"item\":\"b, \\\"c\\\"\\n\"}\n"},
		{"csv", CSVSink(orderType, SinkOptions{Path: "out"}), "user,item\n1,a\n2,\"b, \"\"c\"\"\n\"\n"},
		{"csv without header", CSVSink(orderType, SinkOptions{Path: "out", NoHeader: true}), "1,a\n2,\"b, \"\"c\"\"\n\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := vfs.NewMem()
			put(t, fsys, "out", "what an earlier run left")
			s := openSink(t, c.sink, &ptl.Env{FS: fsys}, nil)
			if err := s.Write(orders[:1]); err != nil {
				t.Fatal(err)
			}
			at, err := s.Sync()
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(s.Write(orders), s.Close()); err != nil {
				t.Fatal(err)
			}
			s = openSink(t, c.sink, &ptl.Env{FS: fsys}, at)
			if err := errors.Join(s.Write(orders[1:]), s.Flush()); err != nil {
				t.Fatal(err)
			}
			if got := text(t, fsys, "out"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if !s.Exact() || s.Close() != nil || s.Close() != nil {
				t.Error("it does not close")
			}
		})
	}
}

func TestSinkDoesNotOpen(t *testing.T) {
	fsys := vfs.NewMem()
	put(t, fsys, "dir/a", "")
	for path, want := range map[string]string{
		"no/out.txt":    "no/out.txt cannot be written: there is no directory no; make it first",
		"dir":           "dir is a directory: name a file in it",
		"dir/a/out.txt": "dir/a/out.txt: not a directory",
	} {
		err := LinesSink(ptl.StringType, SinkOptions{Path: path}).Open(&ptl.Env{FS: fsys}, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
	for _, c := range []struct{ name, want string }{
		{"/dev/null", "/dev/null is not a regular file"},
	} {
		err := LinesSink(ptl.StringType, SinkOptions{Path: c.name}).Open(&ptl.Env{FS: vfs.Default}, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestSinkKnowsItsFile(t *testing.T) {
	wrote := numbered(20_000)
	for _, c := range []struct {
		name   string
		change func(fsys vfs.FS)
		want   string
	}{
		{"gone", func(fsys vfs.FS) { _ = fsys.Remove("out") }, "out is gone, of which 200000 bytes count"},
		{"shorter", func(fsys vfs.FS) { put(t, fsys, "out", wrote[:199_999]) }, "out has 199999 bytes: it was longer, of which 200000 count"},
		{"another front", func(fsys vfs.FS) { put(t, fsys, "out", replaced(wrote, 5, "x")) }, "out is not the file that an earlier run wrote: its first 65536"},
		{"another end", func(fsys vfs.FS) { put(t, fsys, "out", replaced(wrote, 199_998, "x")) }, "bytes 131072 to 200000 are not"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := vfs.NewMem()
			env := &ptl.Env{FS: fsys}
			s := openSink(t, LinesSink(ptl.StringType, SinkOptions{Path: "out"}), env, nil)
			if err := s.Write(strings.Split(strings.TrimSuffix(wrote, "\n"), "\n")); err != nil {
				t.Fatal(err)
			}
			at, err := s.Sync()
			if err != nil {
				t.Fatal(err)
			}
			c.change(fsys)
			was := text(t, fsys, "out")
			err = LinesSink(ptl.StringType, SinkOptions{Path: "out"}).Open(env, at)
			for _, want := range []string{c.want, "put back the file as it was, or remove the app's store"} {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q", err, want)
				}
			}
			if text(t, fsys, "out") != was {
				t.Error("what is not ours was changed")
			}
		})
	}
}

// On a disk files are truncated in place, which keeps links to them.
func TestSinkOnDisk(t *testing.T) {
	path := t.TempDir() + "/out"
	env := &ptl.Env{FS: vfs.Default, Durable: true}
	put(t, env.FS, path, "old")
	if err := env.FS.Link(path, path+".link"); err != nil {
		t.Fatal(err)
	}
	sink := func() ptl.Sink[string] { return LinesSink(ptl.StringType, SinkOptions{Path: path}) }
	s := openSink(t, sink(), env, nil)
	_ = s.Write([]string{"one"})
	at, err := s.Sync()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Write([]string{"two", "three"}), s.Close()); err != nil {
		t.Fatal(err)
	}
	s = openSink(t, sink(), env, at)
	if err := errors.Join(s.Write([]string{"TWO"}), s.Close()); err != nil {
		t.Fatal(err)
	}
	if got := text(t, env.FS, path+".link"); got != "one\nTWO\n" {
		t.Errorf("got %q", got)
	}
}

// crashing is a file system whose operation number n, and every one after it, fails; crash makes what a crash just before
// it leaves behind, of which unsynced percent of what was not synced.
type crashing struct {
	mem   *vfs.MemFS
	n     int
	left  *vfs.MemFS
	fails int
}

var errCrash = errors.New("crash")

func (c *crashing) fs(unsynced int) vfs.FS {
	return errorfs.Wrap(c.mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if c.n--; c.n >= 0 || op.Kind == errorfs.OpFileClose {
			return nil
		}
		if c.left == nil {
			c.left = c.mem.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: unsynced, RNG: rand.New(rand.NewPCG(uint64(c.fails), 1))})
		}
		return errCrash
	}))
}

// A crash at any operation, with any part of what was not synced: what is fed again behind the last synced position
// makes the file whole, with each event once.
func TestSinkCrash(t *testing.T) {
	const atoms = 8
	atom := func(i int) []string { return []string{fmt.Sprint("first ", i), strings.Repeat("x", i*2000)} }
	want := ""
	for i := range atoms {
		want += strings.Join(atom(i), "\n") + "\n"
	}
	// feed writes the atoms behind the last synced one, until the end or a crash.
	feed := func(fsys vfs.FS, at *[]byte, synced *int) error {
		s := LinesSink(ptl.StringType, SinkOptions{Path: "out"})
		if err := s.Open(&ptl.Env{FS: fsys, Durable: true}, *at); err != nil {
			return err
		}
		for i := *synced; i < atoms; i++ {
			if err := s.Write(atom(i)); err != nil {
				return err
			}
			if err := s.Flush(); err != nil {
				return err
			}
			if i%3 == 1 || i == atoms-1 {
				now, err := s.Sync()
				if err != nil {
					return err
				}
				*at, *synced = now, i+1
			}
		}
		return s.Close()
	}
	crashes := 0
	for _, unsynced := range []int{0, 50, 100} {
		for first := 0; ; first++ {
			mem := vfs.NewCrashableMem()
			put(t, mem, "out", strings.Repeat("an earlier run\n", 1000))
			var at []byte
			synced := 0
			c := &crashing{mem: mem, n: first, fails: first}
			if err := feed(c.fs(unsynced), &at, &synced); err == nil {
				break
			} else if !errors.Is(err, errCrash) {
				t.Fatal(err)
			}
			// And another crash while recovering, at each operation of a few.
			for second := 0; second < 12; second += 3 {
				at, synced := at, synced
				d := &crashing{mem: c.left.CrashClone(vfs.CrashCloneCfg{}), n: second, fails: second}
				left := d.mem
				if err := feed(d.fs(unsynced), &at, &synced); err != nil {
					if !errors.Is(err, errCrash) {
						t.Fatalf("unsynced %d, crash at %d, then %d: %v", unsynced, first, second, err)
					}
					left = d.left
				}
				if err := feed(left, &at, &synced); err != nil {
					t.Fatalf("unsynced %d, crash at %d, then %d: %v", unsynced, first, second, err)
				}
				if got := text(t, left, "out"); got != want {
					t.Fatalf("unsynced %d, crash at %d, then %d: got %q", unsynced, first, second, got)
				}
				crashes++
			}
		}
	}
	if crashes < 100 {
		t.Errorf("only %d crashes", crashes)
	}
}

// An error that is not a crash, such as a full disk, leaves what was promised.
func TestSinkGoesOnAfterAnError(t *testing.T) {
	mem := vfs.NewMem()
	full := false
	fsys := errorfs.Wrap(mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if full && op.Kind == errorfs.OpFileWriteAt {
			return syscall.ENOSPC
		}
		return nil
	}))
	s := openSink(t, LinesSink(ptl.StringType, SinkOptions{Path: "out"}), &ptl.Env{FS: fsys}, nil)
	_ = s.Write([]string{"one"})
	full = true
	if err := s.Flush(); err == nil || err.Error() != "cannot write out: no space left on device (make room and start again: what was written before counts)" {
		t.Fatalf("got %v", err)
	}
	full = false
	if err := errors.Join(s.Write([]string{"two"}), s.Close()); err != nil {
		t.Fatal(err)
	}
	if got := text(t, mem, "out"); got != "one\ntwo\n" {
		t.Errorf("got %q", got)
	}
}
