package runtime

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/spf13/cobra"

	"github.com/portals-lang/portals/runtime/engine"
	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/store"
)

func (p *program) storeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "store", Short: "Look after the durable store",
		Long: "Look after the durable store, while the app does not run.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.checkCommand(), p.statsCommand())
	return cmd
}

func (p *program) checkCommand() *cobra.Command {
	var data string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "check", Short: "Look for damage",
		Long: "Look for damage: every checksum of the log and of the state, also of what starting the app would not read, and every\n" +
			"entry as what it should be. Damage is named with its place, and makes the exit status 1.",
		Example: "  " + p.app.Name + " store check\n  " + p.app.Name + " store check --data /var/lib/x --json",
		Args:    cobra.NoArgs,
		Run: func(*cobra.Command, []string) {
			if err := p.check(data, asJSON); err != nil {
				p.fails(err)
			}
		},
	}
	p.dataFlag(cmd.Flags(), &data)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}

// checked is the result of `store check`.
type checked struct {
	Store   string   `json:"store"`
	Sound   bool     `json:"sound"`
	Groups  uint64   `json:"groups"`
	Clean   bool     `json:"closedInOrder"`
	Entries uint64   `json:"entries"`
	States  uint64   `json:"states"`
	Atoms   uint64   `json:"atoms"`
	Left    uint64   `json:"leftOver"`
	Damage  []string `json:"damage,omitempty"`
}

func (p *program) check(data string, asJSON bool) error {
	c := checked{Store: dataOf(p.app, data)}
	if !store.Exists(vfs.Default, c.Store) {
		_, err := p.openStore(data, true)
		return err
	}
	report, err := store.Check(vfs.Default, c.Store)
	if err == nil {
		c.Groups, c.Clean = report.Durable.Seq, report.Clean
		err = p.inspect(data, func(_ *store.Store, i *engine.Inspection) error {
			v, err := i.Verify(func(damage error) { c.Damage = append(c.Damage, damage.Error()) })
			c.Entries, c.States, c.Atoms, c.Left = v.Entries, v.States, v.Atoms, v.Left
			return err
		})
	}
	if err != nil {
		c.Damage = append(c.Damage, err.Error())
	}
	c.Sound = len(c.Damage) == 0
	if !c.Sound {
		p.status = exitFailed
	}
	if asJSON {
		return json.NewEncoder(p.stdout).Encode(c)
	}
	for _, damage := range c.Damage {
		p.say("%s", damage)
	}
	if !c.Sound {
		return nil
	}
	how := "it was closed in order"
	if !c.Clean {
		how = "it was not closed in order, which is no damage"
	}
	_, err = fmt.Fprintf(p.stdout, "%s is sound: %d groups, %d entries (%d of state, %d atoms); %s\n", c.Store, c.Groups, c.Entries, c.States, c.Atoms, how)
	return err
}

func (p *program) statsCommand() *cobra.Command {
	var data string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "stats", Short: "Print sizes, positions and what waits",
		Long:    "Print how large the store is, how many keys each task has, where streams and their readers stand, and what waits.",
		Example: "  " + p.app.Name + " store stats\n  " + p.app.Name + " store stats --json",
		Args:    cobra.NoArgs,
		Run: func(*cobra.Command, []string) {
			if err := p.stats(data, asJSON); err != nil {
				p.fails(err)
			}
		},
	}
	p.dataFlag(cmd.Flags(), &data)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print them as JSON")
	return cmd
}

// facts is the result of `store stats`.
type facts struct {
	Store     string               `json:"store"`
	Bytes     int64                `json:"bytes"`
	Groups    uint64               `json:"groups"`
	Opened    uint32               `json:"opened"` // how often the app has begun
	Finished  bool                 `json:"finished"`
	Tasks     []*engine.TaskFacts  `json:"tasks"`
	Waiting   []*engine.TaskFacts  `json:"waiting"`
	Streams   []engine.StreamFacts `json:"streams"`
	LeftOvers []string             `json:"leftOver,omitempty"`
}

func (p *program) stats(data string, asJSON bool) error {
	f := facts{Store: dataOf(p.app, data), Tasks: []*engine.TaskFacts{}, Waiting: []*engine.TaskFacts{}}
	err := p.inspect(data, func(s *store.Store, i *engine.Inspection) (err error) {
		at := s.Written()
		f.Groups, f.Opened = at.Seq, at.Epoch
		if f.Finished, err = engine.Finished(s); err != nil {
			return err
		}
		for _, t := range i.Tasks() {
			if err := i.Count(t); err != nil {
				return err
			}
			if t.Kind == ptl.StatePerKey || t.Kind == ptl.StateShared {
				f.Tasks = append(f.Tasks, t)
			} else {
				f.Waiting = append(f.Waiting, t)
			}
		}
		f.LeftOvers = i.LeftOver()
		f.Streams, err = i.Streams()
		return err
	})
	if err != nil {
		return err
	}
	f.Bytes = sizeOf(f.Store)
	if asJSON {
		return json.NewEncoder(p.stdout).Encode(f)
	}
	out := bufio.NewWriter(p.stdout)
	f.print(out)
	return out.Flush()
}

func (f *facts) print(out *bufio.Writer) {
	fmt.Fprintf(out, "store %s: %s bytes, %s groups", f.Store, thousands(uint64(f.Bytes)), thousands(f.Groups))
	if f.Finished {
		fmt.Fprint(out, "; the app has come to its end")
	}
	fmt.Fprintln(out)
	for _, t := range f.Tasks {
		what := "keys"
		if t.Entries == 1 {
			what = "key"
		}
		if t.Kind == ptl.StateShared {
			what = "shared state"
		}
		fmt.Fprintf(out, "task %s/%s: %s %s, %s bytes\n", t.Workflow, t.Task, thousands(t.Entries), what, thousands(t.Bytes))
	}
	for _, t := range f.Waiting {
		fmt.Fprintf(out, "waiting at %s/%s: %s\n", t.Workflow, t.Task, thousands(t.Entries))
	}
	for _, s := range f.Streams {
		fmt.Fprintf(out, "stream %s: %s atoms, %s of them in the store (%s bytes)\n", s.Name, thousands(s.Atoms), thousands(s.Held), thousands(s.Bytes))
		for _, r := range s.Readers {
			fmt.Fprintf(out, "  %s is at %s, %s behind\n", r.Name, thousands(r.At), thousands(r.Lag))
		}
	}
	for _, name := range f.LeftOvers {
		fmt.Fprintf(out, "left over from another version: %s\n", name)
	}
}

// sizeOf adds up the files below a directory, as far as they can be looked at.
func sizeOf(dir string) (bytes int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				bytes += info.Size()
			}
		}
		return nil
	})
	return bytes
}
