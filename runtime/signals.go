package runtime

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// patience is how long a run that was told to stop may take to finish and commit what runs. A handler that never ends,
// or a reader of the output that does not read, must not keep a process that its supervisor wants to end.
const patience = 10 * time.Second

// sameSignal is how long after a signal another one counts as the same: whoever stops a process often sends one to it and to its
// group, as `timeout` does, or passes on what the terminal has sent to both.
const sameSignal = 100 * time.Millisecond

// interruptible is done at the first SIGINT or SIGTERM. A second one, a while after it, or the end of our patience, ends the process at
// once, which a store survives as it survives any crash.
func (p *program) interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	over := make(chan struct{})
	go func() {
		select {
		case <-over:
			return
		case <-signals:
		}
		p.say("stopping; what runs is being finished and committed (once more to stop at once)")
		cancel()
		first, hard := time.Now(), time.After(patience)
		for {
			select {
			case <-over:
				return
			case <-signals:
				if time.Since(first) < sameSignal {
					continue
				}
				p.say("stopped at once; the store has everything up to its last commit, and the next run goes on from there")
			case <-hard:
				p.say("what runs has not ended within %s: stopped hard; the store has everything up to its last commit, and the next run goes on from there", patience)
			}
			os.Exit(exitFailed)
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(over)
		cancel()
	}
}
