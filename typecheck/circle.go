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

// shortestCircle is a shortest way from a task that waits for itself back to it: the first one waits for the second, and so on.
func shortestCircle(t *Task, waits map[*Task][]*Task, circles map[*Task]int) []*Task {
	before := map[*Task]*Task{} // who waits for whom, on the way
	for todo := []*Task{t}; ; todo = todo[1:] {
		u := todo[0]
		for _, next := range waits[u] {
			if next == t {
				circle := []*Task{u}
				for u != t {
					u = before[u]
					circle = append(circle, u)
				}
				slices.Reverse(circle)
				return circle
			}
			if circles[next] == circles[t] && before[next] == nil {
				before[next] = u
				todo = append(todo, next)
			}
		}
	}
}
