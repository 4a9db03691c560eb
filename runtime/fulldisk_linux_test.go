package runtime

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk runs on a disk that is too small for a store, and again when there is more room. The store of an app that
// has ended can be looked into when the disk is full again. It needs the right to mount one.
func TestFullDisk(t *testing.T) {
	w := newWorkplace(t, 10)
	if err := syscall.Mount("tmpfs", w.dir, "tmpfs", 0, "size=12m"); err != nil {
		t.Skip("mounting a small disk: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(w.dir, syscall.MNT_DETACH) })
	w.write("in.txt", strings.Repeat("a\nb\n", 5))
	w.refused("disk full", ".portals/lines", "make room and start again")
	if err := syscall.Mount("tmpfs", w.dir, "tmpfs", syscall.MS_REMOUNT, "size=200m"); err != nil {
		t.Fatal(err)
	}
	w.wantAll(10)
	for filler := []byte(strings.Repeat("x", 1<<20)); ; filler = filler[:len(filler)/2] {
		for appendTo(t, w.path("filler"), filler) == nil {
		}
		if len(filler) == 1 {
			break
		}
	}
	for _, look := range [][]string{{"store", "check"}, {"store", "stats"}, {"state", "Total"}} {
		if out := w.must(look...); out == "" {
			t.Errorf("%v prints nothing", look)
		}
	}
}

func appendTo(t *testing.T, path string, data []byte) error {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
