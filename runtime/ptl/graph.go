package ptl

import "fmt"

// App is an application: what generated code exports and runtime.Main runs.
type App struct {
	Name   string
	Doc    string
	Params []*Param
	// Build makes the graph; it runs once, after the params have their values.
	Build func(g *Graph)
}

// Graph is an application as the engine sees it.
type Graph struct {
	Streams   []*StreamNode
	Workflows []Program
	Portals   []*PortalNode
	Sinks     []*SinkNode
	// Exclusive tells that some task is exclusive, so that requests must carry what they descend from.
	Exclusive bool

	qualified bool // names have that of their app before them
	registry  registry
}

// Program is a workflow as the engine drives it: one atom at a time, from one goroutine at a time. Workflow[L] is its
// one implementation. After Run or Complete has failed, the program must not run again.
type Program interface {
	Spec() WorkflowSpec
	Inputs() []*StreamNode
	Outputs() []*StreamNode
	Start(r Runtime) error
	States() []States
	TaskSpecs() []TaskSpec
	// Progress and SetProgress are the counters that a workflow goes on with after a restart.
	Progress() Progress
	SetProgress(p Progress)
	Run(in int, events Batch) (ran bool, failure *AtomError)
	// NextTimer is when the next timer rings that a handler waits for; Ring goes on with those that are due.
	NextTimer() (due Time, ok bool)
	Ring(now Time) (ran bool, failure *AtomError)
	Refuse(in int, events Batch) bool
	Completes() bool
	Complete() *AtomError
	Take(output int) (events Batch, hidden bool)
	Waiting() int
	// Serving tells, once the graph is connected, that somebody unknown may still ask: the workflow answers an exported portal
	// that no app of the graph imports.
	Serving() bool
	TakeFailed() []*DeadLetter
	StateBytes() int64
	WrittenBytes() int64
	Attempts() uint64
	Cover(atom uint64)
	Evict(most int64)
}

// Progress is how far a workflow has come: the numbers of atoms it has processed, asks it has made and frames it has kept.
type Progress struct {
	Atoms, Asks, Parked uint64
}

// StreamKind says what produces a stream.
type StreamKind int

// The producers of streams.
const (
	BySource StreamKind = iota
	ByWorkflow
	BySequence
	BySplit
	ByPeer // a handle of another app's stream, which the engine never sees
)

// StreamSpec names a stream.
type StreamSpec struct {
	Name     string
	Was      string // its name in earlier versions
	Place    string
	Exported bool
	// Made says what makes the events: the text of a generator, the name of a connector.
	Made string
}

// Stream is a handle on a stream of T, for building graphs.
type Stream[T any] struct {
	Node *StreamNode
	typ  *Type[T]
}

// StreamNode is a stream as the engine sees it. A Batch of one stream is good for its own functions only.
type StreamNode struct {
	Spec   StreamSpec
	Kind   StreamKind
	Type   string
	Shape  func() *Shape // of its events
	Source SourceNode    // BySource
	Inputs []*StreamNode
	Filter func(Batch) Batch // BySplit
	// Adopt (or nil) makes an atom of an input one of this stream; BySequence.
	Adopt func(input int, events Batch) Batch

	Append    func(b []byte, events Batch) []byte
	Read      func(r *Reader) Batch
	EventJSON func(events Batch, i int) []byte
	// EventBytes is what an event takes in the log. It is for whoever produces the stream.
	EventBytes func(events Batch, i int) int
	// Recycle takes back an atom that a workflow has made and nobody reads any more; nil for other streams. It is for whoever produces the
	// stream.
	Recycle func(events Batch)

	ofPortal bool // requests or replies
	listed   bool // somebody takes its atoms as Events, and not as Numbers

	none    Batch             // of the type that all its batches have
	origin  *StreamNode       // of a handle that is bound
	convert func(Batch) Batch // of a handle: its origin's atoms to its own; nil where they are the same in Go
}

// SourceNode is a Source without its type.
type SourceNode interface {
	Open(env *Env, at []byte) error
	Next() (events Batch, at []byte, err error)
	Interrupt()
	Close() error
	Replayable() bool
}

