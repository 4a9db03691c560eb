package file

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"pgregory.net/rapid"

	"github.com/portals-lang/portals/runtime/ptl"
)

// numbered is n lines of ten bytes.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%09d\n", i)
	}
	return b.String()
}

// replaced is s with other bytes of the same length at offset at.
func replaced(s string, at int, with string) string { return s[:at] + with + s[at+len(with):] }

func TestSourceKnowsItsFile(t *testing.T) {
	const perAtom = 7
	whole := numbered(40_000) // 400 kB, of which taken at some atom:
	for _, c := range []struct {
		name   string
		atoms  int // taken before the change
		before string
		after  string
		want   string // part of the error; "" for none
	}{
		{"nothing changed", 1000, whole, whole, ""},
		{"it has grown", 1000, whole, whole + "more\n", ""},
		{"grown from less than a block", 10, whole[:3000], whole, ""},
		{"shorter, behind what was taken", 1000, whole, whole[:70_000], ""},
		{"mended behind what was taken", 10, whole, replaced(whole, 701, "x"), ""},
		{"shorter", 1000, whole, whole[:69_999], "it has 69999 bytes, and 70000 were taken"},
		{"empty", 1000, whole, "", "it has 0 bytes"},
		{"another front", 5000, whole, replaced(whole, 100, "x"), "its first 65536 bytes are not"},
		{"another front, little taken", 10, whole, replaced(whole, 100, "x"), "bytes 0 to 700 are not"},
		{"another front, a block taken", 1000, whole, replaced(whole, 65_535, "x"), "its first 65536 bytes"},
		{"other bytes in the block", 5000, whole, replaced(whole, 349_999, "x"), "bytes 262144 to 350000 are not"},
		{"other bytes in the block before", 5000, whole, replaced(whole, 350_000-65_536, "x"), "bytes 262144 to 350000 are not"},
		{"far behind and far before the offset", 5000, whole, replaced(whole, 200_000, "x"), ""}, // what is not promised
		{"just behind a block", 9363, numbered(70_000), replaced(numbered(70_000), 655_360-2, "x"), "bytes 589824 to 655410 are not"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := vfs.NewMem()
			put(t, fsys, "n.txt", c.before)
			env := &ptl.Env{FS: fsys}
			s := open(t, lines("n.txt", perAtom), env, nil)
			var at []byte
			for range c.atoms {
				var err error
				if _, at, err = s.Next(nil); err != nil {
					t.Fatal(err)
				}
			}
			put(t, fsys, "n.txt", c.after)
			err := lines("n.txt", perAtom).Open(env, at)
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				rest, _ := drain(t, open(t, lines("n.txt", perAtom), env, at))
				want := strings.Count(c.after, "\n") - perAtom*c.atoms
				if got := concat(rest); len(got) != want {
					t.Errorf("%d lines follow, want %d", len(got), want)
				}
				return
			}
			for _, part := range []string{"n.txt is not the file that was read before", c.want, "--restart-source"} {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("got %v, want %q", err, part)
				}
			}
			again := *env
			again.Restart = true
			rest, _ := drain(t, open(t, lines("n.txt", perAtom), &again, at))
			if got, want := len(concat(rest)), len(strings.Fields(c.after)); got != want {
				t.Errorf("started again, it gave %d lines of %d", got, want)
			}
		})
	}
}

