package store

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/store/fault"
)

// Format is the version of the store's layout and encodings that this code reads and writes. In format 1, handlers that wait were
// known by other numbers, and requests and replies did not say where they are waited for. In format 2, groups have whole keys only.
// In format 3, each opening begins a segment of the log; a store of it is gone on with, and stays what it is.
const (
	Format       = 4
	oldestFormat = 3
)

// Identity is the content of store.json: whose store this is.
type Identity struct {
	Format int    `json:"format"`
	App    string `json:"app"`
	ID     string `json:"id"` // random; part of every record's chain, so that no other store's log passes for this one's
}

// identify reads the identity, or makes one where there is no store yet, and checks that this app and this version
// may use it.
func identify(fsys vfs.FS, p paths, opts Options) (Identity, error) {
	id, err := readIdentity(fsys, p)
	if fault.Is(err, fault.Missing) {
		return makeIdentity(fsys, p, opts)
	}
	if err == nil {
		err = id.belongsTo(opts.App, p)
	}
	return id, err
}

func (id Identity) belongsTo(app string, p paths) error {
	if id.App == app {
		return nil
	}
	return &Error{Kind: fault.OtherApp, Path: p.dir, Offset: fault.NoOffset,
		Detail: fmt.Sprintf("it belongs to app %q, not to %q", id.App, app),
		Remedy: "choose another store, or remove this one to start afresh"}
}

const restoreIdentity = "restore it from a backup, or remove the store to start afresh"

func readIdentity(fsys vfs.FS, p paths) (Identity, error) {
	var id Identity
	text, err := readFile(fsys, p.identity)
	if errors.Is(err, fs.ErrNotExist) {
		return id, &Error{Kind: fault.Missing, Path: p.identity, Offset: fault.NoOffset, Err: err, Remedy: restoreIdentity}
	}
	if err != nil {
		return id, fault.Disk("read", p.identity, fault.NoOffset, err)
	}
	if err := json.Unmarshal(text, &id); err != nil || id.Format < 1 || id.ID == "" {
		return id, &Error{Kind: fault.Damaged, Path: p.identity, Offset: fault.NoOffset, Err: err,
			Detail: "it does not say whose store this is", Remedy: restoreIdentity}
	}
	if id.Format > Format {
		return id, &Error{Kind: fault.Newer, Path: p.identity, Offset: fault.NoOffset,
			Detail: fmt.Sprintf("its format is %d, and this version knows formats up to %d", id.Format, Format),
			Remedy: "run the version that wrote it, or a later one"}
	}
	if id.Format < oldestFormat {
		return id, &Error{Kind: fault.Older, Path: p.identity, Offset: fault.NoOffset,
			Detail: fmt.Sprintf("its format is %d, and this version knows formats %d to %d", id.Format, oldestFormat, Format),
			Remedy: "run the version that wrote it, or remove the store to start afresh"}
	}
	return id, nil
}

// makeIdentity makes a store's identity, before anything else of the store: what has no identity has no content.
func makeIdentity(fsys vfs.FS, p paths, opts Options) (Identity, error) {
	for _, dir := range []string{p.log, p.state, p.staging} {
		if _, err := fsys.Stat(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Identity{}, fault.Disk("look at", dir, fault.NoOffset, err)
		} else if err == nil {
			return Identity{}, &Error{Kind: fault.Missing, Path: p.identity, Offset: fault.NoOffset,
				Detail: fmt.Sprintf("the store has %s, but nothing says whose it is", fsys.PathBase(dir)),
				Remedy: restoreIdentity}
		}
	}
	if opts.Random == nil {
		return Identity{}, &Error{Kind: fault.Invalid, Path: p.dir, Offset: fault.NoOffset,
			Detail: "making a store needs Options.Random"}
	}
	var random [16]byte
	if _, err := io.ReadFull(opts.Random, random[:]); err != nil {
		return Identity{}, &Error{Kind: fault.Invalid, Path: p.dir, Offset: fault.NoOffset,
			Detail: "Options.Random has no 16 bytes", Err: err}
	}
	id := Identity{Format: Format, App: opts.App, ID: hex.EncodeToString(random[:])}
	text, err := json.MarshalIndent(id, "", "  ")
	if err == nil {
		err = writeDurably(fsys, p.identity, append(text, '\n'))
	}
	if err != nil {
		return id, fault.Disk("make", p.identity, fault.NoOffset, err)
	}
	return id, syncPath(fsys, p.dir)
}

// syncPath makes a directory's name durable, and those of the directories above it, which may have been made for it.
// Those that cannot be opened are older than that.
func syncPath(fsys vfs.FS, dir string) error {
	if err := syncDir(fsys, dir); err != nil {
		return err
	}
	for parent := fsys.PathDir(dir); parent != dir; dir, parent = parent, fsys.PathDir(parent) {
		if err := syncDir(fsys, parent); err != nil && !fault.Is(err, fault.Denied) {
			return err
		}
	}
	return nil
}

// writeDurably puts a file in place whole: under another name first, synced, then renamed.
func writeDurably(fsys vfs.FS, path string, content []byte) error {
	temp := path + ".new"
	f, err := fsys.Create(temp, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	if _, err = f.Write(content); err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return fsys.Rename(temp, path)
}

func readFile(fsys vfs.FS, path string) ([]byte, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}