// Recycler is a SourceNode that uses the memory of atoms again, once nobody reads them any more. Next does not run meanwhile.
type Recycler interface {
	Recycle(events Batch)
}

// SinkSpec names a sink.
type SinkSpec struct {
	Name  string
	Place string
}

// SinkNode is a sink as the engine sees it.
type SinkNode struct {
	Spec   SinkSpec
	Stream *StreamNode
	Sink   interface {
		Open(env *Env, at []byte) error
		Flush() error
		Sync() (at []byte, err error)
		Close() error
		Exact() bool
	}
	Write func(events Batch) error
	// Returns tells that Write does not hold on to the Batch, so that its memory can be used again.
	Returns bool
}

// ownStream adds a stream that a declaration of the app names.
func ownStream[T any](g *Graph, spec StreamSpec, kind StreamKind, t *Type[T]) *Stream[T] {
	name := spec.Name
	spec.Name, spec.Was = g.named(spec.Name), g.named(spec.Was)
	s := addStream(g, spec, kind, t)
	export(g.registry.streams, spec.Exported, g, name, s.Node)
	return s
}

func addStream[T any](g *Graph, spec StreamSpec, kind StreamKind, t *Type[T]) *Stream[T] {
	node := streamNode(spec, kind, t)
	g.Streams = append(g.Streams, node)
	return &Stream[T]{Node: node, typ: t}
}

func streamNode[T any](spec StreamSpec, kind StreamKind, t *Type[T]) *StreamNode {
	return &StreamNode{
		Spec: spec, Kind: kind, Type: t.Name, Shape: t.Shape, none: Events[T](nil),
		Append: func(b []byte, events Batch) []byte {
			return appendEvents(b, eventsOf[T](events), t)
		},
		Read: func(r *Reader) Batch { return readEvents(r, t) },
		EventJSON: func(events Batch, i int) []byte {
			if n, ok := events.(Numbers); ok {
				events, i = n.part(i, i+1), 0
			}
			return t.AppendJSON(nil, eventsOf[T](events)[i])
		},
		EventBytes: eventBytes(t),
	}
}

// eventBytes tells what an event takes in the log. What it needs for that is used again, unless it is large.
func eventBytes[T any](t *Type[T]) func(events Batch, i int) int {
	var buf []byte
	return func(events Batch, i int) int {
		all, ok := events.(Events[T])
		if !ok {
			return 8 // one of Numbers
		}
		b := t.Append(buf[:0], all[i])
		if cap(b) <= 4<<10 {
			buf = b
		}
		return len(b)
	}
}

func appendEvents[T any](b []byte, events Events[T], t *Type[T]) []byte {
	b = AppendUint(b, uint64(len(events)))
	for i := range events {
		b = t.Append(b, events[i])
	}
	return b
}

func readEvents[T any](r *Reader, t *Type[T]) Events[T] {
	n := r.Count()
	events := make(Events[T], 0, n)
	for range n {
		events = append(events, t.Read(r))
	}
	return events
}

// NewStream adds a stream that a workflow writes.
func NewStream[T any](g *Graph, spec StreamSpec, t *Type[T]) *Stream[T] {
	return ownStream(g, spec, ByWorkflow, t)
}

// SourceStream adds a stream that a connector or generator produces.
func SourceStream[T any](g *Graph, spec StreamSpec, t *Type[T], source Source[T]) *Stream[T] {
	s := ownStream(g, spec, BySource, t)
	ranges, _ := any(source).(*ranges)
	s.Node.Source = &sourceNode[T]{Source: source, stream: s.Node, ranges: ranges}
	return s
}

type sourceNode[T any] struct {
	Source[T]
	stream *StreamNode
	ranges *ranges // the source, if it is one
	spares spares[T]
}

func (s *sourceNode[T]) Next() (Batch, []byte, error) {
	if s.ranges != nil && !s.stream.listed {
		return s.ranges.numbers()
	}
	events, at, err := s.Source.Next(s.spares.take())
	atom := s.spares.batch(events)
	s.spares.expect(len(events))
	return atom, at, err
}

