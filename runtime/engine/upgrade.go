package engine

import (
	"encoding/json"
	"fmt"

	"github.com/portals-lang/portals/runtime/ptl"
)

// An upgrade happens before anything runs. States of another shape are written again under a new number, in groups; one
// last group makes the new numbers valid, together with the new shape of the app, and takes the old entries away. So a crash
// leaves the old version's store, or the new one's.

// upgradeGroup is how many entries a group of an upgrade has.
const upgradeGroup = 4096

// upgrade makes the store one of this version, or refuses.
func (e *Engine) upgrade(same bool) error {
	if e.store == nil {
		return nil
	}
	p, err := e.plan()
	if err != nil {
		return err
	}
	if p == nil {
		return e.noteShape(Shape{})
	}
	if len(p.Problems) > 0 || len(p.Texts) > 0 && !same {
		return &Incompatible{p.Problems, p.Texts}
	}
	if err := e.noteShape(p.before); err != nil {
		return err
	}
	if len(e.facts)+len(e.numbers.left) > 0 {
		e.upgraded = p.Changes
	}
	if len(p.states) == 0 && len(p.streams) == 0 {
		return nil
	}
	if e.breaks("say that an upgrade is done before it is") {
		b := &Batch{}
		for _, f := range e.facts {
			b.Put(f.key, f.value)
		}
		if err := e.settle(b); err != nil {
			return err
		}
	}
	last := &Batch{}
	for _, u := range p.states {
		if err := e.upgradeState(u, last); err != nil {
			return fmt.Errorf("%s: %w", u.name, err)
		}
	}
	for _, s := range p.streams {
		if err := e.upgradeStream(s, p.before.Streams[s.node.Spec.Name].Type, last); err != nil {
			return fmt.Errorf("stream %s: %w", s.node.Spec.Name, err)
		}
	}
	e.numbers.write(last)
	for _, f := range e.facts {
		last.Put(f.key, f.value)
	}
	e.facts = nil
	return e.settle(last)
}

// Upgraded tells what this version changed in the store when it was opened.
func (e *Engine) Upgraded() []string { return e.upgraded }

// settle commits a group, and makes it what Get and Scan see.
func (e *Engine) settle(b *Batch) error {
	if _, err := e.store.Commit(b); err != nil {
		return err
	}
	if s, ok := e.store.(interface{ Checkpoint() error }); ok {
		return s.Checkpoint()
	}
	return nil
}

// noteShape has the shape of this version written with the next group, if it is another. What an earlier version had
// and this one has not stays known, for the day when it comes back.
func (e *Engine) noteShape(before Shape) error {
	now := e.shape()
	add(now.Streams, before.Streams)
	add(now.States, before.States)
	add(now.Keys, before.Keys)
	text, err := json.Marshal(now)
	if err != nil {
		return err
	}
	if was, ok, err := e.store.Get(metaKey(metaShape)); err != nil || ok && string(was) == string(text) {
		return err
	}
	e.facts = append(e.facts, fact{metaKey(metaShape), text})
	return nil
}

func add[V any](now, before map[string]V) {
	for name, v := range before {
		if _, ok := now[name]; !ok {
			now[name] = v
		}
	}
}

// upgradeState writes the entries of a state again, in their new form.
func (e *Engine) upgradeState(u *stateUpgrade, last *Batch) error {
	reserved := "upgrade of " + u.name // keeps an old version, if it comes back after a crash, from giving the number away
	number, _ := e.numbers.of(numberState, reserved)
	b := &Batch{}
	b.Put(append([]byte{keyNumber, numberState}, reserved...), ptl.AppendUint(nil, number))
	initial := ptl.Initial(u.state.States)
	rewrite := func(kind byte, upgraded func(rest, value []byte) (newRest, newValue []byte, err error)) error {
		from, into := key(kind, u.state.number), key(kind, number)
		b.DeleteRange(into, after(into))
		last.DeleteRange(from, after(from))
		return e.store.Scan(from, after(from), func(k, value []byte) error {
			rest, value, err := upgraded(k[len(from):], value)
			if err != nil {
				return err
			}
			b.Put(append(into[:len(into):len(into)], rest...), value)
			if b.Len() < upgradeGroup {
				return nil
			}
			_, err = e.store.Commit(b)
			b.Reset()
			return err
		})
	}
	err := rewrite(keyState, func(rest, value []byte) ([]byte, []byte, error) {
		value, err := u.now.Upgrade(u.before, value, initial)
		return rest, value, err
	})
	if err == nil {
		err = rewrite(keyItem, func(rest, value []byte) ([]byte, []byte, error) { return u.now.UpgradeItem(u.before, rest, value) })
	}
	if err != nil {
		return err
	}
	if _, err := e.store.Commit(b); err != nil {
		return err
	}
	e.numbers.move(numberState, reserved, u.name)
	u.state.number = number
	return nil
}

func (e *Engine) upgradeStream(s *stream, before *ptl.Shape, last *Batch) error {
	prefix, now := key(keyAtom, s.id), s.node.Shape()
	return e.store.Scan(prefix, after(prefix), func(k, value []byte) error {
		upgraded, err := ptl.UpgradeAtom(before, now, value)
		if err == nil {
			last.Put(k, upgraded)
		}
		return err
	})
}

// PlanUpgrade tells what starting the app on a store would do to it; nil when no version has run on it yet.
func PlanUpgrade(g *ptl.Graph, s Store) (*Plan, error) {
	i, err := prepareLook(g, s)
	if err != nil {
		return nil, err
	}
	return i.plan()
}

// Upgrade makes a store one of this version of the app, which does not run. Same says that texts of generators and keys
// which have changed mean the same.
func Upgrade(g *ptl.Graph, s Store, same bool) error {
	e, err := prepareLook(g, s)
	if err != nil {
		return err
	}
	if err := e.upgrade(same); err != nil {
		return err
	}
	b := &Batch{}
	e.numbers.write(b)
	for _, f := range e.facts {
		b.Put(f.key, f.value)
	}
	return e.settle(b)
}
