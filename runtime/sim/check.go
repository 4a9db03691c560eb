package sim

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/portals-lang/portals/runtime/engine"
	"github.com/portals-lang/portals/runtime/ptl"
)

// Finding is a promise that was broken, by the name of the checker that noticed.
type Finding struct {
	Checker string
	Text    string
}

func (f Finding) String() string { return f.Checker + ": " + f.Text }

// found notes a finding. Nothing counts that happens after the process has died.
func (r *Run) found(checker, text string) {
	if !r.world.dead.Load() {
		r.findings = append(r.findings, Finding{checker, text})
	}
}

// checkRecovered compares what a crash has left with what the model has at the same place. All of it belongs together or
// the recovered state was never one that the application was in.
func (r *Run) checkRecovered(stored entries) {
	m := r.retrace()
	for _, text := range m.wrong {
		r.found("total-order", text)
	}
	r.checkStored("atomicity", m, stored)
	r.checkSound(stored)
	numbers := numbersOf(stored)
	for _, name := range slices.Sorted(maps.Keys(r.pages)) {
		durable := uint64(0)
		if at, ok := stored[numbered('p', numbers["s"+name])]; ok {
			durable = ptl.NewReader([]byte(at)).Uint()
		}
		p := r.pages[name]
		if r.plan.Async && r.plan.Power { // it may have shown what the power cut took, and show something else
			p.shown = p.shown[:min(uint64(len(p.shown)), durable)]
		}
		if uint64(len(p.shown)) > durable {
			r.found("observation", fmt.Sprintf("sink %s has shown %d atoms, and %d are durable", name, len(p.shown), durable))
		}
		r.part(p, durable, stored, numbers)
	}
	r.checkPipes(stored)
}

// checkPipes checks what the sources know that cannot go back: of what they have told others, and what they have noted.
func (r *Run) checkPipes(stored entries) {
	numbers := numbersOf(stored)
	for _, s := range r.pipes {
		durable := 0
		if at, ok := stored[numbered('p', numbers["s"+s.spec.Name])]; ok {
			durable = int(ptl.NewReader([]byte(at)).Uint())
		}
		if told := r.answered[s.spec.Name]; told > durable && !(r.plan.Async && r.plan.Power) {
			r.found("observation", fmt.Sprintf("source %s was told that %d atoms are durable, and %d are", s.spec.Name, told, durable))
		}
		want := map[uint64]int{}
		for place := max(0, durable-mostNotes); place < durable; place++ {
			want[uint64(place%mostNotes)] = place
		}
		if !maps.Equal(s.notes, want) {
			r.found("atomicity", fmt.Sprintf("source %s has %d atoms in the store, and notes %v", s.spec.Name, durable, s.notes))
		}
	}
}

// part notes what of its stream a sink shows that one version does not have: what it showed until then, and what comes behind the
// atoms that there are when it is back. It is back where it was if that version has never committed anything.
func (r *Run) part(p *page, durable uint64, stored entries, numbers map[string]uint64) {
	reader, known := numbers["r"+p.name+">"]
	switch {
	case !p.parted:
	case r.without == p.name:
		p.gone, p.kept = true, 0
		if at, ok := stored[numbered('c', reader)]; known && ok {
			p.kept = int(ptl.NewReader([]byte(at)).Uint())
		}
	case !known:
		p.gone, p.kept, p.back = false, len(p.atoms), int(durable)
	default:
		p.gone = false
	}
}

// checkSound looks through what a process left, as `store check` does.
func (r *Run) checkSound(stored entries) {
	w := &world{dice: rand.New(rand.NewPCG(r.plan.Seed, 5))}
	i, err := engine.Inspect(r.build(), openDouble(w, stored, false))
	if err == nil {
		_, err = i.Verify(func(damage error) { r.found("recovery", fmt.Sprintf("a check of the store finds: %v", damage)) })
	}
	if err != nil {
		r.found("recovery", fmt.Sprintf("the store cannot be checked: %v", err))
	}
}

