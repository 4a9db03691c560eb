package ptl

import (
	"fmt"
	"io"
	"log/slog"
	"strconv"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// Env is the world outside, as connectors may use it: no connector reaches for os or time by itself.
type Env struct {
	FS     vfs.FS // paths are relative to the working directory
	Stdin  io.Reader
	Stdout io.Writer
	Now    func() Time
	After  func(d Duration) <-chan struct{} // closed when d has passed
	Log    *slog.Logger
	// Durable tells that positions are stored: sinks sync their files before they say where they are, so that after a power cut
	// a file has at least what the store knows of, even if the store itself has lost its last groups (`--durability async`).
	Durable bool
	// Restart asks a replayable source to accept other data than it read before, from their start.
	Restart bool
	// Stream is the name of the stream that the connector serves, for messages.
	Stream string
	// Sink is the name of the sink that the connector is, and Atom the place in the stream of the atom that it is given first.
	Sink string
	Atom uint64
	// Run tells a run of an app from all others: from its first start to its end, over all processes, where there is a store.
	Run string
	// Limit bounds the atoms that a source makes.
	Limit AtomLimit
	// Go runs f beside the caller: for sources whose reading blocks.
	Go func(f func())
	// Notice (or nil) is told what a user should know, such as where a source listens.
	Notice func(text string)
}

// Cut says when a source closes an atom: after Events events, or when After has passed since its first event, whichever
// comes first. A zero Cut puts everything into one atom.
type Cut struct {
	Events int64
	After  Duration
}

// BadPolicy says what a source does with input that does not decode.
type BadPolicy int

// The policies for bad input.
const (
	StopOnBad BadPolicy = iota // the app stops with a BadInput error
	SkipBad                    // the input goes to <name>.rejected with the reason
)

// BadInput is input that does not decode: the error that a source returns for it under StopOnBad. Decoders fill in all
// but the place, the record and the remedy, which only the connector knows.
type BadInput struct {
	Place   string // file:line
	Field   string // path of the field, such as `items[2].qty`, or name of the column, or ""
	Text    string // the bad text
	Bare    bool   // the text is no string, so it is shown without quotes
	Want    string // what was expected, as a phrase
	Problem string // what is wrong, where there is no text to show
	Record  string // what it stands in, where nobody could look that up, or ""
	Remedy  string // what to do, on lines of its own, or ""
}

func (e *BadInput) Error() string {
	text := e.Problem
	if text == "" {
		shown := e.Text
		if !e.Bare {
			shown = strconv.Quote(shown)
		}
		text = shown + " is not " + e.Want
	}
	if e.Field != "" {
		text = "field " + e.Field + ": " + text
	}
	if e.Place != "" {
		text = e.Place + ": " + text
	}
	if e.Record != "" {
		text += "\n  in " + e.Record
	}
	if e.Remedy != "" {
		text += "\n  " + e.Remedy
	}
	return text
}

// Source produces the atoms of a stream. The engine calls it from one goroutine.
type Source[T any] interface {
	// Open prepares to read from at, a position that Next returned earlier; nil is the start. A source that finds other data
	// there than it has read refuses, unless env.Restart.
	Open(env *Env, at []byte) error
	// Next waits for the next atom, appends its events to buf and returns them with the position behind them. It returns io.EOF when
	// there is no further atom; a *BadInput for data that do not decode.
	Next(buf []T) (events []T, at []byte, err error)
	// Interrupt ends the reading; callable from any goroutine. A Next that waits returns soon. From then on a replayable source
	// returns ErrInterrupted; another one first returns, as atoms, what it has taken from outside and cannot take again.
	Interrupt()
	Close() error
	// Replayable tells that Open can go back to any position, so that events need not be logged.
	Replayable() bool
}

// Answering is a Source, not a replayable one, that owes somebody an answer for what it gave. Durable tells it that the first so many atoms that Next
// has returned since Open are durable; without a store, that they have been taken into the stream. It is called from any
// goroutine, again and again with more, and must not wait.
type Answering interface {
	Durable(atoms uint64)
}

// Noting is a Source that keeps notes in the store, by number, such as which requests it has had.
type Noting interface {
	// Recall gives a note back that the store has, before Open. It does not hold on to the slice.
	Recall(number uint64, note []byte) error
	// Notes are those that the store is to hold when it holds the atom that Next has just returned. Each takes the place of the
	// one that had its number.
	Notes() []Note
}

// Note is something that a source wants to know after a crash.
type Note struct {
	Number uint64
	Value  []byte
}

// Measured is a Source that knows how much there is to read. Measure may be called at any time, from anywhere.
type Measured interface {
	Measure() (read, total int64)
}

// ErrNotYet is what Next returns instead of waiting, of a source that does not wait: it is asked again when the engine is
// nudged. Only sources that tests feed are of that kind.
var ErrNotYet = fmt.Errorf("the source has nothing yet")

// ErrInterrupted is what Next returns after Interrupt, when nothing is left that would be lost, and Write of a Remote.
var ErrInterrupted = fmt.Errorf("the source was interrupted")

// Sink takes the atoms of a stream to the outside, in order, each when it is durable. The engine calls it from one
// goroutine.
type Sink[T any] interface {
	// Open prepares to write behind at, a position that Sync returned earlier: whatever was written after it is removed,
	// since it will be written again. nil is a fresh start, which replaces what is there.
	Open(env *Env, at []byte) error
	// Write writes the events of one atom, and does not hold on to the slice. They need not be visible before Flush.
	Write(events []T) error
	// Flush makes what was written visible to readers.
	Flush() error
	// Sync makes what was written survive a crash (a power cut, if env.Durable) and returns the position behind it.
	Sync() (at []byte, err error)
	Close() error
	// Exact tells whether every event shows exactly once even after a crash (a file), or may show again (stdout).
	Exact() bool
}

// Remote is a Sink that writes to somebody who may not be there, and who may refuse an atom. An atom at which its Write fails
// is not written, and those before it are: Sync answers for them also then.
type Remote interface {
	// Interrupt ends the waiting; callable from any goroutine. A Write whose atom is not taken soon returns ErrInterrupted, and
	// the next run goes on with that atom.
	Interrupt()
}

// ErrReaderGone is the error of a sink whose reader went away, as `head` does when it has enough: a reason to stop, not
// to complain.
var ErrReaderGone = fmt.Errorf("nobody reads the output any more")
