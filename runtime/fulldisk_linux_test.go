package runtime

import (
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk runs on a disk that is too small for a store, and again when there is more room. It needs the right to
// mount one.
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
}
