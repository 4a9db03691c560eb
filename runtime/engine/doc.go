// Package engine runs an application: it drives its workflows one atom at a time, and makes what they do durable.
//
// Actors. Sources, sequencers, splitters, workflows and sinks are actors: each has a step that does one bounded piece of
// work if it can, and a scheduler calls the steps of those that were woken, each from one goroutine at a time. Streams
// between them are windows of atoms in memory, which the readers of a stream share. No other actor waits for what blocks in a step
// (a sync, a read from a terminal): it runs beside the scheduler and wakes its actor when it is done, or, as a commit and what a sink writes
// do, in a worker for which another one steps in. So the same actors run under a scheduler that draws every choice from a seed.
//
// Workers. The real scheduler has a worker for each processor, all of which take actors from one queue. It measures some turns, and calls
// a worker that sleeps only for work that takes longer than calling it. One that has run out of actors while others work looks out for more
// before it sleeps, and goes on with actors that it has run before. A sink of a run without a store, where atoms come one by one, takes
// them together when it has just begun a job and others work: it rests for 200 µs, or until nobody works.
//
// Holding back. Sources are held back: a source pauses while a stream that can be reached from it is full. And a workflow whose
// requests pile up takes requests and replies only, and another input now and then, since requests may be endless. In a cycle, nobody
// waits for another one of the cycle, so none can come to a standstill. But what goes round may do so until something comes from a source: a handler
// that asks again and again whether an event has come, an event that comes back until it has. So while a stream of a cycle is full, sources still give
// a little. And who belongs to a cycle, or is behind one, pauses while a stream is full that leads out of its cycle, since that becomes empty
// without it, and would not if only the sources paused.
//
// Cuts. What happens is made durable in groups. A group is a consistent cut: the committer raises the epoch, and each
// actor, before it does anything more, contributes what it changed in the epoch that ended (state of touched keys, cursors,
// how far streams have come). Since an actor contributes before it takes an atom that another has published in the new epoch, no contribution
// depends on anything outside its cut or the ones before. Actors do not wait for each other there: who finds another one at the cut fills a
// part of its own, which the committer joins. The group is one record of the store: it is durable whole or
// not at all, so a crash takes away a suffix of groups and leaves a state that the application was in. State is encoded
// once for each key and group, however many atoms touched it; an atom that all its readers have processed inside the
// group is not encoded at all, and its memory is free at once: only while a cut is being made do readers that have contributed keep
// what they take, since the cut may have to store it.
//
// Order. Which actor comes next, and which input, is free. Turns are short, and requests and replies go before other inputs: what is
// under way between actors when a cut comes must be stored, and so must each handler that waits. Of other inputs, one that had nothing at its turn
// makes up for it, so streams whose events meet stay side by side, and few keys wait for their other half.
//
// Release. Sinks see atoms only when the group that holds them is durable. Everything inside the process runs ahead. How far a
// sink has come is stored with the next group, and in one of its own only if none comes for a while: so whoever waits for what
// an event does waits for one sync. Until then a sink that starts again goes back to where it was, and shows the same.
//
// Completion. A stream is sealed when its producer is complete; a workflow is complete when its inputs are sealed and it
// has processed them. Actors that depend on each other in a circle complete together, when all that they read from
// outside is sealed and processed and nothing is under way among them.
package engine
