package measure

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// Plain sides of programs whose state is more than a number for each key.

// plainJoin takes an order and a payment in turn, and keeps what has yet to meet.
func plainJoin(p Params, out io.Writer) error {
	type half struct {
		amount, paid       int64
		hasAmount, hasPaid bool
	}
	halves := map[int64]half{}
	emit := func(id, amount, paid int64) (err error) {
		if id%1000 == 0 {
			_, err = fmt.Fprintf(out, "{\"id\":%d,\"amount\":%d,\"paid\":%d}\n", id, amount, paid)
		}
		return err
	}
	atom, n := p.Int("atom"), p.Int("events")/2
	for from := int64(0); from < n; from += atom {
		until := min(from+atom, n)
		for x := from; x < until; x++ {
			amount := x * 31 % 997
			if h := halves[x]; h.hasPaid {
				delete(halves, x)
				if err := emit(x, amount, h.paid); err != nil {
					return err
				}
			} else {
				halves[x] = half{amount: amount, hasAmount: true}
			}
		}
		for x := from; x < until; x++ {
			id, paid := x/1000*1000+(x*7+3)%1000, x*17%991
			if h := halves[id]; h.hasAmount {
				delete(halves, id)
				if err := emit(id, h.amount, paid); err != nil {
					return err
				}
			} else {
				halves[id] = half{paid: paid, hasPaid: true}
			}
		}
	}
	return nil
}

func plainTop(p Params, out io.Writer) error {
	keys, n := p.Int("keys"), int(p.Int("n"))
	groups := map[int64][]int64{}
	w := bufio.NewWriter(out)
	var text []byte
	for i := range p.Int("events") {
		x := i * 7919 % 1000003 * 31 % 1000003
		group := x % keys
		best := groups[group]
		if len(best) == n && x <= best[n-1] {
			continue
		}
		at := len(best)
		for at > 0 && best[at-1] < x {
			at--
		}
		best = slices.Insert(best, at, x)
		if len(best) > n {
			best = best[:n]
		}
		groups[group] = best
		if group%10 != 0 {
			continue
		}
		text = append(strconv.AppendInt(append(text[:0], `{"group":`...), group, 10), `,"best":[`...)
		for i, b := range best {
			if i > 0 {
				text = append(text, ',')
			}
			text = strconv.AppendInt(text, b, 10)
		}
		if _, err := w.Write(append(text, "]}\n"...)); err != nil {
			return err
		}
	}
	return w.Flush()
}

func plainRecord(p Params, out io.Writer) error {
	keys, each := p.Int("keys"), p.Int("each")
	records := map[int64]*[128]int64{}
	for x := range p.Int("events") {
		key, i := x*7919%keys, x/keys%8*16
		r := records[key]
		if r == nil {
			r = &[128]int64{}
			records[key] = r
		}
		if r[i]++; r[i] == each && key%100 == 0 {
			if _, err := fmt.Fprintf(out, "(%d, %d)\n", key, i); err != nil {
				return err
			}
		}
	}
	return nil
}

func plainFlightKeyed(p Params, out io.Writer) error {
	atom, events, keys := p.Int("atom"), p.Int("events"), p.Int("keys")
	asked := map[int64]int64{}
	requests, replies := answers(int(atom), func(n int64) int64 {
		a := asked[n%keys] + 1
		asked[n%keys] = a
		return n + a
	})
	defer close(requests)
	for from := int64(0); from < events; from += atom {
		until := min(from+atom, events)
		for n := from; n < until; n++ {
			requests <- n
		}
		for n := from; n < until; n++ {
			if m := <-replies; n%10000 == 0 {
				if _, err := fmt.Fprintln(out, m); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// account is one of plainSagas, which does by calls what the program does by asks.
type account struct {
	money  int64
	locked bool
}

type operation struct{ account, change int64 }

type bank struct {
	accounts map[int64]*account
	opening  int64
}

// transact gives the reason why it did not happen, or "".
func (b *bank) transact(ops []operation) (refused string) {
	a := b.accounts[ops[0].account]
	if a == nil {
		a = &account{money: b.opening}
		b.accounts[ops[0].account] = a
	}
	if a.locked {
		return "busy"
	}
	after := a.money + ops[0].change
	if after < 0 {
		return "no cover"
	}
	if len(ops) > 1 {
		a.locked = true
		refused = b.transact(ops[1:])
		a.locked = false
	}
	if refused == "" {
		a.money = after
	}
	return refused
}

func plainSagas(p Params, out io.Writer) error {
	b := &bank{accounts: map[int64]*account{}, opening: p.Int("opening")}
	accounts := p.Int("accounts")
	for i := range p.Int("events") {
		amount := i * 7919 % 50
		refused := b.transact([]operation{{i * 2 % accounts, -amount}, {(i*2 + 1) % accounts, amount}})
		if i%1000 != 0 {
			continue
		}
		outcome := `"type":"Committed"`
		if refused != "" {
			outcome = fmt.Sprintf(`"type":"Aborted","reason":%q`, refused)
		}
		if _, err := fmt.Fprintf(out, "{\"id\":%d,\"outcome\":{%s}}\n", i, outcome); err != nil {
			return err
		}
	}
	return nil
}
