package measure

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/portals-lang/portals/runtime/ptl"
)

// measurable is something that a flag can name, with the programs that it needs.
type measurable struct {
	flag, name string
	programs   []string
}

func measurables() (all []measurable) {
	for _, c := range Cases() {
		all = append(all, measurable{"case", c.Name, []string{c.Program}})
	}
	for _, p := range Probes() {
		m := measurable{"probe", p.Name, nil}
		if p.Program != "" {
			m.programs = []string{p.Program}
		}
		all = append(all, m)
	}
	for _, g := range Growths() {
		m := measurable{"growth", g.Name, nil}
		for _, size := range g.Sizes {
			m.programs = append(m.programs, g.Case(size).Program)
		}
		all = append(all, m)
	}
	return all
}

// check finds out whether there is what the job asks for, and whether the binary, which holds apps, has all programs of it.
func (j *job) check(apps map[string]*ptl.App) error {
	all := measurables()
	var wanted []measurable
	for _, asked := range []measurable{{"case", j.row, nil}, {"probe", j.probe, nil}, {"growth", j.growth, nil}} {
		if asked.name == "" {
			continue
		}
		there := slices.DeleteFunc(slices.Clone(all), func(m measurable) bool { return m.flag != asked.flag })
		i := slices.IndexFunc(there, func(m measurable) bool { return m.name == asked.name })
		if i < 0 {
			var names []string
			for _, m := range there {
				names = append(names, m.name)
			}
			return fmt.Errorf("-%s: there is no %q; there are %s", asked.flag, asked.name, listed(names))
		}
		wanted = append(wanted, there[i])
	}
	for _, asked := range []measurable{{"resume", j.resume, []string{j.resume}}, {"peak", j.peak, []string{j.peak}}} {
		if asked.name != "" {
			wanted = append(wanted, asked)
		}
	}
	if j.all {
		wanted = append(wanted, slices.DeleteFunc(all, func(m measurable) bool { return m.flag == "growth" })...)
	}
	if len(wanted) == 0 {
		return errors.New("nothing is asked for: one of -case, -probe, -growth, -all, -resume and -peak is needed")
	}
	for _, m := range wanted {
		for _, program := range m.programs {
			if apps[program] == nil {
				return fmt.Errorf("-%s %q needs program %s, which is not in this binary; in it are %s",
					m.flag, m.name, program, listed(slices.Sorted(maps.Keys(apps))))
			}
		}
	}
	return nil
}

func listed(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return strings.Join(quoted, ", ")
}
