package runtime

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/engine"
	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/store"
)

// inspect opens the store of an app that does not run, for look.
func (p *program) inspect(data string, look func(s *store.Store, i *engine.Inspection) error) (err error) {
	s, err := p.openStore(data, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	g, err := p.graphOf(s)
	if err != nil {
		return err
	}
	i, err := engine.Inspect(g, s)
	if err != nil {
		return err
	}
	return look(s, i)
}

// openStore opens a store that is there, perhaps for reading only.
func (p *program) openStore(data string, readOnly bool) (*store.Store, error) {
	dir := dataOf(p.app, data)
	if !store.Exists(vfs.Default, dir) {
		return nil, fmt.Errorf("there is no store in %s: the app has not run there (--data says where else to look)", dir)
	}
	return store.Open(dir, store.Options{
		FS: vfs.Default, App: p.app.Name, Random: rand.Reader, ReadOnly: readOnly,
		Owner: fmt.Sprintf("process %d (%s)", os.Getpid(), filepath.Base(os.Args[0])),
	})
}

func dataOf(app *ptl.App, data string) string {
	if data == "" {
		return filepath.Join(".portals", app.Name)
	}
	return data
}

// graphOf builds the app's graph with the params that shape what is stored as they were then, and the defaults of the
// others, which show in nothing that is stored.
func (p *program) graphOf(s *store.Store) (*ptl.Graph, error) {
	was, err := engine.Params(s, p.app.Params)
	if err != nil {
		return nil, err
	}
	for param, text := range was {
		if err := (paramValue{param, &p.params}).Set(text); err != nil {
			return nil, fmt.Errorf("the stored value %q of --%s: %w", text, param.Spec.Flag, err)
		}
	}
	var unsettled []error
	for _, param := range p.app.Params {
		if err := p.params.settle(param, nil); err != nil { // it stays as it is
			unsettled = append(unsettled, fmt.Errorf("the store has no value of --%s", param.Spec.Flag))
		}
	}
	g := &ptl.Graph{}
	if fault := ptl.Protect(func() { p.app.Build(g) }); fault != nil {
		return nil, errors.Join(append([]error{fmt.Errorf("%s: %w", fault.Site, fault)}, unsettled...)...)
	}
	return g, nil
}
