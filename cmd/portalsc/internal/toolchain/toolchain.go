// Package toolchain turns generated Go into a binary, with the Go toolchain of the user and a cache of our own.
//
// The runtime's source lies in the cache once for each version of it, as the module that it is. A program is put into
// that module, in a directory of its own, so that the module's go.mod and go.sum serve it too and nothing else has to be
// resolved; it is built there, and its directory goes away again. The binary is kept under a hash of everything that it
// was made from, so a program that has not changed runs at once.
//
//	<cache>/src/<hash of the runtime>/            the module; `complete` stands in it when all of it does
//	<cache>/src/<…>/program/<hash>/               a program while it is built
//	<cache>/bin/<hash>                            a binary
//	<cache>/lock/<hash>                           held while it is built
//	<cache>/swept                                 its time is when somebody last looked for what is not used any more
//
// A binary, or the runtime of another version, that nobody has used for five days is removed, as Go does with its own
// build cache; so nobody has to think of the cache.
//
// Any number of processes may do all this at once. What appears under its final name is complete, because it was
// renamed to it; two processes that want one binary build it once.
package toolchain

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Module is the module that programs are built inside.
const Module = "github.com/portals-lang/portals"

// Placeholder stands in a program's own import paths where the name of its directory will stand; that is known only
// when the program is.
const Placeholder = "PROGRAM"

// Toolchain builds programs.
type Toolchain struct {
	dir    string // the cache
	source fs.FS
	hash   string // of the runtime's source
	goTool string
	// Notice is called before something that takes long, with what it is; it may be nil.
	Notice func(text string)
}

// New prepares a toolchain that keeps its files in dir ("" stands for the user's cache directory) and builds on the
// given source of the runtime.
func New(dir string, source fs.FS) (*Toolchain, error) {
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("no place for compiled programs: %w (set PORTALS_CACHE to a directory)", err)
		}
		dir = filepath.Join(cache, "portals")
	}
	hash, err := hashSource(source)
	if err != nil {
		return nil, err
	}
	goTool, err := exec.LookPath("go")
	if err != nil {
		return nil, errNoGo
	}
	return &Toolchain{dir: dir, source: source, hash: hash, goTool: goTool}, nil
}

// Program is what to build.
type Program struct {
	Files map[string][]byte // Go files by path, the main package at the top
	// Modules are the Go modules, beside the runtime's, whose packages the program imports.
	Modules []UserModule
	// Debug keeps what debuggers read; without it building is faster. Places in panics are there either way.
	Debug bool
}

// Build returns the path of the program's binary, which it makes unless it is there. The file belongs to the cache.
func (t *Toolchain) Build(ctx context.Context, p *Program) (string, error) {
	key, err := t.key(ctx, p)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(t.dir, "bin", key+exeSuffix())
	if used(binary) {
		return binary, nil
	}
	unlock, err := t.lock(ctx, key)
	if err != nil {
		return "", err
	}
	defer unlock()
	if used(binary) { // another process has built it meanwhile
		return binary, nil
	}
	module, err := t.layout()
	if err != nil {
		return "", fmt.Errorf("laying out the runtime in %s: %w", t.dir, err)
	}
	t.sweep()
	return binary, t.compile(ctx, p, module, key, binary)
}

// key is the hash of everything that a binary depends on.
func (t *Toolchain) key(ctx context.Context, p *Program) (string, error) {
	h := sha256.New()
	tool, err := filepath.EvalSymlinks(t.goTool)
	if err != nil {
		return "", errNoGo
	}
	info, err := os.Stat(tool)
	if err != nil {
		return "", errNoGo
	}
	// The tool's file stands for its version: asking it would take longer than all the rest.
	fmt.Fprintln(h, t.hash, tool, info.Size(), info.ModTime().UnixNano(), p.Debug)
	for _, name := range environment {
		fmt.Fprintln(h, name, os.Getenv(name))
	}
	for _, name := range sortedNames(p.Files) {
		fmt.Fprintln(h, name, len(p.Files[name]))
		h.Write(p.Files[name])
	}
	for _, m := range p.Modules {
		builds, err := t.builds(ctx, m)
		if err != nil {
			return "", err
		}
		h.Write(builds)
	}
	return hex.EncodeToString(h.Sum(nil))[:24], nil
}

// environment names the variables that change what Go builds.
var environment = []string{"GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT", "GOTOOLCHAIN", "CGO_ENABLED"}

// exeSuffix ends the names of binaries, on the system that they are built for.
func exeSuffix() string {
	if target() == "windows" {
		return ".exe"
	}
	return ""
}

// target is the system that Go builds for.
func target() string { return cmp.Or(os.Getenv("GOOS"), runtime.GOOS) }

// Foreign tells what binaries are built for, where that is another machine than this one; else it is empty.
func Foreign() string {
	here := runtime.GOOS + "/" + runtime.GOARCH
	if there := target() + "/" + cmp.Or(os.Getenv("GOARCH"), runtime.GOARCH); there != here {
		return there
	}
	return ""
}

// used tells whether a binary is there, and notes that it is in use.
func used(binary string) bool {
	info, err := os.Stat(binary)
	if err != nil {
		return false
	}
	if now := time.Now(); now.Sub(info.ModTime()) > notedWithin {
		_ = os.Chtimes(binary, now, now) // if that fails, it is swept early and built again
	}
	return true
}

func (t *Toolchain) lock(ctx context.Context, key string) (unlock func(), err error) {
	dir := filepath.Join(t.dir, "lock")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	l := flock.New(filepath.Join(dir, key))
	if _, err := l.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		return nil, err
	}
	// The file stays: one that was removed could still be locked by who waits for it, while the next one makes and locks
	// another of the same name.
	return func() { _ = l.Unlock() }, nil
}

