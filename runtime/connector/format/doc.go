// Package format turns bytes into events and back: lines of text, NDJSON and CSV. It is what the connectors share that
// move bytes, and knows nothing of where those come from or go.
//
// Reading takes two steps. Records cuts a stream of bytes into records (a line; in CSV a row, which may hold line ends
// inside quotes) without copying them. A Decoder then makes at most one event of each record, or a *ptl.BadInput. Keeping
// the steps apart is what allows a source to skip a bad record and go on behind it: what a record is never depends on
// whether its content makes sense.
//
// Text is UTF-8. A line that is not is bad input, whatever it is decoded to: a String with broken characters in it
// would only fail later and further from its cause. Lines end in "\n" or "\r\n", the last one also at the end of the
// input; a byte order mark in front is dropped. In NDJSON and CSV blank lines mean nothing.
//
// Short strings that come out of lines and CSV are cut from blocks of 512 bytes that several of them share, which saves a
// quarter of the time of reading lines. A larger block would gain little more, and whoever keeps one word of a line for a
// long time keeps the block of that line.
package format
