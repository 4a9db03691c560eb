package engine

import (
	"fmt"

	"github.com/portals-lang/portals/runtime/ptl"
)

// Verified counts what Verify has read.
type Verified struct {
	Entries uint64
	Atoms   uint64
	States  uint64 // keys, shared states and what waits
	Left    uint64 // entries of things that this version does not have, which nothing can decode
}

// Verify decodes every entry of the store, and makes sure that every atom is there that somebody has yet to process. It
// calls damaged for whatever is wrong, and goes on; the error is the store's own.
func (i *Inspection) Verify(damaged func(error)) (v Verified, err error) {
	items := map[uint64]int64{} // entries of collections by the number of their state, less those that records account for
	decoders := i.decoders(&v, items)
	err = i.e.store.Scan(nil, nil, func(k, value []byte) error {
		v.Entries++
		decode := decoders[string(k[:min(len(k), 5)])]
		switch {
		case decode != nil:
			if err := decode(k, value); err != nil {
				damaged(err)
			}
		case k[0] != keyMeta && k[0] != keyNumber:
			v.Left++
		}
		return nil
	})
	if err != nil {
		return v, err
	}
	for _, t := range i.Tasks() {
		if n := items[t.state.number]; n > 0 {
			damaged(fmt.Errorf("task %s/%s: %d entries of collections belong to no readable key", t.Workflow, t.Task, n))
		}
	}
	for _, s := range i.e.streams {
		if _, err := i.e.recoverStream(s); err != nil {
			damaged(fmt.Errorf("stream %s: %w", s.node.Spec.Name, err))
		}
	}
	return v, nil
}

// decoders says for each kind and number how its entries are read.
func (i *Inspection) decoders(v *Verified, items map[uint64]int64) map[string]func(k, value []byte) error {
	all := map[string]func(k, value []byte) error{}
	number := func(what string) func(k, value []byte) error {
		return func(_, value []byte) error {
			r := ptl.NewReader(value)
			if r.Uint(); r.Err() != nil {
				return fmt.Errorf("the %s cannot be read: %w", what, r.Err())
			}
			return nil
		}
	}
	for _, s := range i.e.streams {
		all[string(key(keyStream, s.id))] = number("position of stream " + s.node.Spec.Name)
		for _, r := range s.readers {
			all[string(key(keyCursor, r.id))] = number("position of reader " + r.name)
		}
		all[string(key(keyNote, s.id))] = func(_, _ []byte) error { return nil } // the source's own
		all[string(key(keyAtom, s.id))] = func(k, value []byte) error {
			v.Atoms++
			_, _, err := readAtom(s.node, k[5:], value)
			return err
		}
	}
	for _, t := range i.Tasks() {
		all[string(key(keyState, t.state.number))] = func(k, value []byte) error {
			v.States++
			e, err := ptl.Show(t.state.States, t.state.prefixes(), k[5:], value)
			if err != nil {
				return unreadable(t, e, err)
			}
			items[t.state.number] -= int64(e.Items)
			return nil
		}
		all[string(key(keyItem, t.state.number))] = func(_, _ []byte) error {
			items[t.state.number]++ // read with its record
			return nil
		}
	}
	for _, w := range i.e.workflows {
		all[string(key(keyFlow, w.id))] = number("progress of workflow " + w.program.Spec().Name)
	}
	for _, s := range i.e.sinks {
		all[string(key(keySink, s.id))] = func(_, _ []byte) error { return nil } // the sink's own
	}
	return all
}
