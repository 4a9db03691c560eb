package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portals-lang/portals/lang/diag"
)

func explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Explain an error code",
		Long: `Explain prints what an error code means, with a program that has the mistake and the same program mended. Without a
code it lists them all.`,
		Example: `  portalsc explain PTL0301
  portalsc explain 301`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, code := range diag.Codes() {
					fmt.Fprintf(cmd.OutOrStdout(), "%s  %s\n", code, diag.Name(code))
				}
				return nil
			}
			code := codeOf(args[0])
			page, ok := diag.Page(code)
			if !ok {
				return fmt.Errorf("there is no code %s%s", args[0], nearestCode(code))
			}
			fmt.Fprint(cmd.OutOrStdout(), page)
			return nil
		},
	}
}

// codeOf reads a code as people write it: `PTL0301`, `ptl0301`, `301`.
func codeOf(text string) diag.Code {
	digits := strings.TrimPrefix(strings.ToUpper(text), "PTL")
	if len(digits) < 4 {
		digits = strings.Repeat("0", 4-len(digits)) + digits
	}
	return diag.Code("PTL" + digits)
}

func nearestCode(code diag.Code) string {
	var all []string
	for _, c := range diag.Codes() {
		all = append(all, string(c))
	}
	if near, ok := diag.Nearest(string(code), all); ok {
		return question(near)
	}
	return ` (see "portalsc explain" for all)`
}
