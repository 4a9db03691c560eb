package file

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/portals-lang/portals/runtime/ptl"
)

// testing.T and rapid.T.
type tester interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// put makes a file, with the directories it stands in.
func put(t tester, fsys vfs.FS, path, text string) {
	t.Helper()
	if err := fsys.MkdirAll(fsys.PathDir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	f, err := fsys.Create(path, vfs.WriteCategoryUnspecified)
	if err == nil {
		_, err = f.Write([]byte(text))
	}
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// text is what stands in a file; "" if there is none.
func text(t tester, fsys vfs.FS, path string) string {
	t.Helper()
	f, err := fsys.Open(path)
	if err != nil {
		return ""
	}
	b, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func open[T any](t tester, s ptl.Source[T], env *ptl.Env, at []byte) ptl.Source[T] {
	t.Helper()
	if err := s.Open(env, at); err != nil {
		t.Fatal(err)
	}
	return s
}

// drain reads a source to its end.
func drain[T any](t tester, s ptl.Source[T]) (atoms [][]T, positions [][]byte) {
	t.Helper()
	for {
		events, at, err := s.Next(nil)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		atoms, positions = append(atoms, events), append(positions, at)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return atoms, positions
}

func lines(path string, events int64) ptl.Source[string] {
	return LinesSource(ptl.StringType, SourceOptions{Path: path, Atom: ptl.Cut{Events: events}})
}

func TestLinesSource(t *testing.T) {
	fsys := vfs.NewMem()
	put(t, fsys, "a.txt", "one\r\ntwo\n\nthree")
	put(t, fsys, "empty.txt", "")
	put(t, fsys, "dir/b.md", "b1\nb2")
	put(t, fsys, "dir/a.md", "\xef\xbb\xbfa1\na2\na3\n")
	put(t, fsys, "dir/c.md", "")
	put(t, fsys, "dir/d.md", "d1\n")
	put(t, fsys, "dir/.hidden.md", "no")
	put(t, fsys, "dir/d.md.rejected", "no")
	put(t, fsys, "dir/sub/e.md", "e1\n")
	put(t, fsys, "odd[1].txt", "odd\n")
	put(t, fsys, "odd1.txt", "even\n")
	for _, c := range []struct {
		path   string
		events int64
		want   string
	}{
		{"a.txt", 0, `[["one" "two" "" "three"]]`},
		{"a.txt", 3, `[["one" "two" ""] ["three"]]`},
		{"a.txt", 2, `[["one" "two"] ["" "three"]]`},
		{"empty.txt", 2, `[]`},
		{"dir/*.md", 2, `[["a1" "a2"] ["a3" "b1"] ["b2" "d1"]]`},
		{"dir/*", 100, `[["a1" "a2" "a3" "b1" "b2" "d1"]]`},
		{"dir/.*", 100, `[["no"]]`},
		{"*/[bd].md", 1, `[["b1"] ["b2"] ["d1"]]`},
		{"*/*/*.md", 1, `[["e1"]]`},
		{"odd[1].txt", 1, `[["odd"]]`}, // a file of just this name goes before the pattern
	} {
		t.Run(fmt.Sprint(c.path, c.events), func(t *testing.T) {
			env := &ptl.Env{FS: fsys}
			atoms, positions := drain(t, open(t, lines(c.path, c.events), env, nil))
			if got := fmt.Sprintf("%q", atoms); got != c.want {
				t.Fatalf("got %s, want %s", got, c.want)
			}
			for i, at := range positions {
				rest, _ := drain(t, open(t, lines(c.path, c.events), env, at))
				if got, want := fmt.Sprintf("%q", rest), fmt.Sprintf("%q", atoms[i+1:]); got != want {
					t.Errorf("behind atom %d: got %s, want %s", i, got, want)
				}
			}
		})
	}
}

func TestSourceDoesNotOpen(t *testing.T) {
	fsys := vfs.NewMem()
	put(t, fsys, "dir/a.md", "")
	for path, want := range map[string]string{
		"b.md":     "there is no file b.md (paths are relative to the working directory)",
		"~/b.md":   "there is no file ~/b.md (only a shell knows what ~ stands for: write the path out, or make it a param)",
		"dir/*.go": "no file matches dir/*.go",
		"no/*.go":  "no file matches no/*.go",
		"dir":      `dir is a directory: name the files in it, as in "dir/*"`,
		"dir/[":    "dir/[ is not a pattern",
	} {
		err := lines(path, 0).Open(&ptl.Env{FS: fsys}, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
	for path, want := range map[string]string{
		"/dev/null":              "/dev/null is not a regular file, so it could not be read again after a crash: pipe it in",
		"no such file":           "there is no file no such file",
		"/no such directory/*.x": "no file matches",
	} {
		err := lines(path, 0).Open(&ptl.Env{FS: vfs.Default}, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("on disk, %s: got %v, want %q", path, err, want)
		}
	}
}

func TestLinesTakeFewAllocations(t *testing.T) {
	fsys := vfs.NewMem()
	put(t, fsys, "n.txt", numbered(100_000))
	s := open(t, lines("n.txt", 1000), &ptl.Env{FS: fsys}, nil)
	buf := make([]string, 0, 1000)
	perAtom := testing.AllocsPerRun(50, func() {
		if _, _, err := s.Next(buf[:0]); err != nil {
			t.Fatal(err)
		}
	})
	if perAtom > 25 { // 18 blocks and a position
		t.Errorf("%.0f allocations for 1000 lines", perAtom)
	}
}

type order struct {
	User int64
	Item string
}

var orderType = ptl.RecordType("Order",
	ptl.Field("user", func(o *order) *int64 { return &o.User }, ptl.IntType),
	ptl.Field("item", func(o *order) *string { return &o.Item }, ptl.StringType),
)

func TestCSVSource(t *testing.T) {
	fsys := vfs.NewMem()
	put(t, fsys, "1.csv", "\xef\xbb\xbf\nItem,User\n\"a\nb\",1\n\nc,2\n")
	put(t, fsys, "2.csv", "other,USER,item\n\"x\ny\",3,d\r\n,4,\"\"")
	source := func() ptl.Source[order] {
		return CSVSource(orderType, SourceOptions{Path: "*.csv", Atom: ptl.Cut{Events: 1}})
	}
	env := &ptl.Env{FS: fsys}
	atoms, positions := drain(t, open(t, source(), env, nil))
	want := [][]order{{{1, "a\nb"}}, {{2, "c"}}, {{3, "d"}}, {{4, ""}}}
	if diff := cmp.Diff(want, atoms); diff != "" {
		t.Fatal(diff)
	}
	for i, at := range positions {
		rest, _ := drain(t, open(t, source(), env, at))
		if fmt.Sprint(rest) != fmt.Sprint(atoms[i+1:]) {
			t.Errorf("behind atom %d: %v", i, rest)
		}
	}
	put(t, fsys, "3.csv", "other,USER\n1,2\n")
	s := CSVSource(orderType, SourceOptions{Path: "3.csv", Bad: ptl.SkipBad})
	_, _, err := open(t, s, env, nil).Next(nil)
	if err == nil || !strings.HasPrefix(err.Error(), "3.csv:1: ") || !strings.Contains(err.Error(), "field item: there is no such column") {
		t.Errorf("got %v", err)
	}
}

func TestStopOnBad(t *testing.T) {
	fsys := vfs.NewMem()
	put(t, fsys, "o.ndjson", `{"user":1,"item":"a"}

{"user":2,"item":"b"}
{"user":"x","item":"c"}
`)
	source := func() ptl.Source[order] {
		return NDJSONSource(orderType, SourceOptions{Path: "o.ndjson", Atom: ptl.Cut{Events: 1}})
	}
	env := &ptl.Env{FS: fsys}
	s := open(t, source(), env, nil)
	var at []byte
	for range 2 {
		var err error
		if _, at, err = s.Next(nil); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // it stays where it is
		_, _, err := s.Next(nil)
		var bad *ptl.BadInput
		if !errors.As(err, &bad) || err.Error() != "o.ndjson:4: field user: \"x\" is not an Int\n  mend it and start again, or have such input put aside with `bad: skip`" {
			t.Fatalf("got %v", err)
		}
	}
	// The remedy: mend the line and go on.
	put(t, fsys, "o.ndjson", strings.Replace(text(t, fsys, "o.ndjson"), `"x"`, `3`, 1))
	if rest, _ := drain(t, open(t, source(), env, at)); fmt.Sprint(rest) != "[[{3 c}]]" {
		t.Errorf("got %v", rest)
	}
}

func TestInvalidUTF8(t *testing.T) {
	fsys := vfs.NewMem()
	put(t, fsys, "a.txt", "ok\ngr\xfc\xdf\n")
	_, _, err := open(t, lines("a.txt", 0), &ptl.Env{FS: fsys}, nil).Next(nil)
	if err == nil || err.Error() != `a.txt:2: "gr\xfc\xdf" is not valid UTF-8`+"\n  write it in UTF-8 and start again" {
		t.Errorf("got %v", err)
	}
}

func TestSourceLimits(t *testing.T) {
	fsys := vfs.NewMem()
	put(t, fsys, "a.txt", "one\ntwo\nthree\nfour\n")
	for _, c := range []struct {
		limit ptl.AtomLimit
		want  string
	}{
		{ptl.AtomLimit{Events: 2}, "a.txt:3: an atom of stream words passes the limit of 2 events"},
		{ptl.AtomLimit{Bytes: 10}, "a.txt:3: an atom of stream words passes the limit of 10 bytes"},
	} {
		_, _, err := open(t, lines("a.txt", 0), &ptl.Env{FS: fsys, Stream: "words", Limit: c.limit}, nil).Next(nil)
		var large *ptl.AtomTooLarge
		if !errors.As(err, &large) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

func TestSourceCutByTime(t *testing.T) {
	fsys := vfs.NewMem()
	put(t, fsys, "a.txt", strings.Repeat("x\n", 100))
	now := ptl.Time(0)
	env := &ptl.Env{FS: fsys, Now: func() ptl.Time { now += 5; return now }}
	s := LinesSource(ptl.StringType, SourceOptions{Path: "a.txt", Atom: ptl.Cut{After: 5}})
	atoms, _ := drain(t, open(t, s, env, nil))
	if len(atoms) != 6 || len(atoms[0]) != 17 {
		t.Errorf("%d atoms, the first of %d", len(atoms), len(atoms[0]))
	}
}

func TestSourceInterrupt(t *testing.T) {
	fsys := vfs.NewMem()
	put(t, fsys, "a.txt", "x\n")
	s := open(t, lines("a.txt", 0), &ptl.Env{FS: fsys}, nil)
	s.Interrupt()
	if _, _, err := s.Next(nil); err != ptl.ErrInterrupted {
		t.Fatalf("got %v", err)
	}
	if events, _, err := s.Next([]string{"y"}); err != nil || fmt.Sprint(events) != "[y x]" {
		t.Fatalf("got %v, %v", events, err)
	}
}

// Whatever stands in the files and wherever atoms are cut: what follows a position is what followed it before, also when
// the atoms behind it are cut otherwise.
func TestSourceIsReplayed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fsys := vfs.NewMem()
		line := rapid.OneOf(rapid.StringN(0, 20, -1), rapid.Map(rapid.IntRange(0, 70_000), func(n int) string { return strings.Repeat("z", n) }))
		for i := range rapid.IntRange(1, 3).Draw(t, "files") {
			all := rapid.SliceOfN(line, 0, 12).Draw(t, "lines")
			put(t, fsys, fmt.Sprint(i, ".txt"), strings.Join(all, rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "end")))
		}
		env := &ptl.Env{FS: fsys}
		cut := rapid.Int64Range(0, 5)
		atoms, positions := drain(t, open(t, lines("*.txt", cut.Draw(t, "cut")), env, nil))
		if len(atoms) == 0 {
			return
		}
		i := rapid.IntRange(0, len(atoms)-1).Draw(t, "behind")
		rest, _ := drain(t, open(t, lines("*.txt", cut.Draw(t, "other cut")), env, positions[i]))
		if diff := cmp.Diff(concat(atoms[i+1:]), concat(rest)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func concat[T any](atoms [][]T) (all []T) {
	for _, atom := range atoms {
		all = append(all, atom...)
	}
	return all
}
