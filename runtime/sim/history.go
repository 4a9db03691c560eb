package sim

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/portals-lang/portals/runtime/engine"
)

// unlocked is the lock of a run on one goroutine.
type unlocked struct{}

func (unlocked) Lock()   {}
func (unlocked) Unlock() {}

// choice is one step of a node: the input whose next atom it took ("" is its completion), and the requests that it refused
// in it because they would have waited for themselves.
type choice struct {
	input   string
	refused []parking
	armed   map[parking]int64 // when the timers ring that it began to wait for
	due     int64             // of engine.Timers: up to when they rang
	ran     bool              // tasks had their barriers
}

// history is what the nodes chose, as far as it was committed or runs ahead of that.
type history struct {
	run       *Run
	lock      sync.Locker          // of what lanes call; a run on goroutines sets one that locks
	taken     map[string][]choice  // by node
	given     map[string][][]int64 // that a source gave
	published map[string]int       // of which so many are on its stream
	begun     map[string]int       // and so many were when the process began
	atoms     map[string][]int     // of a task, by workflow: how often its barrier ran in the running atom
	behind    map[string]bool      // a workflow whose running atom had something behind a barrier; an atom that fails does not count
	refuse    map[string][]parking
	parked    map[string]parkings
	arming    map[string]parkings
	armed     map[string]map[parking]int64
	rang      map[string]int64 // the last time of a timer that rang in the running atom
}

func newHistory(r *Run) *history {
	return &history{run: r, lock: unlocked{}, taken: map[string][]choice{}, given: map[string][][]int64{}, published: map[string]int{}, begun: map[string]int{}, atoms: map[string][]int{}, behind: map[string]bool{}, refuse: map[string][]parking{}, parked: map[string]parkings{}, arming: map[string]parkings{}, armed: map[string]map[parking]int64{}, rang: map[string]int64{}}
}

// gives notes an atom of a source.
func (h *history) gives(stream string, atom []int64) {
	h.lock.Lock()
	defer h.lock.Unlock()
	h.given[stream] = append(h.given[stream], atom)
}

// opened forgets what a crash has undone. What is left must be a prefix of what was done.
func (h *history) opened(node string, came map[string]uint64, complete bool) {
	clear(h.atoms)
	clear(h.refuse)
	clear(h.behind)
	clear(h.parked)
	clear(h.arming)
	clear(h.armed)
	clear(h.rang)
	if name, ok := strings.CutPrefix(node, "source "); ok {
		n := int(came[name])
		if n > len(h.given[name]) {
			h.run.found("recovery", fmt.Sprintf("%s is %d atoms far and gave %d", node, n, len(h.given[name])))
			return
		}
		h.given[name] = h.given[name][:n]
		h.published[name], h.begun[name] = n, n
		return
	}
	counts := map[string]uint64{}
	n, ran := 0, uint64(0)
	done := false
	atoms := h.run.storedAtoms(strings.TrimPrefix(node, "workflow "))
	for _, c := range h.taken[node] {
		if c.input == "" {
			if done = complete; !done {
				break
			}
		} else if c.input == engine.Timers { // no cursor tells of it
			if ran == atoms {
				break
			}
		} else if counts[c.input]++; counts[c.input] > came[c.input] {
			counts[c.input]--
			break
		}
		if n++; c.ran {
			ran++
		}
	}
	h.taken[node] = h.taken[node][:n]
	for input, at := range came {
		if counts[input] != at {
			h.run.found("recovery", fmt.Sprintf("%s goes on at %v, which is no place where it was (%v of %v)", node, came, counts, h.taken[node]))
			return
		}
	}
	if complete && !done {
		h.run.found("recovery", node+" is complete and never was")
	}
}

// took notes a step of a node, and that each task has had its barrier in it.
func (h *history) took(node, input string) {
	if strings.HasPrefix(node, "source ") {
		h.published[input]++
		return
	}
	name := strings.TrimPrefix(node, "workflow ")
	if h.behind[name] {
		h.run.found("barrier", fmt.Sprintf("%s: a task got something of an atom of %s behind its barrier", node, input))
	}
	ran := h.atoms[name]
	h.taken[node] = append(h.taken[node], choice{input, h.refuse[name], h.armed[name], h.rang[name], len(ran) > 0})
	delete(h.refuse, name)
	delete(h.parked, name)
	delete(h.arming, name)
	delete(h.armed, name)
	delete(h.rang, name)
	delete(h.atoms, name)
	ended := slices.ContainsFunc(h.taken[node], func(c choice) bool { return c.input == "" })
	if !ended && !strings.Contains(input, "!") && name != node {
		if n := len(h.run.workflow(name).Tasks); len(ran) != n && n > 0 {
			h.run.found("barrier", fmt.Sprintf("%s processed an atom of %s without barriers", node, input))
		}
	}
	for i, n := range ran {
		if n != 1 && input != "" {
			h.run.found("barrier", fmt.Sprintf("%s: task %d had %d barriers in an atom of %s", node, i, n, input))
		}
	}
}

// barrier notes a task's barrier.
func (h *history) barrier(w *Workflow, task int) {
	h.lock.Lock()
	defer h.lock.Unlock()
	if h.atoms[w.Name] == nil {
		h.atoms[w.Name] = make([]int, len(w.Tasks))
	}
	h.atoms[w.Name][task]++
}

// event notes that a task gets something, which must be before its barrier.
func (h *history) event(w *Workflow, task int) {
	h.lock.Lock()
	defer h.lock.Unlock()
	if n := h.atoms[w.Name]; n != nil && n[task] > 0 {
		h.behind[w.Name] = true
	}
}

// parking names one of the things that an atom parks, or would: the how-manieth of a task and key. Lanes do not change it.
type parking struct {
	task  int
	key   int64
	count int
}

// parkings counts them.
type parkings map[parking]int

func (p parkings) next(task int, key int64) parking {
	at := parking{task: task, key: key}
	at.count = p[at]
	p[parking{task: task, key: key}]++
	return at
}

// parks notes that a task is about to park something.
func (h *history) parks(w *Workflow, task int, key int64) parking {
	h.lock.Lock()
	defer h.lock.Unlock()
	if h.parked[w.Name] == nil {
		h.parked[w.Name] = parkings{}
	}
	return h.parked[w.Name].next(task, key)
}

func (h *history) refused(w *Workflow, p parking) {
	h.lock.Lock()
	defer h.lock.Unlock()
	h.refuse[w.Name] = append(h.refuse[w.Name], p)
}

// arms notes that a handler of a task and key begins to wait for a timer.
func (h *history) arms(w *Workflow, task int, key int64, due int64) {
	h.lock.Lock()
	defer h.lock.Unlock()
	if h.armed[w.Name] == nil {
		h.arming[w.Name], h.armed[w.Name] = parkings{}, map[parking]int64{}
	}
	h.armed[w.Name][h.arming[w.Name].next(task, key)] = due
}

// rings notes that a handler goes on because of a timer.
func (h *history) rings(w *Workflow, due int64) {
	h.lock.Lock()
	defer h.lock.Unlock()
	h.rang[w.Name] = max(h.rang[w.Name], due)
}

func equal(a, b []int64) bool { return slices.Equal(a, b) }
