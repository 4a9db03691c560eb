// Package wal is the commit log: an ordered sequence of groups, each of which is there whole or not at all, and
// durable when Sync says so.
//
// # What it promises
//
// Opened after any crash, the log is a prefix of what was appended, and that prefix contains everything that a Sync
// covered. If it cannot be, because bytes that were durable are no longer what they were, opening fails, names the
// file and the offset, and changes nothing. A log that was opened and read is durable as far as it was read.
//
// # How
//
// The log is a row of segment files, numbered from 1, written one after the other by one writer. A record is a header
// and a payload. A header holds a checksum of all that follows it, the checksum of the record before (the chain), the
// sequence number, the epoch (one more at each opening), and how far the log was known to be durable when the record
// was written. The first record of a segment says which segment it is, so that a file under a wrong name does not
// pass; so does the first record of an epoch.
//
// Reading begins at a Mark and follows the chain. Where it breaks, the log may end, because a crash tore the last
// writes; or it may be damaged, because something that was durable has changed since. The checksum cannot tell these
// apart, the durable position can: a crash takes away only what was not yet durable. So on a break the reader looks
// at everything that lies behind it, in this segment and later ones, for records that are sound in themselves. If one
// of them knew, when it was written, that more was durable than the chain now reaches, then there is damage; if none
// does, this is the end. Records of earlier times that still lie there cannot mislead: what they knew to be durable
// was there at every later opening, so the chain is past it.
//
// A group also vouches for the start records before it, whose loss would be its own: that of its epoch was durable before
// anything else of the epoch was written; that of its segment, if the group is the first there, ends where the group's checksum
// begins, within 64 bytes that no disk tears, and was written before. That the group is of this time is told by its epoch and number.
//
// What this cannot tell is a flipped bit in the very last durable groups, those that no later record vouches for: it
// looks like the torn tail of a crash. An orderly Close writes a record that vouches for all.
//
// A log of three segments or more is read by two at once, where there is Go. The second reader begins at the start of a segment in the
// middle, and trusts it only as far as the record goes; what it has found counts when the first one arrives there, by the chain.
// Whatever is wrong before that place is told as if there were one reader.
//
// A new epoch begins behind the last record that was found, with a record that chains to it; so a process that is killed again
// and again, before it gets anywhere, leaves one small record each time, and a run that does little does not take a segment.
// What lies behind the end is written over by and by. What is left of it cannot pass for a part of the new epoch: it is of an
// earlier one, and chains to what is no longer there. The old tail is synced before the first record of the new epoch is written,
// and that record before anything else is: a process that crashed may have left records in the page cache that a reader sees and a
// power cut takes away; what is built on them must not outlive them.
//
// # Why it is fast
//
// A segment is as long as it will get, and full of zeros, before the first record goes into it, so that fdatasync has
// data to write and no metadata. When a quarter of it is written, the next segment is made ready in the background: a segment that a checkpoint has
// made superfluous is taken again (its old records are harmless, as above), or a new one is filled. Where groups are large, that would
// be as much writing as all groups together, and more than what it saves: so a new segment only gets its place on the disk then, and reads
// as zeros all the same. One Append is one write of memory that the caller filled, with the header put into room left for it; one Sync is
// one fdatasync.
//
// # What it leaves to others
//
// It neither batches nor waits: who calls Sync, and how many groups that covers, is the engine's choice. After a
// failed write or sync nobody knows what is on the disk, so the log refuses all work from then on, with the same
// error; opening it again finds out.
package wal