func TestLastLineGrows(t *testing.T) {
	for after, want := range map[string]string{
		"a\nb":        "[]",
		"a\nb\n":      "[]",
		"a\nb\nc":     "[[c]]",
		"a\nb\r\nc\n": "[[c]]",
		"a\nbc\n":     "line 2, which was its last and had no line end, has grown",
		"a\nb\rc\n":   "line 2, which was its last and had no line end, has grown",
	} {
		fsys := vfs.NewMem()
		env := &ptl.Env{FS: fsys}
		put(t, fsys, "a.txt", "a\nb")
		_, positions := drain(t, open(t, lines("a.txt", 0), env, nil))
		put(t, fsys, "a.txt", after)
		s := lines("a.txt", 0)
		err := s.Open(env, positions[0])
		if strings.HasPrefix(want, "[") {
			if err != nil {
				t.Fatal(err)
			}
			if rest, _ := drain(t, s); fmt.Sprint(rest) != want {
				t.Errorf("%q: got %v, want %s", after, rest, want)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", after, err, want)
		}
	}
}

func TestPatternKnowsItsFiles(t *testing.T) {
	const refused = "of the files that *.txt names, the first 2 are not those that were read before"
	for _, c := range []struct {
		name   string
		change func(fsys vfs.FS)
		want   string
	}{
		{"nothing", func(vfs.FS) {}, "[[b2] [c1]]"},
		{"a new one behind", func(fsys vfs.FS) { put(t, fsys, "d.txt", "d1\n") }, "[[b2] [c1] [d1]]"},
		{"the current one has grown", func(fsys vfs.FS) { put(t, fsys, "b.txt", "b1\nb2\nb3\n") }, "[[b2] [b3] [c1]]"},
		{"a new one before", func(fsys vfs.FS) { put(t, fsys, "0.txt", "01\n") }, refused},
		{"an earlier one is gone", func(fsys vfs.FS) { _ = fsys.Remove("a.txt") }, refused},
		{"the current one is gone", func(fsys vfs.FS) { _ = fsys.Remove("b.txt") }, "c.txt is not the file"},
		{"an earlier one has grown", func(fsys vfs.FS) { put(t, fsys, "a.txt", "a1\na2\n") }, refused},
		{"all but one are gone", func(fsys vfs.FS) { _, _ = fsys.Remove("b.txt"), fsys.Remove("c.txt") }, refused},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := vfs.NewMem()
			put(t, fsys, "a.txt", "a1\n")
			put(t, fsys, "b.txt", "b1\nb2\n")
			put(t, fsys, "c.txt", "c1\n")
			env := &ptl.Env{FS: fsys}
			_, positions := drain(t, open(t, lines("*.txt", 1), env, nil))
			c.change(fsys)
			s := lines("*.txt", 1)
			err := s.Open(env, positions[1])
			if strings.HasPrefix(c.want, "[") {
				if err != nil {
					t.Fatal(err)
				}
				if rest, _ := drain(t, s); fmt.Sprint(rest) != c.want {
					t.Errorf("got %v, want %s", rest, c.want)
				}
			} else if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestDamagedPosition(t *testing.T) {
	fsys := vfs.NewMem()
	put(t, fsys, "a.txt", "a1\n")
	env := &ptl.Env{FS: fsys}
	_, positions := drain(t, open(t, lines("a.txt", 1), env, nil))
	at := positions[0]
	for i := range at {
		if err := lines("a.txt", 1).Open(env, at[:i]); err == nil {
			t.Errorf("%d bytes of %d were taken", i, len(at))
		}
		for bit := range 8 {
			broken := append([]byte(nil), at...)
			broken[i] ^= 1 << bit
			_ = lines("a.txt", 1).Open(env, broken) // must not panic; numbers of lines cannot be checked
		}
	}
	at[0]++
	if err := lines("a.txt", 1).Open(env, at); err == nil || !strings.Contains(err.Error(), "use the newer version") {
		t.Errorf("got %v", err)
	}
}

// However the bytes come in, the trail at an offset is the one that follow finds there, and it marks the same.
func TestTrail(t *testing.T) {
	data := make([]byte, 5*blockSize)
	rng := rand.NewChaCha8([32]byte{1})
	_, _ = rng.Read(data)
	file := vfs.NewMemFile(data)
	rapid.Check(t, func(t *rapid.T) {
		near := rapid.Map(rapid.IntRange(0, 5), func(n int) int { return n * blockSize })
		offset := near.Draw(t, "block") + rapid.IntRange(-2, 2).Draw(t, "more")
		if rapid.Bool().Draw(t, "anywhere") {
			offset = rapid.IntRange(0, len(data)).Draw(t, "offset")
		}
		offset = min(max(offset, 0), len(data))
		tr := newTrail()
		for rest := data[:offset]; len(rest) > 0; {
			n := min(rapid.IntRange(1, 2*blockSize).Draw(t, "piece"), len(rest))
			tr.add(rest[:n])
			rest = rest[n:]
		}
		m := tr.mark()
		if m.offset != int64(offset) {
			t.Fatalf("at %d, not %d", m.offset, offset)
		}
		r := ptl.NewReader(m.append(nil))
		if back := readMark(r); back != m || r.Err() != nil || r.Len() != 0 {
			t.Fatalf("%+v became %+v: %v", m, back, r.Err())
		}
		found, differs, err := follow(file, int64(len(data)), m)
		if err != nil || differs != "" {
			t.Fatal(differs, err)
		}
		tail := data[offset:]
		tr.add(tail)
		found.add(tail)
		if tr.mark() != found.mark() {
			t.Fatal("the trails part")
		}
	})
}
