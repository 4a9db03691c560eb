package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// kills is how often each program is killed; -kills 200 is the long mode.
var kills = flag.Int("kills", 10, "how often each program of TestKill is killed")

// TestKill runs compiled programs as processes and ends them with SIGKILL at random moments, again and again, on one store.
// The run that comes to its end must leave what an undisturbed run leaves, or what the program promises.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	for _, c := range []struct {
		name   string
		change func(t *testing.T, text string) string
		input  func(t *testing.T, dir string)
		flags  []string
		check  func(t *testing.T, dir string, undisturbed, killed []byte)
	}{
		{"wordcount", toFile, writeText, []string{"--input", "text.txt"}, sameBytes},
		{"bank", ledgered, nil, []string{"--transfers", fmt.Sprint(bankTransfers)}, everyTransferOnce},
		{"shoppingcart", toFile, writeShop, nil, nothingSoldTwice},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if c.input != nil {
				c.input(t, dir)
			}
			program := buildExample(t, dir, c.name, c.change)
			runProgram(t, dir, program, append(c.flags, "--memory")...)
			undisturbed := read(t, dir)
			killed, ends := 0, 1
			for i := 0; killed < *kills && i < 10**kills && !t.Failed(); i++ {
				if killSoon(t, dir, program, c.flags, uint64(i)) {
					killed++
					continue
				}
				c.check(t, dir, undisturbed, read(t, dir)) // it came to its end first; the next run starts afresh
				ends++
			}
			runProgram(t, dir, program, c.flags...)
			c.check(t, dir, undisturbed, read(t, dir))
			t.Logf("killed %d times, came to its end %d times", killed, ends)
		})
	}
}

// toFile makes a program write to the file out.
func toFile(t *testing.T, text string) string {
	return rewritten(t, text, "stdout.ndjson()", `file.ndjson("out")`)
}

// buildExample compiles an example that was changed.
func buildExample(t *testing.T, dir, name string, change func(t *testing.T, text string) string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "examples", name+".ptl"))
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(dir, name+".ptl")
	if err := os.WriteFile(source, []byte(change(t, string(text))), 0o644); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, name)
	if status := run([]string{"build", "-o", program, source}); status != 0 {
		t.Fatalf("portalsc build: exit status %d", status)
	}
	return program
}

func runProgram(t *testing.T, dir, program string, flags ...string) {
	t.Helper()
	cmd := exec.Command(program, flags...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// killSoon starts the program, kills it after a random time and tells whether it was still running.
func killSoon(t *testing.T, dir, program string, flags []string, seed uint64) bool {
	t.Helper()
	cmd := exec.Command(program, flags...)
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// Most runs take longer than a start and shorter than half a second.
	r := rand.New(rand.NewPCG(seed, 1))
	time.Sleep(time.Duration(20+r.IntN(200)) * time.Millisecond)
	_ = cmd.Process.Kill() // an error says that it has ended
	return cmd.Wait() != nil
}

func read(t *testing.T, dir string) []byte {
	t.Helper()
	out, err := os.ReadFile(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// writeText makes a text whose words are distributed as in real ones: few are frequent.
func writeText(t *testing.T, dir string) {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.2, 1, 20_000)
	var b bytes.Buffer
	for range 150_000 {
		for range 8 {
			fmt.Fprintf(&b, "w%d ", zipf.Uint64())
		}
		b.WriteByte('\n')
	}
	write(t, dir, "text.txt", b.Bytes())
}

// The shop of writeShop: each item is delivered this often.
const (
	shopItems     = 50
	shopDelivered = 40
)

// writeShop makes operations on carts, and deliveries.
func writeShop(t *testing.T, dir string) {
	r := rand.New(rand.NewPCG(3, 4))
	var ops, deliveries bytes.Buffer
	for range 60_000 {
		user, item := r.IntN(500), r.IntN(shopItems)
		switch n := r.IntN(10); {
		case n < 7:
			fmt.Fprintf(&ops, `{"type":"Add","user":%d,"item":%d}`+"\n", user, item)
		case n < 8:
			fmt.Fprintf(&ops, `{"type":"Remove","user":%d,"item":%d}`+"\n", user, item)
		default:
			fmt.Fprintf(&ops, `{"type":"Checkout","user":%d}`+"\n", user)
		}
	}
	for i := range shopItems * shopDelivered {
		fmt.Fprintf(&deliveries, `{"type":"Put","item":%d}`+"\n", i%shopItems)
	}
	write(t, dir, "cart.ndjson", ops.Bytes())
	write(t, dir, "restock.ndjson", deliveries.Bytes())
}

func write(t *testing.T, dir, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func sameBytes(t *testing.T, _ string, undisturbed, killed []byte) {
	if !bytes.Equal(undisturbed, killed) {
		t.Errorf("the killed runs left other bytes: %d instead of %d", len(killed), len(undisturbed))
	}
}

// decode reads a file of JSON lines.
func decode[T any](t *testing.T, lines []byte) []T {
	t.Helper()
	var all []T
	for s := bufio.NewScanner(bytes.NewReader(lines)); s.Scan(); {
		var v T
		if err := json.Unmarshal(s.Bytes(), &v); err != nil {
			t.Fatalf("%v in %s", err, s.Text())
		}
		all = append(all, v)
	}
	return all
}

// nothingSoldTwice counts what was sold: no item oftener than it was delivered; and every checkout shows once.
func nothingSoldTwice(t *testing.T, dir string, undisturbed, killed []byte) {
	type order struct{ Items []int }
	sold := map[int]int{}
	orders := decode[order](t, killed)
	for _, o := range orders {
		for _, item := range o.Items {
			sold[item]++
		}
	}
	for item, n := range sold {
		if n > shopDelivered {
			t.Errorf("item %d was delivered %d times and sold %d times", item, shopDelivered, n)
		}
	}
	if want := len(decode[order](t, undisturbed)); len(orders) != want {
		t.Errorf("%d orders, not %d", len(orders), want)
	}
}
