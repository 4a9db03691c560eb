package runtime

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// ofApp is the annotation of a flag that tells whose param it is, where several apps run together.
const ofApp = "app"

// groupFlags makes the help of a program of several apps show whose params are whose.
func groupFlags(cmd *cobra.Command) {
	cobra.AddTemplateFunc("flagGroups", flagGroups)
	flat := "Flags:\n{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}"
	cmd.SetUsageTemplate(strings.Replace(cmd.UsageTemplate(), flat, "{{flagGroups .LocalFlags}}", 1))
}

// flagGroups prints flags with those of each app under its name.
func flagGroups(flags *pflag.FlagSet) string {
	groups := map[string]*pflag.FlagSet{}
	var order []string
	flags.SortFlags = false
	flags.VisitAll(func(f *pflag.Flag) {
		title := "Flags:"
		if app := f.Annotations[ofApp]; len(app) > 0 {
			title = "Params of app " + app[0] + ":"
		}
		if groups[title] == nil {
			groups[title] = pflag.NewFlagSet(title, pflag.ContinueOnError)
			groups[title].SortFlags = false
			order = append(order, title)
		}
		groups[title].AddFlag(f)
	})
	var b strings.Builder
	for i, title := range order {
		if i > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(title + "\n" + strings.TrimRight(groups[title].FlagUsages(), "\n"))
	}
	return b.String()
}
