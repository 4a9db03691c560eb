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

// interruptible is done at the first SIGINT or SIGTERM. A second one, or the end of our patience, ends the process at
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
		select {
		case <-over:
		case <-signals:
			p.say("stopped at once; the store has everything up to its last commit, and the next run goes on from there")
			os.Exit(exitFailed)
		case <-time.After(patience):
			p.say("what runs has not ended within %s: stopped hard; the store has everything up to its last commit, and the next run goes on from there", patience)
			os.Exit(exitFailed)
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(over)
		cancel()
	}
}
