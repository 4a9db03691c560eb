package measure

import (
	"path/filepath"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// rawBytes is how long the file is whose syncs a commit is held against.
const rawBytes = 16 << 20

// zeroFilled makes a file whose blocks have all been written, as the log does.
func zeroFilled(path string) (vfs.File, error) {
	f, err := vfs.Default.Create(path, vfs.WriteCategoryUnspecified)
	if err != nil {
		return nil, err
	}
	zeros := make([]byte, 1<<20)
	for range rawBytes / len(zeros) {
		if _, err := f.Write(zeros); err != nil {
			return nil, err
		}
	}
	return f, f.Sync()
}

var record = make([]byte, 256)

// writeSynced writes a record into the file and waits for the disk.
func writeSynced(f vfs.File, at int64) error {
	record[0]++
	if _, err := f.WriteAt(record, at); err != nil {
		return err
	}
	return f.SyncData()
}

// tables counts the tables that checkpoints have left in a store.
func tables(dir string) int {
	found, err := filepath.Glob(filepath.Join(dir, "state", "*.sst"))
	if err != nil {
		return 0 // only for a malformed pattern
	}
	return len(found)
}
