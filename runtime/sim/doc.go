// Package sim runs random applications on the real engine in a simulated world, and compares what they do with a
// sequential model of the promises.
//
// A seed decides everything. It draws an application (app.go, generate.go): sources, sequencers, splitters, workflows of
// tasks in any acyclic shape, portals between them, and handlers that are small programs of a machine with state, emits,
// asks, awaits, replies and failures (machine.go). It draws what happens in which order (world.go): each step of an actor,
// each job beside the actors, each lane, when time passes, when the process dies, when the disk fails. So a failing seed
// fails again, and its application can be shrunk while it does (shrink.go).
//
// What the promises leave open is recorded as the engine chose it (history.go): which input a node took next, which atoms a
// source gave that cannot repeat them, which ask a deadlock failed. The model (model.go) takes the same choices, one
// event at a time, with queues and maps and none of the engine's means. Everything else must be equal: what sinks
// show, the state in the store at every recovery and at the end, replies, waiting handlers, what is parked. The checkers
// (check.go) say which promise a difference breaks.
//
// The store is either a double that keeps groups in memory and answers reads as of an earlier group, as the real one
// does between checkpoints (double.go), or the real one on a disk in memory that can lose what was not synced (disk.go).
package sim
