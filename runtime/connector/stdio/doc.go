// Package stdio holds the connectors of standard input and output: stdin.lines, stdin.ndjson, stdin.csv, stdout.lines,
// stdout.ndjson and stdout.csv.
//
// What was read from standard input cannot be read again: its source is not replayable, and the engine logs the events.
// Reading it may block for ever, and no reader of Go's can be interrupted; so one goroutine reads ahead, by at most two
// chunks, and Next waits for it, for the time at which the atom closes, and for Interrupt, whichever comes first. That
// goroutine ends with the input, or with the process if the input never ends. After Interrupt, Next still returns what
// was read by then, as far as the lines are whole: a run that is stopped in order loses nothing that it has taken. So it is
// with input that does not decode and is not to be skipped: reading ends, and the error comes when all that was read beside it
// has been taken.
//
// Standard output cannot be cut back: after a crash, what was released last may show again. Lines are gathered and
// written in one call at Flush, so that those of several sinks never mix within a line.
package stdio
