// Package file holds the connectors of files: file.lines, file.ndjson and file.csv, as sources and as sinks.
//
// # Sources
//
// The path of a source may be a pattern (`*`, `?`, `[a-z]`; each stays inside one directory). The files that it matches
// when the app starts are read in lexical order and make one stream: an atom may begin in one file and end in the next. A
// line never does, and each CSV file has its own header.
//
// A source is replayable: Next returns with each atom the position behind it, and Open goes back there. Between the two
// someone may have replaced the file, and reading on in the middle of other data would be worse than stopping. So a
// position holds a mark: the offset, a hash of the first 64 KiB, and a hash of the bytes before the offset (at least
// 64 KiB of them, less than 128, to be able to hash in blocks). Open reads those again and refuses if they differ, unless
// it is told to take up what is there from its start. Only what was taken counts: a file that has grown is the same file,
// and so is one whose bad line, at which the app stopped, has been mended. Of a pattern, the files that were read to
// their end must still be there, with their names and sizes; new ones must come behind them.
//
// The hashes are kept up while reading, each byte once: that costs a tenth of a nanosecond per byte, and a position
// about 25 bytes and 100 ns, however short the atoms are.
//
// A file that is not regular (a pipe, a terminal) cannot be read again and is refused.
//
// # Bad input
//
// A record that does not decode stops the app with its place, or is skipped: then it goes to `<path>.rejected` (see
// package reject), once, even after a crash, because the length of that file is part of the position. What stops the
// app in any case is what makes all further records meaningless: a CSV header without a column that must be there, a line
// of more than 64 MiB, a file that cannot be read.
//
// # Sinks
//
// A fresh run empties the file; a run that goes on cuts it back to where the position says, since what is behind that is
// written again. So each event shows exactly once. The position holds the same mark as a source's: a file that is
// shorter or has other bytes before the offset is refused rather than cut, because it is not ours. A reader may see
// events that will be written again after a crash, but never other ones in their place.
package file
