package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/portals-lang/portals/runtime/ptl"
)

// What bounds a server's memory: how many connections it has, each with the first part of a body, and how many bytes of longer
// bodies, decoded ones included, are on their way through it. Beyond that clients wait.
const (
	mostConnections = 1024
	firstPart       = 32 << 10
	mostInHand      = 64 << 20
	maxBody         = 8 << 20
	maxWaste        = 8 * maxBody // of a body that is too large, taken so that the client comes to read the answer
)

// How long a server waits for others: for a header, for a body, for the next request of a connection, and for answers to be on
// their way when it ends.
const (
	headerTime = 10 * time.Second
	bodyTime   = 30 * time.Second
	pauseTime  = 2 * time.Second // of a body that has the reserve, or room that others wait for
	leastRate  = 4 << 10         // bytes a second, for which a body has more time than bodyTime while nobody waits for its room
	wasteTime  = 2 * time.Second // for what is taken in vain
	idleTime   = 2 * time.Minute
	partTime   = 2 * time.Second
)

// server listens at an address for the sources that share it.
type server struct {
	host     string
	listener *listener
	http     *http.Server
	room     *room
	start    sync.Once
	failed   chan struct{} // closed when it can take no further connections, with err
	err      error

	mu    sync.RWMutex
	users int
	paths map[string]intake
}

// intake is the source behind a path.
type intake interface {
	joined(s *server, stream string) // before the first request
	stream() string
	take(w http.ResponseWriter, r *http.Request)
}

// servers are those of this process, by address, as addresses are the process's too.
var servers = struct {
	sync.Mutex
	at map[string]*server
}{at: map[string]*server{}}

// join has the server of an address, which it may have to start, take what is posted at a path.
func join(env *ptl.Env, a address, in intake) error {
	servers.Lock()
	defer servers.Unlock()
	s := servers.at[a.host]
	if s == nil {
		var err error
		if s, err = listen(env, a.host); err != nil {
			return err
		}
		servers.at[a.host] = s
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if other, taken := s.paths[a.path]; taken {
		return fmt.Errorf("%s%s is where stream %s is posted already; give this one a path of its own", a.host, a.path, other.stream())
	}
	in.joined(s, env.Stream)
	s.paths[a.path] = in
	s.users++
	if env.Notice != nil {
		env.Notice("stream " + env.Stream + " takes what is posted to http://" + s.listener.Addr().String() + a.path)
	}
	return nil
}

func listen(env *ptl.Env, host string) (*server, error) {
	l, err := net.Listen("tcp", host)
	if err != nil {
		return nil, fmt.Errorf("cannot listen at %s: %w; end what listens there, or write another address", host, errors.Unwrap(err))
	}
	return newServer(env, host, l), nil
}

func newServer(env *ptl.Env, host string, l net.Listener) *server {
	s := &server{
		host: host, room: newRoom(mostInHand), failed: make(chan struct{}), paths: map[string]intake{},
		listener: &listener{Listener: l, free: make(chan struct{}, mostConnections), closed: make(chan struct{})},
	}
	s.http = &http.Server{
		Handler: s, ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(env.Log.Handler(), slog.LevelWarn),
	}
	return s
}

// serve begins to take requests, once.
func (s *server) serve(env *ptl.Env) {
	s.start.Do(func() {
		env.Go(func() {
			s.err = fmt.Errorf("%s takes no further connections: %w", s.host, s.http.Serve(s.listener))
			close(s.failed)
		})
	})
}

// leave ends the part of one source. The last one ends the server, when what has been answered is on its way.
func (s *server) leave() error {
	servers.Lock()
	s.mu.Lock()
	s.users--
	last := s.users == 0
	s.mu.Unlock()
	if last {
		delete(servers.at, s.host)
	}
	servers.Unlock()
	if !last {
		return nil
	}
	err := s.listener.Close()
	ctx, cancel := context.WithTimeout(context.Background(), partTime)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close() // of what is still open nothing was answered that matters
	}
	return err
}

// ServeHTTP finds the source that a request is for.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	in, found := s.paths[r.URL.Path]
	s.mu.RUnlock()
	switch {
	case !found:
		refuse(w, http.StatusNotFound, "there is nothing at "+r.URL.Path+"; events are posted to "+strings.Join(s.places(), ", "))
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed, "events of stream "+in.stream()+" are posted here, as JSON: use POST, not "+r.Method)
	default:
		in.take(w, r)
	}
}

func (s *server) places() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []string
	for path := range s.paths {
		all = append(all, path)
	}
	slices.Sort(all)
	return all
}

// listener takes no more than so many connections at a time.
type listener struct {
	net.Listener
	free   chan struct{} // holds an element for each connection
	once   sync.Once
	closed chan struct{}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case l.free <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.free
		return nil, err
	}
	return &connection{Conn: c, over: sync.OnceFunc(func() { <-l.free })}, nil
}

// Close implements net.Listener.
func (l *listener) Close() (err error) {
	l.once.Do(func() {
		close(l.closed)
		err = l.Listener.Close()
	})
	return err
}

type connection struct {
	net.Conn
	over func()
}

func (c *connection) Close() error {
	defer c.over()
	return c.Conn.Close()
}
