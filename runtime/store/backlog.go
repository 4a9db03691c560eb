package store

import "sync"

// backlog is the log that is not in the state: commits add to it, and checkpoints take from it. These do so in steps, of up to foldBytes
// each. But a step counts for as much as is done of it, so that commits which have to wait do so for what is worth their own
// log, and neither for the end of a step nor for that of the checkpoint.
type backlog struct {
	each int64 // log from which a checkpoint is due; negative: none is

	mu      sync.Mutex
	change  sync.Cond // worked or running
	bytes   int64     // of log that is not in the state
	since   int64     // of log that was added since a checkpoint was begun last
	taken   int64     // of bytes, what the running step has read
	done    int64     // of bytes, what the running step has done is worth
	worked  int64     // what all steps have done is worth, also of those that failed
	due     int64     // worked, when the committer may go on; 0 if it may
	running int       // checkpoints in the background
}

// tablePart is the part of a step's work that making its table is; reading the log is the rest.
const tablePart = 0.5

// maxBehind is how many checkpoints' worth of log may be left to do before commits wait. So no more of it is not in the state than
// that and one step.
const maxBehind = 4

func (b *backlog) init(each int64) { b.each, b.change.L = each, &b.mu }

// found is the log that there is when the store is opened.
func (b *backlog) found(bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bytes, b.since = bytes, bytes
}

// add adds log. If there is too much, who adds it owes work for it: twice as much, so that it becomes less.
func (b *backlog) add(bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bytes += bytes
	b.since += bytes
	switch {
	case !b.tooMuch() || b.running == 0: // of checkpoints that fail, nothing is owed
		b.due = 0
	case b.due == 0:
		b.due = b.worked + 2*bytes
	default:
		b.due += 2 * bytes
	}
}

// left is how much there is to do.
func (b *backlog) left() int64 { return b.bytes - b.done }

func (b *backlog) tooMuch() bool { return b.each >= 0 && b.left() >= maxBehind*b.each }

// owing tells whether who adds log has to wait for work, which a checkpoint does.
func (b *backlog) owing() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.owes()
}

func (b *backlog) owes() bool { return b.tooMuch() && b.worked < b.due && b.running > 0 }

// wait waits until nothing is owed any more.
func (b *backlog) wait() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.owes() {
		b.change.Wait()
	}
}

// haste is how much of it a checkpoint is in, from 0 to 1. It rises from when one is due, so that checkpoints find the pace at which they
// keep up with the log; with one more left to do before commits wait, there is no time to rest.
func (b *backlog) haste() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.each <= 0 {
		return 0
	}
	return min(max((float64(b.left())/float64(b.each)-1)/(maxBehind-2), 0), 1)
}

// begins tells whether a checkpoint is due, and then has it begin. One that failed is not tried again before as much log was added.
func (b *backlog) begins() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.each < 0 || b.running > 0 || min(b.bytes, b.since) < b.each {
		return false
	}
	b.begin()
	return true
}

// asked has a checkpoint begin that somebody wants.
func (b *backlog) asked() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begin()
}

func (b *backlog) begin() { b.running, b.since = b.running+1, 0 }

// ended is called when one that began has ended.
func (b *backlog) ended() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running--
	b.change.Broadcast()
}

// more tells whether there is so much log behind what the running step has read that it should go on to that.
func (b *backlog) more() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.each > 0 && b.bytes-b.taken >= b.each/4
}

// took is called when the running step has read so much more log.
func (b *backlog) took(bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken += bytes
	b.does(0)
}

// made is called when so much of the running step's table is made, from 0 to 1.
func (b *backlog) made(part float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.does(part)
}

func (b *backlog) does(part float64) {
	done := int64((1 - tablePart*(1-part)) * float64(b.taken))
	b.worked += done - b.done
	b.done = done
	b.change.Broadcast()
}

// stepped is called when what the running step has read is in the state, dropped when it was given up.
func (b *backlog) stepped() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.does(1)
	b.bytes = max(b.bytes-b.taken, 0)
	b.taken, b.done = 0, 0
}

func (b *backlog) dropped() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken, b.done = 0, 0
}
