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
// goes on when it is allowed to.
func TestDenied(t *testing.T) {
	for name, w := range map[string]*workplace{"no store": newWorkplace(t, 200), "a store": stopped(t)} {
		for _, args := range [][]string{nil, {"store", "check"}} {
			p := w.process("lines", args...)
			p.asNobody(t)
			_ = p.Run()
			said := p.stderr.String()
			denied := strings.Contains(said, "access denied: .portals/lines") && strings.Contains(said, "let this user read and write")
			nothing := name == "no store" && args != nil && strings.Contains(said, "there is no store")
			if p.ProcessState.ExitCode() != exitFailed || !denied && !nothing {
				t.Errorf("%s, %v: %d %s", name, args, p.ProcessState.ExitCode(), said)
			}
		}
		w.wantAll(200)
	}
}
