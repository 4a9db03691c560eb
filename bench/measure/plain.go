package measure

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// The plain sides are what a Go programmer would write: a loop, a map, and the standard library.

func plainStateless(p Params, out io.Writer) error {
	for x := range p.Int("events") {
		y := x*7 + 3
		if y%3 == 0 {
			continue
		}
		y--
		if y%1000 == 0 {
			if _, err := fmt.Fprintln(out, y); err != nil {
				return err
			}
		}
	}
	return nil
}

func plainFold(p Params, out io.Writer) error {
	sum := int64(0)
	for x := range p.Int("events") {
		if y := x*3 + 1; y%2 == 0 {
			sum += y
		}
	}
	_, err := fmt.Fprintln(out, sum)
	return err
}

func plainCountInt(p Params, out io.Writer) error {
	keys, each := p.Int("keys"), p.Int("each")
	counts := map[int64]int64{}
	for x := range p.Int("events") {
		key := x * 7919 % keys
		n := counts[key] + 1
		counts[key] = n
		if n == each && key%1000 == 0 {
			if _, err := fmt.Fprintln(out, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// plainCountMade counts keys that are made from numbers.
func plainCountMade(p Params, out io.Writer) error {
	keys, each := p.Int("keys"), p.Int("each")
	counts := map[string]int64{}
	for x := range p.Int("events") {
		key := "key " + strconv.FormatInt(x*7919%keys, 10)
		n := counts[key] + 1
		counts[key] = n
		if n == each && x%1000 == 0 {
			if _, err := fmt.Fprintln(out, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// occurrences are the events of plainCountString, which the program has at hand before it begins.
func occurrences(p Params) []string {
	keys := p.Int("keys")
	names := make([]string, keys)
	for i := range names {
		names[i] = fmt.Sprintf("key %d", i)
	}
	all := make([]string, p.Int("events"))
	for i := range all {
		all[i] = names[int64(i)*7919%keys]
	}
	return all
}

func plainCountString(p Params) func(out io.Writer) error {
	all, each := occurrences(p), p.Int("each")
	return func(out io.Writer) error {
		counts := map[string]int64{}
		for _, key := range all {
			n := counts[key] + 1
			counts[key] = n
			if n == each && len(key) == 5 {
				if _, err := fmt.Fprintln(out, key); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// lines calls each for the lines of the param `input`.
func lines(p Params, each func(line string) error) error {
	f, err := os.Open(p["input"])
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for s.Scan() {
		if err := each(s.Text()); err != nil {
			return err
		}
	}
	return s.Err()
}

func plainWords(p Params, out io.Writer) error {
	counts := map[string]int64{}
	return lines(p, func(line string) error {
		for _, word := range strings.Fields(strings.ToLower(line)) {
			n := counts[word] + 1
			counts[word] = n
			if n%1000 == 0 {
				if _, err := fmt.Fprintf(out, "{\"word\":%q,\"n\":%d}\n", word, n); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// plainTotals prints, after every so many lines, the totals of the words that were in them.
func plainTotals(p Params, out io.Writer) error {
	type total struct{ n, seen int64 }
	counts := map[string]*total{}
	w := bufio.NewWriter(out)
	atom, done, turn := p.Int("atom"), int64(0), int64(1)
	var touched []string
	var text []byte
	flush := func() error {
		for _, word := range touched {
			text = append(strconv.AppendQuote(append(text[:0], `{"word":`...), word), `,"n":`...)
			text = append(strconv.AppendInt(text, counts[word].n, 10), "}\n"...)
			if _, err := w.Write(text); err != nil {
				return err
			}
		}
		touched, turn = touched[:0], turn+1
		return nil
	}
	err := lines(p, func(line string) error {
		for _, word := range strings.Fields(strings.ToLower(line)) {
			t := counts[word]
			if t == nil {
				t = &total{}
				counts[word] = t
			}
			t.n++
			if t.seen != turn {
				t.seen = turn
				touched = append(touched, word)
			}
		}
		if done++; done%atom == 0 {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return err
	}
	return w.Flush()
}

// answers starts a goroutine that answers requests by what reply makes of them.
func answers(buffer int, reply func(int64) int64) (requests, replies chan int64) {
	requests, replies = make(chan int64, buffer), make(chan int64, buffer)
	go func() {
		defer close(replies)
		for n := range requests {
			replies <- reply(n)
		}
	}()
	return requests, replies
}

func plainAsks(p Params, out io.Writer) error {
	requests, replies := answers(0, func(n int64) int64 { return n - 1 })
	defer close(requests)
	n := p.Int("events")
	for n > 0 {
		requests <- n
		n = <-replies
	}
	_, err := fmt.Fprintln(out, n)
	return err
}

func plainFlight(p Params, out io.Writer) error {
	atom, events := p.Int("atom"), p.Int("events")
	requests, replies := answers(int(atom), func(n int64) int64 { return n + 1 })
	defer close(requests)
	for from := int64(0); from < events; from += atom {
		until := min(from+atom, events)
		for n := from; n < until; n++ {
			requests <- n
		}
		for range until - from {
			if m := <-replies; m%10000 == 0 {
				if _, err := fmt.Fprintln(out, m); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// plainInTurn asks four times for each event; those of an atom are on their way together.
func plainInTurn(p Params, out io.Writer) error {
	atom, events := p.Int("atom"), p.Int("events")
	requests, replies := answers(int(atom), func(n int64) int64 { return n + 1 })
	defer close(requests)
	waiting := make([]int64, atom)
	for from := int64(0); from < events; from += atom {
		n := min(atom, events-from)
		for i := range n {
			waiting[i] = from + i
		}
		for range 4 {
			for i := range n {
				requests <- waiting[i]
			}
			for i := range n {
				waiting[i] = <-replies
			}
		}
		for i := range n {
			if d := waiting[i]; (d+from+i)%10000 == 0 {
				if _, err := fmt.Fprintln(out, d); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// plainAskEach asks many goroutines for each event.
func plainAskEach(others int) func(p Params, out io.Writer) error {
	return func(p Params, out io.Writer) error {
		atom, events := p.Int("atom"), p.Int("events")
		requests, replies := make([]chan<- int64, others), make([]<-chan int64, others)
		for i := range others {
			requests[i], replies[i] = answers(int(atom), func(n int64) int64 { return n + int64(i) })
			defer close(requests[i])
		}
		for from := int64(0); from < events; from += atom {
			until := min(from+atom, events)
			for n := from; n < until; n++ {
				for i := range others {
					requests[i] <- n
				}
			}
			for n := from; n < until; n++ {
				sum := int64(0)
				for i := range others {
					sum += <-replies[i]
				}
				if n%1000 == 0 {
					if _, err := fmt.Fprintln(out, sum); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}
}