// layout puts the runtime's source into the cache and returns its directory.
func (t *Toolchain) layout() (string, error) {
	dir := filepath.Join(t.dir, "src", t.hash)
	if _, err := os.Stat(filepath.Join(dir, "complete")); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), ".new-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp)
	err = eachSource(t.source, func(name string, text []byte) error { return write(temp, name, text) })
	if err == nil {
		err = write(temp, "complete", nil)
	}
	if err != nil {
		return "", err
	}
	if err := os.Rename(temp, dir); err != nil {
		if _, there := os.Stat(filepath.Join(dir, "complete")); there != nil {
			return "", err
		}
	}
	return dir, nil
}

// compile builds the program inside the module, and renames the result to its place.
func (t *Toolchain) compile(ctx context.Context, p *Program, module, key, binary string) error {
	dir := filepath.Join(module, "program", key)
	defer os.RemoveAll(dir)
	for name, text := range p.Files {
		text = []byte(strings.ReplaceAll(string(text), Module+"/"+Placeholder, Module+"/program/"+key))
		if err := write(dir, name, text); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(binary), 0o755); err != nil {
		return err
	}
	warm := filepath.Join(module, "built")
	if _, err := os.Stat(warm); err != nil && t.Notice != nil {
		t.Notice("building the runtime once, which takes a while…")
	}
	temp := binary + fmt.Sprintf(".%d", os.Getpid())
	defer os.Remove(temp)
	workspace := "off" // the user's is about other modules
	var flags []string
	if len(p.Modules) > 0 {
		workspace = filepath.Join(dir, "go.work")
		var err error
		if flags, err = t.writeWorkspace(ctx, dir, module, p.Modules); err != nil {
			return err
		}
	}
	if !p.Debug { // of the program's own packages only: the runtime's are built once, for both
		flags = append(flags, "-ldflags=-s -w", "-gcflags="+Module+"/program/"+key+"/...=-dwarf=false")
	}
	if err := t.goBuild(ctx, dir, temp, workspace, flags); err != nil {
		return err
	}
	_ = write(module, "built", nil) // only the notice depends on it
	return os.Rename(temp, binary)
}

func (t *Toolchain) goBuild(ctx context.Context, dir, out, workspace string, flags []string) error {
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-o", out}, flags...)
	cmd := exec.CommandContext(ctx, t.goTool, append(args, ".")...)
	cmd.Dir = dir
	cmd.Env = append(Environ(), "GOFLAGS=-mod=readonly", "GOWORK="+workspace) // the user's own flags are about other modules
	if os.Getenv("GOGC") == "" {
		cmd.Env = append(cmd.Env, "GOGC=300") // the compiler ends soon, and keeps most of what it makes until then
	}
	var stderr strings.Builder
	cmd.Stdout, cmd.Stderr = io.Discard, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return explain(err, stderr.String())
	}
	return nil
}

// Environ is the environment in which programs are built. Unless the user says otherwise, no C compiler is needed, and
// the binary runs anywhere.
func Environ() []string {
	if os.Getenv("CGO_ENABLED") != "" {
		return os.Environ()
	}
	return append(os.Environ(), "CGO_ENABLED=0")
}

// How long a binary or runtime is kept that nobody uses, how often such are looked for, and how exactly the time of the
// last use is noted.
const (
	unusedFor   = 5 * 24 * time.Hour
	sweptEvery  = 24 * time.Hour
	notedWithin = time.Hour
)

// sweep removes what nobody has used for long. It runs before a build, which takes longer anyway; failures are left to
// the next sweep. A binary that is about to run was noted as used just now. One that has been running for days may lose
// its name, where the system allows that, and goes on running.
func (t *Toolchain) sweep() {
	swept := filepath.Join(t.dir, "swept")
	if info, err := os.Stat(swept); err == nil && time.Since(info.ModTime()) < sweptEvery {
		return
	}
	_ = write(t.dir, "swept", nil)                        // who comes meanwhile has no need to do it too
	entries, _ := os.ReadDir(filepath.Join(t.dir, "bin")) // the locks are empty files, which stay: see lock
	for _, e := range entries {
		if unused(filepath.Join(t.dir, "bin", e.Name())) {
			_ = os.Remove(filepath.Join(t.dir, "bin", e.Name()))
		}
	}
	entries, _ = os.ReadDir(filepath.Join(t.dir, "src"))
	for _, e := range entries {
		// The first is written at each build, the second when all is there; what a crash has left behind has neither.
		dir := filepath.Join(t.dir, "src", e.Name())
		if e.Name() != t.hash && unused(filepath.Join(dir, "built"), filepath.Join(dir, "complete"), dir) {
			_ = os.RemoveAll(dir)
		}
	}
}

// unused tells whether the first of the files that is there was not written for long.
func unused(paths ...string) bool {
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			return time.Since(info.ModTime()) > unusedFor
		}
	}
	return false
}

// eachSource calls f with every file that programs need, in a fixed order.
func eachSource(source fs.FS, f func(name string, text []byte) error) error {
	return fs.WalkDir(source, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(source, name)
		if err != nil {
			return err
		}
		return f(name, text)
	})
}

func hashSource(source fs.FS) (string, error) {
	h := sha256.New()
	err := eachSource(source, func(name string, text []byte) error {
		fmt.Fprintln(h, name, len(text))
		_, err := h.Write(text)
		return err
	})
	return hex.EncodeToString(h.Sum(nil))[:16], err
}

// write writes a file below dir, whose name has slashes.
func write(dir, name string, text []byte) error {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

func sortedNames(files map[string][]byte) []string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
