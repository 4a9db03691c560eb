package measure

import "fmt"

// Cases is the suite, in the order in which it is shown.
func Cases() []*Case {
	cases := []*Case{
		{
			Name: "map, filter", Program: "stateless", Events: 20_000_000, Params: map[string]string{"atom": "4096"},
			Plain: loop(plainStateless), Modes: []Mode{Memory, Async, Sync}, Goal: map[Mode]float64{Memory: 0.8}, Lean: true,
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
