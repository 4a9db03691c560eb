package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/store/group"
)

// model is what a store ought to hold: history[n] is the map after n groups.
type model struct {
	history []map[string]string
}

func newModel() *model { return &model{history: []map[string]string{{}}} }

// groups is how many groups the model has.
func (m *model) groups() uint64 { return uint64(len(m.history) - 1) }

// cut forgets the groups behind the first n: a crash took them.
func (m *model) cut(n uint64) { m.history = m.history[:n+1] }

// change is one operation of a group, as a value.
type change struct {
	op         byte // p, d, r
	key, value string
}

func (m *model) apply(changes []change) {
	now := maps.Clone(m.history[len(m.history)-1])
	for _, c := range changes {
		switch c.op {
		case 'p':
			now[c.key] = c.value
		case 'd':
			delete(now, c.key)
		case 'r':
			maps.DeleteFunc(now, func(key, _ string) bool { return c.key <= key && key < c.value })
		}
	}
	m.history = append(m.history, now)
}

// fillBatch puts changes into a batch, half of the puts in place.
func fillBatch(b *Batch, changes []change) {
	b.Reset()
	for i, c := range changes {
		switch {
		case c.op == 'p' && i%2 == 0:
			b.Put([]byte(c.key), []byte(c.value))
		case c.op == 'p':
			n := i % (len(c.key) + 1)
			buf := binary.AppendUvarint(b.Begin([]byte(c.key[:n])), uint64(len(c.key)-n)<<2|uint64(group.Put))
			buf = binary.AppendUvarint(append(buf, c.key[n:]...), uint64(len(c.value)))
			b.End(append(buf, c.value...), 1)
		case c.op == 'd':
			b.Delete([]byte(c.key))
		default:
			b.DeleteRange([]byte(c.key), []byte(c.value))
		}
	}
}

// randomKey comes from a small set, in which many share prefixes, some of them longer than sixteen bytes, and some
// differ by zeros at the end only.
func randomKey(rng *rand.Rand) string {
	key := string(rune('a' + rng.IntN(6)))
	switch rng.IntN(4) {
	case 0:
		key += "-a-prefix-that-is-longer-than-an-entry-" + string(rune('a'+rng.IntN(6)))
	case 1:
		key += string(make([]byte, rng.IntN(20)))
	case 2:
		key += string(bytes.Repeat([]byte{0xff}, rng.IntN(18)))
	}
	return key
}

// randomGroup is a group of a few changes; now and then one that is larger than a test's segment.
func randomGroup(rng *rand.Rand) []change {
	changes := make([]change, 1+rng.IntN(8))
	for i := range changes {
		size := rng.IntN(200)
		if rng.IntN(60) == 0 {
			size = 10_000 + rng.IntN(10_000)
		}
		c := change{op: 'p', key: randomKey(rng), value: fmt.Sprintf("%d:%s", rng.IntN(1000), make([]byte, size))}
		switch rng.IntN(10) {
		case 0, 1:
			c.op, c.value = 'd', ""
		case 2:
			c.op, c.value = 'r', randomKey(rng)
			if c.key > c.value {
				c.key, c.value = c.value, c.key
			}
			if c.key == c.value {
				c.value += "\x00"
			}
		}
		changes[i] = c
	}
	return changes
}

// contents reads all of a store.
func contents(s *Store) (map[string]string, []string, error) {
	found, order := map[string]string{}, []string{}
	err := s.Scan(nil, nil, func(key, value []byte) error {
		found[string(key)] = string(value)
		order = append(order, string(key))
		return nil
	})
	return found, order, err
}

// compare says how a store that answers for the whole of its log differs from the model after as many groups.
func (m *model) compare(s *Store, atLeast uint64) error {
	groups := s.Written().Seq
	if groups < atLeast {
		return fmt.Errorf("the store has %d groups, and %d had been acknowledged", groups, atLeast)
	}
	if groups > m.groups() {
		return fmt.Errorf("the store has %d groups, and only %d were ever committed", groups, m.groups())
	}
	if at := s.Checkpointed(); at.Seq != groups {
		return fmt.Errorf("the state stands for %s, the log for %s", at, s.Written())
	}
	return m.compareState(s, groups)
}

// compareState says how what Get and Scan give differs from the model after some groups.
func (m *model) compareState(s *Store, groups uint64) error {
	want := m.history[groups]
	found, order, err := contents(s)
	if err != nil {
		return err
	}
	if !slices.IsSorted(order) || len(order) != len(found) {
		return fmt.Errorf("a scan out of order: %q", order)
	}
	for key, value := range want {
		if got, ok := found[key]; !ok || got != value {
			return fmt.Errorf("after %d groups, key %q is %.20q (there: %v), not %.20q", groups, key, got, ok, value)
		}
		got, ok, err := s.Get([]byte(key))
		if err != nil || !ok || string(got) != value {
			return fmt.Errorf("after %d groups, Get(%q) is %.20q, %v, %v, not %.20q", groups, key, got, ok, err, value)
		}
	}
	if len(found) != len(want) {
		return fmt.Errorf("after %d groups, %d keys, not %d", groups, len(found), len(want))
	}
	return nil
}

// testOptions are those of a store that is small enough for every boundary to be crossed often.
func testOptions(fsys vfs.FS, durability Durability) Options {
	return Options{FS: fsys, Durability: durability, App: "test", Random: endless{},
		SegmentBytes: 8 << 10, CheckpointBytes: 12 << 10, CacheBytes: 1 << 20, OverlayBytes: 20 << 10, foldBytes: 6 << 10}
}

// endless are random numbers that are always the same.
type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func seeded(a, b uint64) *rand.Rand { return rand.New(rand.NewPCG(a, b)) }

func mustOpen(t testing.TB, opts Options) *Store {
	t.Helper()
	s, err := Open("app", opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// mustCommit makes a group that is nothing special.
func mustCommit(t testing.TB, s *Store) {
	t.Helper()
	var b Batch
	b.Put([]byte("key"), []byte("value"))
	if _, err := s.Commit(&b); err != nil {
		t.Fatal(err)
	}
}