// storedAtoms is how many atoms a workflow has processed by the store.
func (r *Run) storedAtoms(workflow string) uint64 {
	value, ok := r.stored[numbered('w', numbersOf(r.stored)["w"+workflow])]
	if !ok {
		return 0
	}
	rd := ptl.NewReader([]byte(value))
	rd.Bool()
	return rd.Uint()
}

// checkTaken checks what a process leaves that was stopped in order: what it took from sources that cannot repeat it is in
// the store.
func (r *Run) checkTaken(stored entries) {
	numbers := numbersOf(stored)
	for _, s := range r.pipes {
		logged := 0
		if at, ok := stored[numbered('p', numbers["s"+s.spec.Name])]; ok {
			logged = int(ptl.NewReader([]byte(at)).Uint())
		}
		if taken, kept := s.taken-s.begun, logged-r.history.begun[s.spec.Name]; taken != kept {
			r.found("no-lost-event", fmt.Sprintf("the process took %d atoms of %s, and stored %d before it ended in order", taken, s.spec.Name, kept))
		} else if s.told != taken {
			r.found("no-lost-event", fmt.Sprintf("the process took %d atoms of %s, and told it of %d before it ended in order", taken, s.spec.Name, s.told))
		}
	}
}

// checkStored compares the stored state of tasks, frames and gates with the model's.
func (r *Run) checkStored(checker string, m *model, stored entries) {
	numbers := numbersOf(stored)
	for i := range r.app.Workflows {
		w := &r.app.Workflows[i]
		f := m.flows[w.Name]
		for n, t := range f.tasks {
			place := w.Name + "/" + t.spec.name(n)
			kind := "ttask "
			if t.spec.Keys == 0 {
				kind = "tshared "
			}
			want, got := t.stored(), readStates(stored, numbers[kind+place])
			if !maps.EqualFunc(want, got, func(a, b State) bool { return a.same(b) }) {
				r.found(checker, fmt.Sprintf("the state of %s is %v in the store and %v by the model", place, got, want))
			}
			if n := countUnder(stored, numbers["ttask "+place+"/handler"]); n != len(t.frames) {
				r.found(checker, fmt.Sprintf("at %s %d handlers wait in the store and %d by the model", place, n, len(t.frames)))
			}
			if n := countUnder(stored, numbers["ttask "+place+"/parked"]); n != t.parked() {
				r.found(checker, fmt.Sprintf("at %s %d things are parked in the store and %d by the model", place, n, t.parked()))
			}
		}
		if atoms := r.storedAtoms(w.Name); atoms != uint64(f.atoms) {
			r.found(checker, fmt.Sprintf("%s has processed %d atoms by the store and %d by the model", w.Name, atoms, f.atoms))
		}
	}
}

// stored are the states that a task has in the store: those that are not initial.
func (t *modelTask) stored() map[int64]State {
	states := map[int64]State{}
	for key, s := range t.states {
		if !s.initial() {
			states[key] = s.taken()
		}
	}
	return states
}

func numbersOf(stored entries) map[string]uint64 {
	numbers := map[string]uint64{}
	for k, v := range stored {
		if k[0] == 'n' {
			numbers[k[1:]] = ptl.NewReader([]byte(v)).Uint()
		}
	}
	return numbers
}

