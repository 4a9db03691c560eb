package toolchain

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
)

// Exec runs a binary, hands signals on to it, and ends this process with its exit status. It returns only if the binary
// does not start.
func Exec(binary string, args []string) error {
	cmd := exec.Command(binary, args[1:]...)
	cmd.Args[0] = args[0]
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals) // the console sends an interrupt to the binary too; this process must only outlive it
	go func() {
		for range signals {
		}
	}()
	err := cmd.Wait()
	var status *exec.ExitError
	if errors.As(err, &status) {
		os.Exit(status.ExitCode())
	}
	if err != nil {
		return err
	}
	os.Exit(0)
	return nil
}
