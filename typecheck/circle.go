package typecheck

import "slices"

// circlesOf numbers the tasks that wait for themselves, if by way of others: those that wait for each other have one number. These are
// the strongly connected components of the graph of waits, as Tarjan finds them.
func circlesOf(tasks []*Task, waits map[*Task][]*Task) map[*Task]int {
	circles := map[*Task]int{}
	place, low := map[*Task]int{}, map[*Task]int{} // counted from 1
	var path []*Task                               // of which it is not known yet whom they are with
	known := map[*Task]bool{}
	var visit func(t *Task)
	visit = func(t *Task) {
		place[t] = len(place) + 1
		low[t] = place[t]
		path = append(path, t)
		for _, next := range waits[t] {
			if place[next] == 0 {
				visit(next)
			}
			if !known[next] {
				low[t] = min(low[t], low[next])
			}
		}
		if low[t] < place[t] {
			return
		}
		alone := path[len(path)-1] == t && !slices.Contains(waits[t], t)
		for !known[t] {
			u := path[len(path)-1]
			path = path[:len(path)-1]
			known[u] = true
			if !alone {
				circles[u] = place[t]
			}
		}
	}
	for _, t := range tasks {
		if place[t] == 0 {
			visit(t)
		}
	}
	return circles
}

// mostInCircle bounds the tasks that a way back is looked for through. An app has fewer that somebody wrote, and a message with more
// of them is not read.
const mostInCircle = 100

// waiting says which exclusive tasks await replies of which.
type waiting struct {
	all     map[*Task][]*Task
	each    map[[2]*Task]bool
	circles map[*Task]int // as circlesOf numbers them
}

func (w *waiting) add(t, next *Task) {
	if pair := [2]*Task{t, next}; !w.each[pair] {
		w.each[pair] = true
		w.all[t] = append(w.all[t], next)
	}
}

// inCircle leaves out what leads out of circles.
func (w *waiting) inCircle(tasks []*Task) {
	w.circles = circlesOf(tasks, w.all)
	for t, all := range w.all {
		w.all[t] = slices.DeleteFunc(all, func(next *Task) bool { return w.circles[t] == 0 || w.circles[next] != w.circles[t] })
	}
}

// circle is a shortest way from a task that waits for itself back to it: the first one waits for the second, and so on. It is nil if
// that is to be found only by looking through more than mostInCircle tasks.
func (w *waiting) circle(t *Task) []*Task {
	todo := []*Task{t}
	before := map[*Task]*Task{t: t} // who waits for whom, on the way
	for i := 0; i < len(todo); i++ {
		u := todo[i]
		if w.each[[2]*Task{u, t}] {
			circle := []*Task{u}
			for u != t {
				u = before[u]
				circle = append(circle, u)
			}
			slices.Reverse(circle)
			return circle
		}
		for _, next := range w.all[u] {
			if len(todo) == mostInCircle {
				break
			}
			if before[next] == nil {
				before[next] = u
				todo = append(todo, next)
			}
		}
	}
	return nil
}