// As is what else a source can do beside what all can: Answering, Measured, Noting.
func As[A any](s SourceNode) (more A, ok bool) {
	if n, wrapped := s.(interface{ source() any }); wrapped {
		more, ok = n.source().(A)
	}
	return more, ok
}

func (s *sourceNode[T]) source() any { return s.Source }

// Recycle implements Recycler.
func (s *sourceNode[T]) Recycle(events Batch) {
	if _, unwritten := events.(Numbers); !unwritten {
		s.spares.give(events)
	}
}

// Sequence adds a sequencer: one total order of the atoms of its inputs, without the empty ones.
func Sequence[T any](g *Graph, spec StreamSpec, t *Type[T], inputs ...*Stream[T]) *Stream[T] {
	s := ownStream(g, spec, BySequence, t)
	for _, in := range inputs {
		in.Node.listed = true
		s.Node.Inputs = append(s.Node.Inputs, in.Node)
	}
	return s
}

// Split adds a splitter: of each atom of in the events for which keep is true; atoms without any are dropped.
func Split[T any](g *Graph, spec StreamSpec, t *Type[T], in *Stream[T], keep func(T) bool) *Stream[T] {
	s := ownStream(g, spec, BySplit, t)
	in.Node.listed = true
	s.Node.Inputs = []*StreamNode{in.Node}
	s.Node.Filter = func(events Batch) Batch {
		var kept Events[T]
		for _, e := range in.Node.taken(events).(Events[T]) {
			if keep(e) {
				kept = append(kept, e)
			}
		}
		return kept
	}
	return s
}

// NewSink adds a sink on a stream.
func NewSink[T any](g *Graph, spec SinkSpec, s *Stream[T], sink Sink[T]) {
	spec.Name = g.named(spec.Name)
	s.Node.listed = true
	g.Sinks = append(g.Sinks, &SinkNode{
		Spec: spec, Stream: s.Node, Sink: sink,
		Write:   func(events Batch) error { return sink.Write(s.Node.taken(events).(Events[T])) },
		Returns: true,
	})
}

// Protect calls user code that is no handler (a generator, a split) and returns its failure as a Fault.
func Protect(call func()) (f *Fault) {
	defer func() {
		if r := recover(); r != nil {
			f = recovered(r)
		}
	}()
	call()
	return nil
}

// Attach ties a state to its place in the store; stored tells whether there may be anything. The error is one of the store,
// or of something that cannot be read.
func Attach(s States, at Prefixes, stored bool) (err error) {
	defer func() {
		if r := recover(); r != nil {
			broken, ok := r.(brokenState)
			if !ok {
				panic(r)
			}
			err = broken.error
		}
	}()
	s.attach(at, stored)
	return nil
}

// Changes writes what changed in a state since the last time.
func Changes(s States, w StateWriter) { s.changes(w) }

// Param is a typed flag of the binary.
type Param struct {
	App  string // whose it is, where several run together
	Spec ParamSpec
	Type string
	// Set reads the value from text; Get prints it, so that Set(Get()) changes nothing.
	Set func(text string) error
	Get func() string
	// Default sets the default; nil when the flag must be given.
	Default func()
}

// ParamSpec names a param.
type ParamSpec struct {
	Name  string
	Flag  string
	Doc   string
	Place string
	Fixed bool     // must not change while a store is in use
	Reads []string // the params that the default reads
}

// NewParam describes the param that place holds; def (or nil) computes its default.
func NewParam[T any](place *T, t *Type[T], spec ParamSpec, def func() T) *Param {
	p := &Param{Spec: spec, Type: t.Name, Get: func() string { return string(t.Show(nil, *place)) }}
	p.Set = func(text string) error {
		if t.ReadText == nil {
			return fmt.Errorf("a param of type %s has no text form", t.Name)
		}
		v, err := t.ReadText(text)
		if err == nil {
			*place = v
		}
		return err
	}
	if def != nil {
		p.Default = func() { *place = def() }
	}
	return p
}
