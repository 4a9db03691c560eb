package runtime

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/portals-lang/portals/runtime/ptl"
)

// params are the flags of an app's params, and what was given for them.
type params struct {
	all   []*ptl.Param
	given map[*ptl.Param]bool
}

// define makes each param a flag. A flag's help shows the default as it is when no flag is given at all.
func (ps *params) define(flags *pflag.FlagSet) {
	ps.given = map[*ptl.Param]bool{}
	for _, p := range ps.all {
		f := flags.VarPF(paramValue{p, ps}, p.Spec.Flag, "", p.Spec.Doc)
		if p.App != "" {
			f.Annotations = map[string][]string{ofApp: {p.App}}
		}
		f.DefValue = "" // shown below: pflag takes "false" and "0" for no default
		if p.Type == ptl.BoolType.Name {
			f.NoOptDefVal = "true"
		}
		switch {
		case p.Default == nil:
			f.Usage = strings.TrimSpace(f.Usage + " (required)")
		case ps.settle(p, nil) == nil:
			f.Usage = strings.TrimSpace(f.Usage + " (default " + quoted(p) + ")")
		default:
			f.Usage = strings.TrimSpace(f.Usage + " (default computed from other params)")
		}
	}
	clear(ps.given)
}

func quoted(p *ptl.Param) string {
	if p.Type == ptl.StringType.Name {
		return fmt.Sprintf("%q", p.Get())
	}
	return p.Get()
}

// settleAll gives the params that have no flag their defaults, each after those that its default reads.
func (ps *params) settleAll() error {
	settled := map[*ptl.Param]bool{}
	for _, p := range ps.all {
		if err := ps.settleOnce(p, settled, nil); err != nil {
			return err
		}
	}
	return nil
}

// settle computes the default of p, and of those that it reads.
func (ps *params) settle(p *ptl.Param, path []*ptl.Param) error {
	return ps.settleOnce(p, map[*ptl.Param]bool{}, path)
}

func (ps *params) settleOnce(p *ptl.Param, settled map[*ptl.Param]bool, path []*ptl.Param) error {
	if ps.given[p] || settled[p] {
		return nil
	}
	for i, q := range path {
		if p == q {
			return circle(path[i:])
		}
	}
	if p.Default == nil {
		return fmt.Errorf("--%s must be given", p.Spec.Flag)
	}
	for _, name := range p.Spec.Reads {
		if q := ps.find(p, name); q != nil {
			if err := ps.settleOnce(q, settled, append(path, p)); err != nil {
				return err
			}
		}
	}
	if fault := ptl.Protect(p.Default); fault != nil {
		return fmt.Errorf("%s: the default of --%s fails: %s (give the flag)", p.Spec.Place, p.Spec.Flag, fault.Message)
	}
	settled[p] = true
	return nil
}

// find is the param that p's app calls name.
func (ps *params) find(p *ptl.Param, name string) *ptl.Param {
	if p.App != "" {
		name = p.App + "." + name
	}
	for _, q := range ps.all {
		if q.Spec.Name == name {
			return q
		}
	}
	return nil
}

func circle(path []*ptl.Param) error {
	var flags []string
	for _, p := range path {
		flags = append(flags, "--"+p.Spec.Flag)
	}
	if len(path) == 1 {
		return fmt.Errorf("%s: the default of %s reads itself: give the flag", path[0].Spec.Place, flags[0])
	}
	return fmt.Errorf("%s: the defaults of %s depend on each other in a circle: give one of these flags", path[0].Spec.Place, strings.Join(flags, ", "))
}

// paramValue makes a param a flag.
type paramValue struct {
	p  *ptl.Param
	ps *params
}

func (v paramValue) String() string {
	if v.p == nil || !v.ps.given[v.p] {
		return ""
	}
	return v.p.Get()
}

func (v paramValue) Set(text string) error {
	v.ps.given[v.p] = true
	return v.p.Set(text)
}

func (v paramValue) Type() string { return v.p.Type }
