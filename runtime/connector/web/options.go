package web

import (
	"context"
	"sync"

	"github.com/portals-lang/portals/runtime/connector/format"
	"github.com/portals-lang/portals/runtime/ptl"
)

// SourceOptions say where events are posted, and how they become atoms.
type SourceOptions struct {
	Address string // host, port and path: localhost:8080/orders
	// Atom says how many events an atom may gather. Bodies are never parted; without Atom each is an atom of its own. With a
	// number alone an atom takes what waits at the moment, up to that many; with a time it waits for more, so long.
	Atom ptl.Cut
}

// PostSource takes events that are posted as JSON.
func PostSource[T any](t *ptl.Type[T], o SourceOptions) ptl.Source[T] {
	s := &source[T]{options: o, posts: make(chan *post[T]), closed: make(chan struct{})}
	s.readers = sync.Pool{New: func() any { return ptl.NewJSONReader(t) }}
	s.keys = newKeys()
	s.stopping, s.stop = context.WithCancel(context.Background())
	return s
}

// SinkOptions say where events are posted to.
type SinkOptions struct {
	URL string
}

// PostSink posts each atom that has events, as NDJSON.
func PostSink[T any](t *ptl.Type[T], o SinkOptions) ptl.Sink[T] {
	s := &sink[T]{options: o, encoder: format.NDJSONLines(t)}
	s.stopping, s.stop = context.WithCancel(context.Background())
	s.running, s.end = context.WithCancel(context.Background())
	return s
}