// numbered is the beginning of the store's keys for something that has a number.
func numbered(kind byte, n uint64) string {
	return string([]byte{kind, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

func readStates(stored entries, number uint64) map[int64]State {
	states := map[int64]State{}
	prefix := numbered('s', number)
	for k, v := range stored {
		if number == 0 || !strings.HasPrefix(k, prefix) {
			continue
		}
		key := int64(0)
		if len(k) > len(prefix) {
			key = ptl.NewReader([]byte(k[len(prefix)+1:])).Int()
		}
		var s State
		r := ptl.NewReader([]byte(v))
		stateType.Read(r, &s)
		for r.Len() > 0 {
			if field, count := r.Uint(), r.Uint(); readEntries(stored, numbered('e', number)+k[len(prefix):], byte(field), &s) != count {
				s.A = -1 // which no state has
			}
		}
		if !s.initial() {
			states[key] = s
		}
	}
	if n := left(stored, number, states); n != 0 {
		states[-1] = State{A: -1, B: n} // which no task has
	}
	return states
}

// readEntries reads the entries of a collection that is stored by entry, and counts them.
func readEntries(stored entries, prefix string, field byte, s *State) (n uint64) {
	prefix += string([]byte{field})
	for _, k := range slices.Sorted(maps.Keys(stored)) {
		if !strings.HasPrefix(k, prefix) || len(k) != len(prefix)+8 {
			continue
		}
		n++
		r := ptl.NewReader([]byte(stored[k]))
		if field == manyField {
			ptl.MapPut(&s.Many, r.Int(), r.Int())
		} else {
			ptl.ListPush(&s.Row, r.Int())
		}
	}
	return n
}

// left counts entries of collections that belong to no state.
func left(stored entries, number uint64, states map[int64]State) (n int64) {
	for k := range stored {
		if number != 0 && strings.HasPrefix(k, numbered('e', number)) {
			n++
		}
	}
	for k, v := range stored {
		if number == 0 || !strings.HasPrefix(k, numbered('s', number)) {
			continue
		}
		r := ptl.NewReader([]byte(v))
		stateType.Read(r, &State{})
		for r.Len() > 0 {
			r.Uint()
			n -= int64(r.Uint())
		}
	}
	return n
}

func countUnder(stored entries, number uint64) int {
	n := 0
	for k := range stored {
		if number != 0 && strings.HasPrefix(k, numbered('s', number)) {
			n++
		}
	}
	return n
}

// checkShown compares what the sinks show at the end of a run with the model's streams.
func (r *Run) checkShown(m *model) {
	for _, text := range m.wrong {
		r.found("total-order", text)
	}
	for _, name := range slices.Sorted(maps.Keys(r.pages)) {
		var want [][]int64
		for _, atom := range m.streams[name] {
			want = append(want, atom.([]int64))
		}
		got := r.pages[name].atoms
		switch p := r.pages[name]; {
		case p.gone && p.kept <= len(got) && len(got) <= len(want):
			want = want[:len(got)]
		case p.back > 0 && p.kept <= p.back && p.back <= len(want):
			want = slices.Concat(want[:p.kept], want[p.back:])
		}
		if !slices.EqualFunc(got, want, equal) {
			r.found(r.differ(got, want), fmt.Sprintf("sink %s shows\n    %v, by the model\n    %v", name, got, want))
		}
	}
}

// differ names the promise that is broken when a sink shows got instead of want.
func (r *Run) differ(got, want [][]int64) string {
	count := map[int64]int{}
	for _, atom := range want {
		for _, v := range atom {
			count[v]++
		}
	}
	for _, atom := range got {
		for _, v := range atom {
			count[v]--
		}
	}
	lost, more := false, false
	for _, n := range count {
		lost, more = lost || n > 0, more || n < 0
	}
	switch {
	case lost && !more:
		return "no-lost-event"
	case more && !lost:
		return "exactly-once"
	case more:
		return "state=model"
	case !slices.Equal(slices.Concat(got...), slices.Concat(want...)):
		return "output-order"
	}
	return "atomicity"
}

// checkEnd checks what must hold when an application has come to its end.
func (r *Run) checkEnd(stored entries) {
	m := r.retrace()
	r.checkShown(m)
	for _, text := range m.unfinished() {
		checker := "no-lost-event"
		if strings.HasPrefix(text, "an ask") {
			checker = "ask-reply"
		}
		r.found(checker, text)
	}
	if stored == nil {
		return
	}
	r.checkStored("state=model", m, stored)
	for k := range stored {
		if k[0] == 'a' {
			r.found("no-lost-event", fmt.Sprintf("an atom that all have passed is still in the store: %q", k))
			break
		}
	}
}
