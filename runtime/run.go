// Package runtime runs applications. A compiled program calls Main; a Go program that embeds one calls Run.
package runtime

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/engine"
	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/store"
)

// Options say how to run an application. The zero Options are durable, with the store in .portals/<app>.
type Options struct {
	Data           string                // the store's directory; default .portals/<app>
	Memory         bool                  // no store: nothing survives the process
	Durability     store.Durability      // Sync or Async
	MemoryBudget   int64                 // bytes that states and the store's cache may take in memory; 0: as many as they need
	Parallelism    int                   // partitions of each workflow; default: one for each processor
	SkipFailed     bool                  // put events that fail aside instead of stopping
	Fresh          bool                  // forget what an earlier run has left
	RestartSources bool                  // accept sources that hold other data than they did, from their start
	Stdin          io.Reader             // default: the process's
	Stdout         io.Writer             // default: the process's
	Progress       func(p Progress)      // told every half second how far the run has come; default: nobody
	Recovering     func(done, all int64) // told while the store's log is read how many bytes of it were; default: nobody
	Notice         func(text string)     // told what a user should know, such as where the run goes on; default: nobody
	Log            *slog.Logger          // default: slog.Default()
}

// interval is how long a change that somebody waits for waits itself, to be committed together with others.
const interval = 2 * ptl.Millisecond

// Run runs an app (or several, which ptl.Together makes one), whose params have their values, until it is complete or ctx
// is done; then it finishes and commits what runs and returns nil. Everything that was done before an error is durable. While there
// are runs that commit with syncs, GOMAXPROCS is one more, unless the environment sets it; and Go follows a changed limit of the processor
// time by itself no more.
func Run(ctx context.Context, app *ptl.App, o Options) (err error) {
	o = o.withDefaults(app)
	g := &ptl.Graph{}
	if fault := ptl.Protect(func() { app.Build(g) }); fault != nil { // before the store of an earlier run is touched
		return fmt.Errorf("%s: %w", fault.Site, fault)
	}
	var s *store.Store
	if !o.Memory {
		if s, err = o.open(ctx, app); err != nil {
			if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
				return nil // stopped before anything ran
			}
			return err
		}
		defer func() { err = errors.Join(err, s.Close()) }()
	}
	e, err := engine.Open(g, o.engine(app, s))
	if err != nil {
		return err
	}
	for _, portal := range g.Unasked() {
		o.Notice("portal " + portal + " waits for other apps to ask it; stop the run with Ctrl-C, or run the apps that import it together with this one")
	}
	for _, change := range e.Upgraded() {
		o.Notice("upgrade: " + change)
	}
	stopped := context.AfterFunc(ctx, e.Stop)
	defer stopped()
	if o.Progress != nil {
		defer every(progressInterval, func() { o.Progress(e.Progress()) })()
	}
	if !o.Memory && o.Durability == store.Sync {
		defer spareProcessor()()
	}
	return e.Run()
}

// Progress is how far a run has come.
type Progress = engine.Progress

const progressInterval = 500 * time.Millisecond

// every calls f again and again, until the function that it returns is called.
func every(interval time.Duration, f func()) (stop func()) {
	ticker := time.NewTicker(interval)
	over, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-ticker.C:
				f()
			case <-over:
				return
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(over)
		<-ended
	}
}

func (o Options) withDefaults(app *ptl.App) Options {
	if o.Data == "" {
		o.Data = filepath.Join(".portals", app.Name)
	}
	if o.Parallelism < 1 {
		o.Parallelism = processors()
	}
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	if o.Stdout == nil {
		o.Stdout = os.Stdout
	}
	if o.Recovering == nil {
		o.Recovering = func(int64, int64) {}
	}
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// open opens the store; one whose run had come to its end is removed first, and so is one that is not wanted.
func (o Options) open(ctx context.Context, app *ptl.App) (*store.Store, error) {
	if o.Fresh {
		if err := store.Remove(vfs.Default, o.Data); err != nil {
			return nil, err
		}
	}
	open := func() (*store.Store, error) {
		return store.Open(o.Data, store.Options{
			FS: vfs.Default, Durability: o.Durability, App: app.Name, Random: rand.Reader,
			Owner: fmt.Sprintf("process %d", os.Getpid()), Go: func(f func()) { go f() }, Logger: slog.New(warnings{o.Log.Handler()}),
			CacheBytes: cacheBytes(o.MemoryBudget), OverlayBytes: overlayBytes(o.MemoryBudget),
			Pace: newPace,
			Recovering: func(done, all int64) error {
				o.Recovering(done, all)
				return ctx.Err()
			},
		})
	}
	s, err := open()
	if err != nil {
		return nil, err
	}
	finished, err := engine.Finished(s)
	if err != nil || !finished {
		if err == nil && s.Written().Seq > 0 {
			o.Notice("going on where the last run ended (" + o.Data + ")")
		}
		return s, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	if err := store.Remove(vfs.Default, o.Data); err != nil {
		return nil, err
	}
	o.Notice("the last run had come to its end: starting afresh")
	return open()
}

// cacheShare is the part of a budget of memory that blocks of the store have. A block that is read often holds many more keys
// in the same memory than the tables of states do, but a key in a table is found forty times as fast.
const cacheShare = 4

// leastCache is what they have of a small budget: less would hold little more than the indexes of the store's tables.
const leastCache = 8 << 20

// cacheBytes is the size of the store's cache; 0 stands for the store's default.
func cacheBytes(budget int64) int64 {
	if budget == 0 {
		return 0
	}
	return max(budget/cacheShare, leastCache)
}

// overlayBytes is how much memory a store may keep its log in when it is opened, until a checkpoint has it; 0 stands for the store's
// default.
func overlayBytes(budget int64) int64 {
	if budget == 0 {
		return 0
	}
	return min(max(budget/overlayShare, leastCache), store.OverlayBytes)
}

const overlayShare = 4

func (o Options) engine(app *ptl.App, s *store.Store) engine.Options {
	opts := engine.Options{
		Env: &ptl.Env{
			FS: vfs.Default, Stdin: o.Stdin, Stdout: o.Stdout, Now: now, After: after, Log: o.Log,
			Durable: !o.Memory, Restart: o.RestartSources, Go: func(f func()) { go f() }, Notice: o.Notice,
		},
		Lanes: o.Parallelism, Workers: processors(), Serve: true, SkipFailed: o.SkipFailed, Params: app.Params,
		MemoryBudget: o.MemoryBudget - o.MemoryBudget/cacheShare,
		Interval:     interval, Seed: seed,
		Timer: func(d ptl.Duration, f func()) { time.AfterFunc(time.Duration(d), f) },
	}
	if opts.Env.Run = rand.Text(); s != nil {
		opts.Store, opts.Env.Run = s, s.Identity().ID
	}
	return opts
}

func now() ptl.Time { return ptl.Time(time.Now().UnixNano()) }

func after(d ptl.Duration) <-chan struct{} {
	c := make(chan struct{})
	afterFunc(time.Duration(d), func() { close(c) })
	return c
}

func seed() uint64 {
	var b [8]byte
	rand.Read(b[:])
	return binary.LittleEndian.Uint64(b[:])
}

// warnings keeps what the store tells about its daily life out of a program's log.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}
