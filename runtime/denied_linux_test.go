package runtime

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// asNobody makes the process one of a user who may write nothing. It runs a copy of the program in a place that such a one
// can reach.
func (p *process) asNobody(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can be somebody else")
	}
	const nobody = 65534
	p.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	for dir := p.Dir; len(dir) > len(os.TempDir()); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	from, err := os.Open(p.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	p.Path = filepath.Join(p.Dir, "program")
	to, err := os.OpenFile(p.Path, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestDenied runs an app where its user may not write: where there is no store yet, and on one that was stopped. That one
// can be looked into, and goes on when it is allowed to.
func TestDenied(t *testing.T) {
	for name, w := range map[string]*workplace{"no store": newWorkplace(t, 200), "a store": stopped(t)} {
		if status, _, said := w.asNobody(t); status != exitFailed || !strings.Contains(said, "access denied: .portals/lines") ||
			!strings.Contains(said, "let this user read and write") {
			t.Errorf("%s: %d %s", name, status, said)
		}
		for _, look := range [][]string{{"store", "check"}, {"store", "stats"}, {"state", "Total"}} {
			status, out, said := w.asNobody(t, look...)
			if name == "no store" && (status != exitFailed || !strings.Contains(said, "there is no store")) || name == "a store" && (status != 0 || out == "") {
				t.Errorf("%s, %v: %d %s%s", name, look, status, out, said)
			}
		}
		w.wantAll(200)
	}
}

// TestLookingDenied looks into the store of an app that runs, as somebody who may only read it.
func TestLookingDenied(t *testing.T) {
	w := newWorkplace(t, 200)
	p := w.begun("--pause", unhurried)
	if status, _, said := w.asNobody(t, "state", "Total"); status != exitFailed || !strings.Contains(said, "store in use") {
		t.Errorf("%d %s", status, said)
	}
	p.stop(t)
	w.wantAll(200)
}

// asNobody runs the app as a user who may write nothing.
func (w *workplace) asNobody(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	p := w.process("lines", args...)
	p.asNobody(t)
	_ = p.Run()
	return p.ProcessState.ExitCode(), p.stdout.String(), p.stderr.String()
}
