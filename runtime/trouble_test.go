package runtime

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portals-lang/portals/runtime/ptl"
)

// What can be wrong with a store, a source or a sink: each is an error that names place and remedy, with exit status 1, and
// nothing is lost by it.

// stopped is a workplace whose app has been stopped in the middle.
func stopped(t *testing.T) *workplace {
	t.Helper()
	w := newWorkplace(t, 200)
	w.begun("--pause", unhurried).stop(t)
	return w
}

func TestStoreInUse(t *testing.T) {
	w := newWorkplace(t, 200)
	p := w.begun("--pause", unhurried)
	w.refused("store in use", ".portals/lines", "process", "stop that one first")
	status, _, stderr := w.run("state", "Total")
	if status != exitFailed || !strings.Contains(stderr, "store in use") {
		t.Errorf("state: %d %s", status, stderr)
	}
	p.stop(t)
	w.wantAll(200)
}

// TestRefusedLeavesNothing: an app that cannot begin leaves no store, and the next try begins as the first one would have.
func TestRefusedLeavesNothing(t *testing.T) {
	w := newWorkplace(t, 200)
	before := w.read("in.txt")
	if err := os.Remove(w.path("in.txt")); err != nil {
		t.Fatal(err)
	}
	w.refused("there is no file in.txt")
	if status, _, stderr := w.run("--memory-budget", "much"); status != exitUsage {
		t.Errorf("%d %s", status, stderr)
	}
	if left, err := filepath.Glob(w.path("*")); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
	if _, err := os.Stat(w.path(".portals")); !os.IsNotExist(err) {
		t.Errorf(".portals is left: %v", err)
	}
	w.write("in.txt", before)
	w.wantAll(200)
}

func TestStoreOfAnotherApp(t *testing.T) {
	w := stopped(t)
	p := w.process("words", "--data", ".portals/lines")
	_ = p.Run()
	if said := p.stderr.String(); p.ProcessState.ExitCode() != exitFailed || !strings.Contains(said, `belongs to app "lines", not to "words"`) || !strings.Contains(said, "choose another store") {
		t.Error(said)
	}
	w.wantAll(200)
}

func TestStoreOfOtherVersion(t *testing.T) {
	w := stopped(t)
	const path = ".portals/lines/store.json"
	before := w.read(path)
	w.write(path, strings.Replace(before, `"format": 4`, `"format": 5`, 1))
	w.refused("store of a newer version", "store.json", "run the version that wrote it")
	w.write(path, strings.Replace(before, `"format": 4`, `"format": 2`, 1))
	w.refused("store of an older version", "store.json", "run the version that wrote it, or remove the store")
	w.write(path, before)
	w.wantAll(200)
}

// TestDamagedLog flips bits in the middle of what a killed process left: the end of a log that nobody vouches for would be
// cut, the middle is damage.
func TestDamagedLog(t *testing.T) {
	w := newWorkplace(t, 400)
	p := w.begun("--pause", "5ms")
	w.waitFor(p, "out.txt", 4*100) // after some dozens of groups
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait()
	segments, err := filepath.Glob(w.path(".portals/lines/log/*.log"))
	if err != nil || len(segments) == 0 {
		t.Fatal(err, segments)
	}
	name := ".portals/lines/log/" + filepath.Base(segments[0])
	before := w.read(name)
	used := len(strings.TrimRight(before, "\x00"))
	damaged := []byte(before)
	for i := range 64 { // more than the padding between records
		damaged[used/4+i] ^= 0x10
	}
	w.write(name, string(damaged))
	w.refused("store damaged", filepath.Base(name), "at byte", "restore")
	status, _, stderr := w.run("store", "check")
	if status != exitFailed || !strings.Contains(stderr, "store damaged") {
		t.Errorf("check: %d %s", status, stderr)
	}
	w.write(name, before)
	w.wantAll(400)
}

func TestMissingSegment(t *testing.T) {
	w := stopped(t)
	segments, err := filepath.Glob(w.path(".portals/lines/log/*.log"))
	if err != nil || len(segments) == 0 {
		t.Fatal(err, segments)
	}
	for _, s := range segments {
		if err := os.Rename(s, s+".aside"); err != nil {
			t.Fatal(err)
		}
	}
	w.refused("store", ".log", "restore")
	for _, s := range segments {
		if err := os.Rename(s+".aside", s); err != nil {
			t.Fatal(err)
		}
	}
	w.wantAll(200)
}

func TestReadOnlyDirectory(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("nothing is read-only for root; TestDenied is somebody else")
	}
	w := newWorkplace(t, 10)
	if err := os.Mkdir(w.path(".portals"), 0o555); err != nil {
		t.Fatal(err)
	}
	w.refused("access denied", ".portals", "let this user read and write")
}

func TestSourceReplaced(t *testing.T) {
	w := stopped(t)
	before := w.read("in.txt")
	w.write("in.txt", strings.Repeat("c\nd\n", 100))
	w.refused("lines.ptl:1:1", "in.txt", "--restart-source")
	w.write("in.txt", before)
	w.wantAll(200)
}

func TestSinkTruncated(t *testing.T) {
	w := stopped(t)
	before := w.read("out.txt")
	w.write("out.txt", before[:4])
	w.refused("lines.ptl:4:1", "out.txt")
	w.write("out.txt", before)
	w.wantAll(200)
}

func TestNoStoreToLookInto(t *testing.T) {
	w := newWorkplace(t, 10)
	for _, args := range [][]string{{"state", "Total"}, {"waiting"}, {"dump", "counts"}, {"store", "check"}, {"store", "stats"}} {
		status, _, stderr := w.run(args...)
		if status != exitFailed || !strings.Contains(stderr, "there is no store in .portals/lines") {
			t.Errorf("%v: %d %s", args, status, stderr)
		}
	}
}

func TestLookingIntoAStore(t *testing.T) {
	w := stopped(t)
	w.wantAll(200)
	if got := w.must("state", "Total"); got != `{"key":"a","n":100}`+"\n"+`{"key":"b","n":100}`+"\n" && got != `{"key":"b","n":100}`+"\n"+`{"key":"a","n":100}`+"\n" {
		t.Error(got)
	}
	if got := w.must("state", "counting/Total", "b"); got != `{"key":"b","n":100}`+"\n" {
		t.Error(got)
	}
	status, _, stderr := w.run("state", "Totl")
	if status != exitFailed || !strings.Contains(stderr, "did you mean counting/Total?") {
		t.Error(status, stderr)
	}
	if got := w.must("store", "stats", "--json"); !strings.Contains(got, `"stream":"counts","type":"String","atoms":100`) {
		t.Error(got)
	}
	if status, _, _ := w.run("state"); status != exitUsage {
		t.Error(status)
	}
}

// TestStoppedWhileRecovering tells a run to stop before the store has read its log: nothing runs, nothing is lost.
func TestStoppedWhileRecovering(t *testing.T) {
	w := stopped(t)
	before := w.read("out.txt")
	ctx, stop := context.WithCancel(t.Context())
	asked := false
	err := Run(ctx, &ptl.App{Name: "lines", Build: func(*ptl.Graph) {}},
		Options{Data: filepath.Join(w.dir, ".portals/lines"), Notice: func(text string) { t.Error(text) }, Recovering: func(int64, int64) { asked = true; stop() }})
	if err != nil || !asked {
		t.Errorf("asked: %v; %v", asked, err)
	}
	if after := w.read("out.txt"); after != before {
		t.Errorf("%q became %q", before, after)
	}
	w.wantAll(200)
}
