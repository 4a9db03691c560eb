package main

import (
	"bytes"
	"container/heap"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The transfers of examples/bank.ptl.
const (
	bankAccounts  = 128
	bankTransfers = 10000
	bankOpening   = 100
)

// move is what transfer number id moves, from one account to another.
func move(id int) (from, to, amount int) {
	return id % bankAccounts, (id*31 + 1) % bankAccounts, id * 7919 % 100
}

// ledgered makes the bank tell, in a stream of its own, which version of an account a transfer has seen and whether it has
// written the next one. Nothing else of the program changes.
func ledgered(t *testing.T, text string) string {
	const entry = "emit Seen(key, id, read, before, "
	return rewritten(t, text,
		"stdout.ndjson()", `file.ndjson("out")`,
		"record Saga(head", "record Saga(id: Int, head",
		"task Account {", `record Seen(account: Int, transfer: Int, read: Int, money: Int, wrote: Bool)
stream ledger: Seen
sink ledger to file.ndjson("ledger")

task Account -> Seen keyed Int {
  state writer: Int = -1`,
		"on ask account(Saga(head", "on ask account(Saga(id, head",
		"let after = match", "let (read, before) = (writer, money)\n    let after = match",
		`reply Aborted("no cover")`, entry+`false)`+"\n      "+`reply Aborted("no cover")`,
		"money = after\n        reply", "money = after\n        writer = id\n        "+entry+"true)\n        reply",
		"Saga(next, rest)", "Saga(id, next, rest)",
		"{ money = after }", "{ money = after; writer = id; "+entry+"true) }",
		"Saga(first, rest)", "Saga(id, first, rest)",
		"serve Account", "serve Account |> to ledger")
}

// unlocked is the bank without its locks: while a transfer waits, others see what it is about to change.
func unlocked(t *testing.T, text string) string {
	return rewritten(t, text, "        locked = true\n", "", "        locked = false\n", "")
}

// rewritten replaces one text by another, again and again; each has to be there once.
func rewritten(t *testing.T, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if n := strings.Count(text, pairs[i]); n != 1 {
			t.Fatalf("%q is there %d times", pairs[i], n)
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// seen is an entry of the ledger: a transfer has seen what the transfer Read has left of an account (-1 is nobody).
type seen struct {
	Account, Transfer, Read, Money int
	Wrote                          bool
}

// settled is the outcome of a transfer.
type settled struct {
	ID      int
	Outcome struct{ Type, Reason string }
}

// everyTransferOnce looks for each transfer's outcome, for an order in which one transfer after the other has these
// outcomes, and for the money. Which transfers meet a locked account is free.
func everyTransferOnce(t *testing.T, dir string, _, killed []byte) {
	ledger, err := os.ReadFile(filepath.Join(dir, "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	balances, err := serializable(decode[seen](t, ledger), decode[settled](t, killed), bankTransfers)
	if err != nil {
		t.Error(err)
		return
	}
	cmd := exec.Command(filepath.Join(dir, "bank"), "state", "Account")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	money := map[int]int{}
	for _, a := range decode[struct{ Key, Money int }](t, out) {
		money[a.Key] = a.Money
	}
	sum := 0
	for account, want := range balances {
		got, stored := money[account]
		if !stored {
			got = bankOpening
		}
		if sum += got; got != want {
			t.Errorf("account %d holds %d in the store, and by its transfers %d", account, got, want)
		}
	}
	if sum != bankAccounts*bankOpening {
		t.Errorf("the bank holds %d, and began with %d", sum, bankAccounts*bankOpening)
	}
}

// serializable looks for an order in which the transfers have the outcomes that they had when they are made one after the
// other, and returns what each account holds then. Which transfer comes before which is known from the versions that they
// have seen and written: of an account, each version comes before those who see it, and these before the next version. If that
// is a circle there is no order; if not, one is tried on a bank that is a slice.
func serializable(ledger []seen, outcomes []settled, transfers int) ([]int, error) {
	done := make([]*settled, transfers)
	for i := range outcomes {
		o := &outcomes[i]
		if o.ID < 0 || o.ID >= transfers || done[o.ID] != nil {
			return nil, fmt.Errorf("transfer %d has an outcome more", o.ID)
		}
		done[o.ID] = o
	}
	entries := make([][]seen, transfers)
	for _, e := range ledger {
		entries[e.Transfer] = append(entries[e.Transfer], e)
	}
	order, err := serialOrder(ledger, transfers)
	if err != nil {
		return nil, err
	}
	balances := make([]int, bankAccounts)
	for i := range balances {
		balances[i] = bankOpening
	}
	for _, id := range order {
		if done[id] == nil {
			return nil, fmt.Errorf("transfer %d has no outcome", id)
		}
		if err := replay(id, done[id], entries[id], balances); err != nil {
			return nil, err
		}
	}
	return balances, nil
}

// replay makes one transfer, which must come out as it did, having seen what it saw.
func replay(id int, o *settled, entries []seen, balances []int) error {
	from, to, amount := move(id)
	var want []seen // but for Read, by which the order was made
	switch {
	case o.Outcome.Reason == "busy":
	case o.Outcome.Reason == "no cover" && balances[from] < amount:
		want = []seen{{Account: from, Money: balances[from]}}
	case o.Outcome.Type == "Committed" && balances[from] >= amount:
		want = []seen{{Account: to, Money: balances[to], Wrote: true}, {Account: from, Money: balances[from], Wrote: true}}
		balances[from] -= amount
		balances[to] += amount
	default:
		return fmt.Errorf("transfer %d of %d ended as %+v, when account %d held %d", id, amount, o.Outcome, from, balances[from])
	}
	if len(entries) != len(want) {
		return fmt.Errorf("transfer %d ended as %+v and has %d entries in the ledger: %+v", id, o.Outcome, len(entries), entries)
	}
	for i, w := range want {
		w.Transfer, w.Read = id, entries[i].Read
		if entries[i] != w {
			return fmt.Errorf("transfer %d has the entry %+v; when one comes after the other it is %+v", id, entries[i], w)
		}
	}
	return nil
}

// serialOrder sorts the transfers by what they have seen of each other.
func serialOrder(ledger []seen, transfers int) ([]int, error) {
	type version struct{ account, writer int }
	next := map[version]int{} // who wrote the version after this one
	last := map[int]int{}
	for i := range bankAccounts {
		last[i] = -1
	}
	for _, e := range ledger {
		if e.Wrote {
			next[version{e.Account, last[e.Account]}] = e.Transfer
			last[e.Account] = e.Transfer
		}
	}
	after, before := make([][]int, transfers), make([]int, transfers)
	edge := func(a, b int) {
		if a >= 0 && a != b {
			after[a] = append(after[a], b)
			before[b]++
		}
	}
	for v, writer := range next {
		edge(v.writer, writer)
	}
	for _, e := range ledger {
		writer, superseded := next[version{e.Account, e.Read}]
		if superseded {
			edge(e.Transfer, writer)
		} else if last[e.Account] != e.Read {
			return nil, fmt.Errorf("transfer %d has seen what transfer %d left of account %d, which wrote nothing there", e.Transfer, e.Read, e.Account)
		}
		edge(e.Read, e.Transfer)
	}
	return sorted(after, before)
}

// sorted returns numbers so that each comes before those in after; of several, the least comes first.
func sorted(after [][]int, before []int) ([]int, error) {
	var ready smallest
	for i, n := range before {
		if n == 0 {
			heap.Push(&ready, i)
		}
	}
	var order []int
	for ready.Len() > 0 {
		i := heap.Pop(&ready).(int)
		order = append(order, i)
		for _, j := range after[i] {
			if before[j]--; before[j] == 0 {
				heap.Push(&ready, j)
			}
		}
	}
	if len(order) < len(before) {
		var circle []int
		for i, n := range before {
			if n > 0 && len(circle) < 8 {
				circle = append(circle, i)
			}
		}
		return nil, fmt.Errorf("no order explains %d of %d transfers, which stand in or behind a circle: %v …", len(before)-len(order), len(before), circle)
	}
	return order, nil
}

// smallest is a heap of numbers.
type smallest []int

func (s smallest) Len() int           { return len(s) }
func (s smallest) Less(i, j int) bool { return s[i] < s[j] }
func (s smallest) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *smallest) Push(x any)        { *s = append(*s, x.(int)) }
func (s *smallest) Pop() any {
	x := (*s)[len(*s)-1]
	*s = (*s)[:len(*s)-1]
	return x
}

// TestSerializable gives the checker histories of the first transfers: 1 moves 19 from account 1 to account 32, 129 moves
// 51 from account 1 to account 32.
func TestSerializable(t *testing.T) {
	a, b := `{"account":1,"transfer":1,"read":-1,"money":100,"wrote":true}`, `{"account":32,"transfer":1,"read":-1,"money":100,"wrote":true}`
	for _, c := range []struct{ name, ledger, outcomes, finding string }{
		{"one after the other", b + a + `{"account":32,"transfer":129,"read":1,"money":119,"wrote":true}{"account":1,"transfer":129,"read":1,"money":81,"wrote":true}`,
			`{"id":1,"outcome":{"type":"Committed"}}{"id":129,"outcome":{"type":"Committed"}}`, ""},
		{"the second one first", `{"account":32,"transfer":129,"read":-1,"money":100,"wrote":true}{"account":1,"transfer":129,"read":-1,"money":100,"wrote":true}` +
			`{"account":32,"transfer":1,"read":129,"money":151,"wrote":true}{"account":1,"transfer":1,"read":129,"money":49,"wrote":true}`,
			`{"id":1,"outcome":{"type":"Committed"}}{"id":129,"outcome":{"type":"Committed"}}`, ""},
		{"busy", b + a, `{"id":1,"outcome":{"type":"Committed"}}{"id":129,"outcome":{"type":"Aborted","reason":"busy"}}`, ""},
		{"a lost update", b + a + `{"account":32,"transfer":129,"read":1,"money":119,"wrote":true}{"account":1,"transfer":129,"read":-1,"money":100,"wrote":true}`,
			`{"id":1,"outcome":{"type":"Committed"}}{"id":129,"outcome":{"type":"Committed"}}`, "no order"},
		{"other orders at two accounts", b + `{"account":1,"transfer":129,"read":-1,"money":100,"wrote":true}` +
			`{"account":32,"transfer":129,"read":1,"money":119,"wrote":true}{"account":1,"transfer":1,"read":129,"money":49,"wrote":true}`,
			`{"id":1,"outcome":{"type":"Committed"}}{"id":129,"outcome":{"type":"Committed"}}`, "no order"},
		{"what an aborted transfer wrote", b + a + `{"account":32,"transfer":129,"read":5,"money":119,"wrote":false}`,
			`{"id":1,"outcome":{"type":"Committed"}}{"id":129,"outcome":{"type":"Aborted","reason":"no cover"}}`, "wrote nothing"},
		{"no cover where there was some", b + a + `{"account":1,"transfer":129,"read":1,"money":81,"wrote":false}`,
			`{"id":1,"outcome":{"type":"Committed"}}{"id":129,"outcome":{"type":"Aborted","reason":"no cover"}}`, "held 81"},
		{"half of a transfer", b, `{"id":1,"outcome":{"type":"Committed"}}{"id":129,"outcome":{"type":"Aborted","reason":"busy"}}`, "1 entries"},
		{"money that an aborted one moved", b + a, `{"id":1,"outcome":{"type":"Aborted","reason":"busy"}}{"id":129,"outcome":{"type":"Aborted","reason":"busy"}}`, "2 entries"},
		{"other money than was left", b + a + `{"account":32,"transfer":129,"read":1,"money":119,"wrote":true}{"account":1,"transfer":129,"read":1,"money":100,"wrote":true}`,
			`{"id":1,"outcome":{"type":"Committed"}}{"id":129,"outcome":{"type":"Committed"}}`, "when one comes after the other"},
		{"an outcome twice", b + a, `{"id":1,"outcome":{"type":"Committed"}}{"id":1,"outcome":{"type":"Committed"}}`, "outcome more"},
		{"an outcome too few", b + a, `{"id":1,"outcome":{"type":"Committed"}}`, "no outcome"},
	} {
		ledger, outcomes := values[seen](t, c.ledger), values[settled](t, c.outcomes)
		for id := range 130 { // all others met a locked account
			if id != 1 && id != 129 {
				outcomes = append(outcomes, settled{ID: id})
				outcomes[len(outcomes)-1].Outcome.Reason = "busy"
			}
		}
		_, err := serializable(ledger, outcomes, 130)
		if found := fmt.Sprint(err); (c.finding == "") != (err == nil) || !strings.Contains(found, c.finding) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// values reads one JSON value after the other.
func values[T any](t *testing.T, text string) (all []T) {
	t.Helper()
	for d := json.NewDecoder(strings.NewReader(text)); d.More(); {
		var v T
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// TestUnlockedBankIsCaught runs the bank without its locks, which loses updates: the checker must say so.
func TestUnlockedBankIsCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	dir := t.TempDir()
	program := buildExample(t, dir, "bank", func(t *testing.T, text string) string { return unlocked(t, ledgered(t, text)) })
	runProgram(t, dir, program, "--memory", "--transfers", fmt.Sprint(bankTransfers))
	ledger, err := os.ReadFile(filepath.Join(dir, "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = serializable(decode[seen](t, ledger), decode[settled](t, read(t, dir)), bankTransfers)
	if err == nil || !strings.Contains(err.Error(), "no order") {
		t.Errorf("transfers without locks are found to be serializable: %v", err)
	}
	t.Log(err)
	if bytes.Contains(read(t, dir), []byte("busy")) {
		t.Error("an account was locked")
	}
}
