package ptl

import (
	"cmp"
	"slices"
	"strings"
)

// Together is apps that run in one process, on one store, as one app. It is called after all of them, in the order of
// their names, so that the order in which they are given means nothing. In its graph and its store, each name of an app
// has the name of that app before it. A param keeps its flag where no other app has one of that name, and has the app's
// name before it otherwise.
func Together(apps ...*App) *App {
	all := &App{}
	var names []string
	flags := map[string]int{}
	for _, app := range apps {
		names = append(names, app.Name)
		for _, p := range app.Params {
			flags[p.Spec.Flag]++
		}
	}
	slices.Sort(names)
	all.Name = strings.Join(names, "+")
	if len(apps) == 1 {
		all.Doc = apps[0].Doc
	}
	for _, app := range apps {
		for _, p := range app.Params {
			own := *p
			if len(apps) > 1 {
				own.App = app.Name
				own.Spec.Name = app.Name + "." + p.Spec.Name
			}
			if flags[p.Spec.Flag] > 1 {
				own.Spec.Flag = app.Name + "." + p.Spec.Flag
			}
			all.Params = append(all.Params, &own)
		}
	}
	inOrder := slices.SortedFunc(slices.Values(apps), func(a, b *App) int { return cmp.Compare(a.Name, b.Name) })
	all.Build = func(g *Graph) {
		g.qualified = len(apps) > 1
		for _, app := range inOrder {
			g.enter(app.Name)
			app.Build(g)
		}
	}
	return all
}
