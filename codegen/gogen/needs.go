package gogen

import "github.com/portals-lang/portals/lang/ir"

// need says what a function must be given beside its arguments, because it or something that it calls uses it.
type need uint8

const (
	needLane   need = 1 << iota // now, random, uuid, log; helpers are methods of the lane anyway
	needKey                     // `key`
	needState                   // state per key
	needShared                  // shared state
	needHash                    // the hash of the key, to ask
)

// findNeeds finds out what the functions of a program need. Handlers get all that their task has.
func findNeeds(p *ir.Program) map[*ir.Func]need {
	needs := map[*ir.Func]need{}
	var all []*ir.Func
	all = append(all, p.Funcs...)
	for _, w := range p.Workflows {
		for _, t := range w.Tasks {
			all = append(all, t.Helpers...)
		}
	}
	callers := map[*ir.Func][]*ir.Func{}
	for _, f := range all {
		ir.Inspect(f.Body, func(s ir.Stmt) {
			switch s.(type) {
			case *ir.Log, *ir.Emit:
				needs[f] |= needLane
			}
		}, func(x ir.Expr) {
			switch x := x.(type) {
			case *ir.Builtin:
				if taskOnly[x.Name] {
					needs[f] |= needLane
				}
			case *ir.Key:
				needs[f] |= needKey
			case *ir.State:
				if x.Var.Shared {
					needs[f] |= needShared
				} else {
					needs[f] |= needState
				}
			case *ir.Ask:
				needs[f] |= needHash
			case *ir.TaskParamRef:
				needs[f] |= needLane
			case *ir.FuncRef:
				callers[x.Func] = append(callers[x.Func], f)
			case *ir.Call:
				if x.Func != nil {
					callers[x.Func] = append(callers[x.Func], f)
				}
			}
		})
	}
	for todo := all; len(todo) > 0; {
		f := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, g := range callers[f] {
			if all := needs[g] | needs[f]; all != needs[g] {
				needs[g] = all
				todo = append(todo, g)
			}
		}
	}
	return needs
}

// taskOnly are the built-ins that ask the lane.
var taskOnly = map[string]bool{"now": true, "random": true, "uuid": true}
