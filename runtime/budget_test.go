package runtime

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

var budgetKeys = flag.Int("budget-keys", 6_000, "keys of the test of --memory-budget, of about 150 bytes each; 3000000 takes minutes")

// TestMemoryBudget counts many more keys than the budget has room for, in a process that is killed now and then. Every
// key comes three times, far apart: so it leaves memory and comes back.
func TestMemoryBudget(t *testing.T) {
	n := *budgetKeys
	w := newWorkplace(t, 0)
	var in strings.Builder
	want := map[string]int{}
	for round := range 3 {
		for i := range n {
			key := fmt.Sprintf("key number %d", i*7919%n)
			fmt.Fprintln(&in, key)
			want[fmt.Sprint(key, " ", round+1)]++
		}
	}
	w.write("in.txt", in.String())
	budget := fmt.Sprint(n * 15) // a tenth
	kills := 0
	for pause := 300 * time.Millisecond; ; pause *= 2 {
		cmd := exec.Command(os.Args[0], "--memory-budget", budget, "--quiet")
		cmd.Dir, cmd.Env = w.dir, append(os.Environ(), asApp+"=lines")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
		case <-time.After(pause):
			if kills < 3 {
				_ = cmd.Process.Kill()
				<-ended
				kills++
				continue
			}
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("%d keys, a budget of %s bytes, %d kills; peak memory of the last process %d MB", n, budget, kills, peakMemory(cmd.ProcessState)>>20)
		break
	}
	got := map[string]int{}
	for line := range strings.Lines(w.read("out.txt")) {
		got[strings.TrimSpace(line)]++
	}
	if !maps.Equal(got, want) {
		t.Errorf("%d different lines, want %d", len(got), len(want))
	}
}
