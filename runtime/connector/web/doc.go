// Package web holds the connectors that speak HTTP: http.post as a source, at which events are posted, and http.post as a sink,
// which posts them.
//
// # The source
//
// The body of a request is one JSON value or several, one after the other: NDJSON, or what `curl -d @file` makes of it, which
// takes the line ends out. All events of a body are taken, or none, and they lie in one atom. What is taken cannot be asked
// for again, so the source is not replayable and the engine logs its events; the answer, 202, waits for that
// (ptl.Answering). Whoever has it can rely on the events being there once, after any crash. Who has none (the process died, the
// connection broke) cannot know: the events are there whole or not at all.
//
// A request goes through four hands:
//
//	room ──▶ read and decode ──▶ posts ──▶ Next ──▶ owed ──▶ Durable
//
// Behind its first part it is read as there is room for it (room.go), and gives the room back with the answer. So what a thousand
// clients send at once lies in their sockets rather than here, and a client that is held is held by TCP. Decoding happens in the goroutine of
// the request, on as many processors as there are. A wrong body is answered at once and never seen by Next. From posts,
// which has no buffer, Next takes whole requests: what it has not taken when the run ends was promised to nobody, and is
// answered with 503. What it has taken is owed an answer, which Durable gives.
//
// Streams that name one address share a server (server.go). It listens when the first is opened, so an address in use is an
// error before anything runs; it serves when all are open, so that nobody is told that a path is not there which comes a moment
// later.
//
// # The sink
//
// It posts each atom that has events, as NDJSON, one after the other, and waits for the answer before the next. Any 2xx means
// that the atom is taken. What may pass (no connection, no answer, 408, 425, 429, 5xx) is tried again, after pauses that double and with a
// warning each; any other answer ends the app, before that atom. It is not exact: after a crash, or an answer that got
// lost, what was posted last is posted again. So each atom has a key, Idempotency-Key, by which a server can tell: the run, the
// sink and the number of the atom in its stream, which the engine knows and no crash changes.
//
// The sink is a ptl.Remote: when the run ends it waits for nobody who is not there, and the next run goes on with the atom.
//
// The network is the one part of the world outside that does not come through ptl.Env: net/http would then be linked into
// every program.
package web
