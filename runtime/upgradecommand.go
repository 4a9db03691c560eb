package runtime

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/portals-lang/portals/runtime/engine"
	"github.com/portals-lang/portals/runtime/store"
)

func (p *program) upgradeCommand() *cobra.Command {
	var data string
	var dry, same bool
	cmd := &cobra.Command{
		Use: "upgrade", Short: "Make the store of an earlier version one of this version",
		Long: "Make the store of an earlier version of the program one of this version. Starting the app does the same by itself;\n" +
			"with --dry-run this tells what that would change, or what stands in the way. The app must not run.",
		Example: "  " + p.app.Name + " upgrade --dry-run    what would change\n" +
			"  " + p.app.Name + " upgrade --same       … also if texts of generators or keys have changed, which mean the same",
		Args: cobra.NoArgs,
		Run: func(*cobra.Command, []string) {
			if err := p.upgrade(data, dry, same); err != nil {
				p.fails(err)
			}
		},
	}
	p.dataFlag(cmd.Flags(), &data)
	cmd.Flags().BoolVar(&dry, "dry-run", false, "change nothing, tell what would change")
	cmd.Flags().BoolVar(&same, "same", false, "changed texts of generators and keys mean the same as before")
	return cmd
}

func (p *program) upgrade(data string, dry, same bool) (err error) {
	s, err := p.openStore(data, dry)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	plan, err := p.plan(s)
	if err != nil {
		return err
	}
	for _, change := range plan.Changes {
		fmt.Fprintln(p.stdout, change)
	}
	if len(plan.Problems) > 0 || len(plan.Texts) > 0 && !same {
		return &engine.Incompatible{Problems: plan.Problems, Texts: plan.Texts}
	}
	if len(plan.Changes)+len(plan.Texts) == 0 {
		fmt.Fprintln(p.stdout, "nothing to change")
	}
	if dry {
		return nil
	}
	g, err := p.graphOf(s)
	if err != nil {
		return err
	}
	return engine.Upgrade(g, s, same)
}

func (p *program) plan(s *store.Store) (*engine.Plan, error) {
	g, err := p.graphOf(s)
	if err != nil {
		return nil, err
	}
	plan, err := engine.PlanUpgrade(g, s)
	if plan == nil {
		plan = &engine.Plan{}
	}
	return plan, err
}
