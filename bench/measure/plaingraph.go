package measure

import (
	"fmt"
	"io"
)

// Plain sides of programs of many steps, workflows or tasks.

func plainSteps(steps int) func(p Params, out io.Writer) error {
	return func(p Params, out io.Writer) error {
		for x := range p.Int("events") {
			for range steps {
				x++
			}
			if x%10000 == 0 {
				if _, err := fmt.Fprintln(out, x); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// plainTasks gives each number to one map after the other.
func plainTasks(tasks int) func(p Params, out io.Writer) error {
	return func(p Params, out io.Writer) error {
		sums := make([]map[int64]int64, tasks)
		for i := range sums {
			sums[i] = map[int64]int64{}
		}
		for x := range p.Int("events") {
			for i, of := range sums {
				key := (x + int64(i)) % 100
				sum := (of[key] + x) % 1000003
				of[key] = sum
				x += sum % 2
			}
			if x%1000 == 0 {
				if _, err := fmt.Fprintln(out, x); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// plainChain takes a batch through all stages, each of which makes a new one of it.
func plainChain(stages int) func(p Params, out io.Writer) error {
	return func(p Params, out io.Writer) error {
		events, atom := p.Int("events"), p.Int("atom")
		batches := make([][]int64, stages+1)
		for from := int64(0); from < events; from += atom {
			batches[0] = batches[0][:0]
			for x := from; x < min(from+atom, events); x++ {
				batches[0] = append(batches[0], x)
			}
			for i := range stages {
				batches[i+1] = batches[i+1][:0]
				for _, x := range batches[i] {
					batches[i+1] = append(batches[i+1], x+1)
				}
			}
			for _, x := range batches[stages] {
				if x%10000 != 0 {
					continue
				}
				if _, err := fmt.Fprintln(out, x); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// plainRing passes a number around goroutines.
func plainRing(members int) func(p Params, out io.Writer) error {
	return func(p Params, out io.Writer) error {
		first := make(chan int64)
		from := first
		for range members - 1 {
			to := make(chan int64)
			go func(from <-chan int64, to chan<- int64) {
				defer close(to)
				for x := range from {
					to <- x - 1
				}
			}(from, to)
			from = to
		}
		x := p.Int("events")
		for x > 0 {
			first <- x
			x = <-from - 1
		}
		close(first)
		_, err := fmt.Fprintln(out, x)
		return err
	}
}

func plainFanout(readers int) func(p Params, out io.Writer) error {
	return func(p Params, out io.Writer) error {
		sums := make([]int64, readers)
		for x := range p.Int("events") {
			for i := range sums {
				if x%int64(readers) == int64(i) {
					sums[i] += x
				}
			}
		}
		for _, sum := range sums {
			if _, err := fmt.Fprintln(out, sum); err != nil {
				return err
			}
		}
		return nil
	}
}
