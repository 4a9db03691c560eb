package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	portals "github.com/portals-lang/portals"
	"github.com/portals-lang/portals/cmd/portalsc/internal/toolchain"
	"github.com/portals-lang/portals/codegen"
)

func buildCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "build [-o OUT] FILE|DIR…",
		Short: "Compile programs to a binary",
		Long: `Build compiles an app to a binary that needs nothing else: no portalsc, no Go. Its flags are the params of the app, and
those that every app has. Several apps make one binary that runs them together. GOOS and GOARCH in the environment make it
one for another system.`,
		Example: `  portalsc build wordcount.ptl
  portalsc build -o bin/shop shop/
  ./wordcount --input shakespeare.txt`,
		Args: needsProgram,
		RunE: func(cmd *cobra.Command, args []string) error {
			binary, apps, err := buildApps(cmd.Context(), args, true)
			if err != nil {
				return err
			}
			if out == "" {
				out = apps[0] + filepath.Ext(binary)
			}
			return install(binary, out)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "the file to write (default: the name of the app)")
	return cmd
}

// buildApps compiles apps to a binary in the cache, and reports what is wrong with them.
func buildApps(ctx context.Context, args []string, debug bool) (binary string, names []string, err error) {
	apps, err := readApps(args)
	if err != nil {
		return "", nil, misuse{err}
	}
	externs := &goPackages{}
	out, found := codegen.Compile(apps, codegen.Options{Module: inToolchain, Lines: true, Resolve: resolve, Go: externs.find})
	if err := report(found); err != nil {
		return "", nil, err
	}
	if err := distinct(out.Apps, args); err != nil {
		return "", nil, failure{err}
	}
	for i, idle := range out.Idle {
		if idle {
			fmt.Fprintf(os.Stderr, "portalsc: there is nothing to run in %s: it has no stream and no workflow\n", args[i])
		}
	}
	binary, err = link(ctx, out, externs, debug)
	return binary, out.Apps, err
}

// inToolchain is the import path of the directory that compiled programs lie in while they are built.
const inToolchain = toolchain.Module + "/" + toolchain.Placeholder

// link makes a binary of compiled programs, or finds it in the cache.
func link(ctx context.Context, out *codegen.Output, externs *goPackages, debug bool) (binary string, err error) {
	tools, err := toolchain.New(os.Getenv("PORTALS_CACHE"), portals.Source)
	if err != nil {
		return "", failure{err}
	}
	tools.Notice = notice
	if binary, err = tools.Build(ctx, &toolchain.Program{Files: out.Files, Modules: externs.modules, Debug: debug}); err != nil {
		return "", failure{err}
	}
	return binary, nil
}

// distinct refuses apps of one name, which nothing could tell apart.
func distinct(names, args []string) error {
	for i, name := range names {
		if first := slices.Index(names, name); first < i && args[first] == args[i] {
			return fmt.Errorf("%s is given twice", args[i])
		} else if first < i {
			return fmt.Errorf("%s and %s are both called %s; name one of them otherwise: `app NAME` at its top", args[first], args[i], name)
		}
	}
	return nil
}

// runsHere refuses to run what is built for another machine.
func runsHere() error {
	if there := toolchain.Foreign(); there != "" {
		return misuse{fmt.Errorf("GOOS and GOARCH ask for binaries of %s, which is not this machine: leave them out, or make a binary with `portalsc build`", there)}
	}
	return nil
}

// install copies a binary to where the user wants it; what was there stays whole until the copy is.
func install(binary, out string) error {
	if info, err := os.Stat(out); err == nil && info.IsDir() {
		return misuse{fmt.Errorf("%s is a directory; name the file with -o", out)}
	}
	if err := replace(binary, out); err != nil {
		return failure{err}
	}
	return nil
}

func replace(binary, out string) error {
	from, err := os.Open(binary)
	if err != nil {
		return err
	}
	defer from.Close()
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(out), ".portalsc-")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = io.Copy(temp, from)
	if err == nil {
		err = temp.Chmod(0o755)
	}
	if closing := temp.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), out)
}
