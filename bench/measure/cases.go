package measure

import "fmt"

// Cases is the suite, in the order in which it is shown.
func Cases() []*Case {
	cases := []*Case{
		{
			Name: "map, filter", Program: "stateless", Events: 20_000_000, Params: map[string]string{"atom": "4096"},
			Plain: loop(plainStateless), Modes: []Mode{Memory, Async, Sync}, Goal: map[Mode]float64{Memory: 0.8}, Lean: true,
		},
		{
			Name: "map, filter, fold", Program: "fold", Events: 20_000_000, Params: map[string]string{"atom": "4096"},
			Plain: loop(plainFold), Modes: []Mode{Memory, Sync}, Lean: true,
		},
	}
	for _, keys := range []int64{100, 10_000, 1_000_000} {
		cases = append(cases, countInts(fmt.Sprintf("count, %s Int keys", short(keys)), keys, 4096))
	}
	for _, keys := range []int64{100, 10_000, 1_000_000} {
		cases = append(cases, countStrings(keys))
	}
	for _, atom := range []int64{1, 16, 64, 256, 4096, 65_536} {
		c := countInts(fmt.Sprintf("count, atoms of %s", short(atom)), 10_000, atom)
		if atom <= 16 {
			c.Events /= 4
		}
		c.Goal = nil
		if atom == 1 {
			c.Rate = map[Mode]float64{Memory: 1e6}
		}
		cases = append(cases, c)
	}
	cases = append(cases, lanes()...)
	cases = append(cases, asks()...)
	return append(cases,
		&Case{
			Name: "word count", Program: "words", Events: 3_000_000, Params: map[string]string{"atom": "1000"}, Input: writeText,
			Plain: loop(plainWords), Modes: []Mode{Memory, Async, Sync}, Goal: map[Mode]float64{Memory: 0.6},
		},
		&Case{
			Name: "word count, running totals", Program: "totals", Events: 3_000_000, Params: map[string]string{"atom": "1000"},
			Input: writeText, Plain: loop(plainTotals), Modes: []Mode{Memory, Sync},
		},
	)
}

// lanes are rows whose other side is the same program on one partition.
func lanes() []*Case {
	return []*Case{
		{
			Name: "two partitions, 200 ns of work", Program: "busy", Events: 4_000_000, Lanes: 2, Single: true,
			Params: map[string]string{"keys": "10000", "rounds": "60"}, Modes: []Mode{Memory}, Goal: map[Mode]float64{Memory: 1.7},
		},
		{
			Name: "two partitions, 1 M keys", Program: "countint", Events: 8_000_000, Lanes: 2, Single: true,
			Params: map[string]string{"keys": "1000000", "each": "4"}, Modes: []Mode{Memory}, Goal: map[Mode]float64{Memory: 1.5},
		},
	}
}

// asks are rows of portals; an event is an ask with its reply.
func asks() []*Case {
	cases := []*Case{{
		Name: "asks, one after the other", Program: "asks", Events: 1_000_000, Plain: loop(plainAsks), Modes: []Mode{Memory, Sync},
		Rate: map[Mode]float64{Memory: 0.5e6, Sync: 0.5e6},
	}}
	for _, n := range []int{16, 1024} {
		cases = append(cases, &Case{
			Name: fmt.Sprintf("asks, %d in flight", n), Program: "flight", Events: 4_000_000, Params: map[string]string{"atom": fmt.Sprint(n)},
			Plain: loop(plainFlight), Modes: []Mode{Memory, Sync}, Rate: map[Mode]float64{Memory: 2e6, Sync: 2e6},
		})
	}
	return cases
}

// countInts counts keys that come in turn.
func countInts(name string, keys, atom int64) *Case {
	events := int64(8_000_000)
	return &Case{
		Name: name, Program: "countint", Events: events,
		Params: map[string]string{"atom": fmt.Sprint(atom), "keys": fmt.Sprint(keys), "each": "4"},
		Plain:  loop(plainCountInt), Modes: []Mode{Memory, Async, Sync}, Lean: keys <= 10_000,
		Goal: map[Mode]float64{Memory: 0.7, Async: 0.5, Sync: 0.5},
	}
}

func countStrings(keys int64) *Case {
	return &Case{
		Name: fmt.Sprintf("count, %s String keys", short(keys)), Program: "countstring", Events: 4_000_000,
		Params: map[string]string{"atom": "4096", "keys": fmt.Sprint(keys), "each": "4"},
		Plain:  plainCountString, Modes: []Mode{Memory, Async, Sync}, Lean: keys <= 10_000,
		Goal: map[Mode]float64{Memory: 0.7, Async: 0.5, Sync: 0.5},
	}
}

// short writes 10000 as 10 k.
func short(n int64) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%d M", n/1_000_000)
	case n >= 10_000 || n == 1000:
		return fmt.Sprintf("%d k", n/1000)
	case n > 1000:
		return fmt.Sprintf("%d k", n/1024)
	}
	return fmt.Sprint(n)
}
