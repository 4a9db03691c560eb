// Package store keeps an app's state on disk: an ordered map from byte keys to byte values, changed by groups of
// operations, each of which happens whole or not at all.
//
// # What it promises
//
// A group that Commit acknowledged in a store that is Sync is there after any crash, power cuts included; in one that
// is Async, after any crash of the process. After a crash the store holds a prefix of the groups that were committed,
// never a part of one, never a later one without an earlier. Where that cannot be kept, because the disk lost
// something it had promised to keep, opening fails with an Error that names the place and the remedy, and leaves
// everything as it is. An operation that fails never loses what was durable before it.
//
// # How
//
// There are two things in a store's directory. The log (package wal) decides: a group is durable when its record is.
// The state (package state) is the log up to some mark, folded (package fold): for each key the last thing that was
// done to it, in sorted tables that take part in a log-structured merge tree. A checkpoint moves the state on to the
// place up to which the log is durable, in steps, each of them one atomic ingestion of a table together with the mark
// it leads to; then the log before the mark is given up. Nothing enters the state that is not durable in the log.
//
// Opening a store finds the end of the log and begins a new epoch there. What it reads on the way it keeps, folded, as an
// overlay of the state (overlay.go), up to some memory, so that the store answers for all of its log at once; the next
// checkpoint has that to begin with. If the log is long, and there is Go, two read it at once, each of which makes a layer of the
// overlay.
//
// The commit path writes each change once, into a file made ready before, behind one checksum, and waits for one fdatasync;
// sorting and merging happen later, in the background, once per key and checkpoint instead of once per change. That
// is several times the speed of handing each change to the tree and its own log, which has to keep a sorted memtable
// at the pace of the commits.
//
// The price is what Get and Scan answer for: the state as of the last checkpoint or opening, not what was committed since. The
// engine has what it wrote in memory; it may let go of a key, and read it back, once Checkpointed covers its last
// change.
//
// # What comes from outside
//
// The package starts no goroutine, reads no clock, draws no random number and touches no file but through Options, so
// that a simulator can run it from a seed. Pebble, inside, compacts in goroutines of its own; these change where
// bytes lie, not what they say.
package store
