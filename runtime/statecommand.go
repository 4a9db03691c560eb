package runtime

import (
	"bufio"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/portals-lang/portals/runtime/engine"
	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/store"
)

// lookCommand is a command that looks into the store: look prints to out.
func (p *program) lookCommand(use, short, long, example string, args cobra.PositionalArgs, look func(i *engine.Inspection, args []string, out *bufio.Writer) error) *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use: use, Short: short, Long: short + ".\n\n" + long, Example: example, Args: args,
		Run: func(_ *cobra.Command, args []string) {
			out := bufio.NewWriter(p.stdout)
			err := p.inspect(data, func(_ *store.Store, i *engine.Inspection) error { return look(i, args, out) })
			if flushed := out.Flush(); err == nil {
				err = flushed
			}
			if err != nil {
				p.fails(err)
			}
		},
	}
	cmd.Flags().SortFlags = false
	p.dataFlag(cmd.Flags(), &data)
	return cmd
}

func (p *program) stateCommand() *cobra.Command {
	name := p.app.Name
	return p.lookCommand("state TASK [KEY]", "Print what a task has stored",
		"One JSON object for each key, or for one KEY; shared state is one object. TASK is a task, or workflow/task where\n"+
			"several workflows use one of that name. The app must not run.",
		"  "+name+" state Account            all keys\n"+
			"  "+name+" state Account 5          one key\n"+
			"  "+name+" state bank/Account ann   … of the task in workflow bank",
		oneNamed("task", 2), printState)
}

// oneNamed wants the name of what a command looks at, and up to so many arguments in all.
func oneNamed(what string, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("%s needs the name of a %s; `store stats` lists what there is", cmd.Name(), what)
		}
		return cobra.MaximumNArgs(most)(cmd, args)
	}
}

func printState(i *engine.Inspection, args []string, out *bufio.Writer) error {
	tasks, err := tasksNamed(i, args[0])
	if err != nil {
		return err
	}
	if len(args) == 1 {
		for _, t := range tasks {
			err := i.Entries(t, func(e ptl.Entry) error {
				_, err := fmt.Fprintln(out, e.JSON())
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	t := tasks[0]
	if n := slices.IndexFunc(tasks, func(t *engine.TaskFacts) bool { return t.Kind == ptl.StatePerKey }); n >= 0 {
		t = tasks[n]
	}
	e, ok, err := i.Entry(t, args[1])
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("task %s/%s has nothing stored for key %s: its states are as they begin", t.Workflow, t.Task, args[1])
	}
	_, err = fmt.Fprintln(out, e.JSON())
	return err
}

// tasksNamed finds the state of a task: shared, per key, or both.
func tasksNamed(i *engine.Inspection, name string) ([]*engine.TaskFacts, error) {
	var found []*engine.TaskFacts
	var all []string
	for _, t := range i.Tasks() {
		if t.Kind != ptl.StatePerKey && t.Kind != ptl.StateShared {
			continue
		}
		full := t.Workflow + "/" + t.Task
		if !slices.Contains(all, full) {
			all = append(all, full)
		}
		if name == full || name == t.Task {
			found = append(found, t)
		}
	}
	for _, t := range found {
		if t.Workflow != found[0].Workflow {
			return nil, fmt.Errorf("task %s is in workflows %s and %s: say %s/%s", name, found[0].Workflow, t.Workflow, t.Workflow, name)
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no task of this app has state")
	}
	return nil, fmt.Errorf("there is no task %s with state%s; there are %s", name, suggestion(name, all), strings.Join(all, ", "))
}

// waiting is a line of the command of that name.
type waiting struct {
	Workflow string          `json:"workflow"`
	Task     string          `json:"task"`
	Key      json.RawMessage `json:"key"`
	Handler  string          `json:"handler,omitempty"`
	At       string          `json:"at,omitempty"`
	Parked   json.RawMessage `json:"parked,omitempty"`
	Since    string          `json:"since"`
	For      []string        `json:"for,omitempty"`
}

func (p *program) waitingCommand() *cobra.Command {
	name := p.app.Name
	return p.lookCommand("waiting", "Print what waits",
		"One JSON object for each handler that waits at an await: where (workflow, task, key, place in the program), since\n"+
			"when, and for the replies of which portals; and for each event or request that an exclusive task has parked.\n"+
			"The app must not run.",
		"  "+name+" waiting\n  "+name+" waiting --data /var/lib/x",
		cobra.NoArgs, printWaiting)
}

func printWaiting(i *engine.Inspection, _ []string, out *bufio.Writer) error {
	for _, t := range i.Tasks() {
		if t.Kind != ptl.WaitingFrames && t.Kind != ptl.ParkedItems {
			continue
		}
		err := i.Entries(t, func(e ptl.Entry) error {
			w := e.Waits
			line := waiting{
				Workflow: t.Workflow, Task: w.Task, Key: json.RawMessage(e.Key), Handler: w.Handler, At: w.Place,
				Since: time.Unix(0, int64(w.Since)).UTC().Format(time.RFC3339Nano), For: i.PortalsOf(w.For),
			}
			if w.Parked != "" {
				line.Parked = json.RawMessage(w.Parked)
			}
			return printJSON(out, line)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func printJSON(out *bufio.Writer, v any) error {
	text, err := json.Marshal(v)
	if err == nil {
		_, err = out.Write(append(text, '\n'))
	}
	return err
}

func (p *program) dumpCommand() *cobra.Command {
	name := p.app.Name
	return p.lookCommand("dump STREAM", "Print what the store holds of a stream",
		"One line of JSON for each atom that somebody has yet to process, in order. What can be read again from a file or\n"+
			"generator is not in the store. The app must not run.",
		"  "+name+" dump orders",
		oneNamed("stream", 1), func(i *engine.Inspection, args []string, out *bufio.Writer) error {
			names := i.StreamNames()
			if !slices.Contains(names, args[0]) {
				names = slices.DeleteFunc(names, func(s string) bool { return strings.ContainsAny(s, "?!") })
				return fmt.Errorf("there is no stream %s%s; there are %s", args[0], suggestion(args[0], names), strings.Join(names, ", "))
			}
			return i.Atoms(args[0], func(position uint64, events []string) error {
				_, err := fmt.Fprintf(out, `{"atom":%d,"events":[%s]}`+"\n", position, strings.Join(events, ","))
				return err
			})
		})
}
