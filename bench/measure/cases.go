package measure

import (
	"fmt"
	"io"
	"slices"
)

// Cases is the suite, in the order in which it is shown. Numbers of events are such that a run takes a tenth of a
// second and more: what takes less differs by a third from one run to the next.
func Cases() []*Case {
	var cases []*Case
	for _, part := range [][]*Case{streams(), counts(), asks(), texts(), states(), graphs(), queries()} {
		cases = append(cases, part...)
	}
	return append(cases, pairs(cases)...)
}

// quick are the rows of a run that takes a minute: one of each kind, and of those of which a few runs say enough.
var quick = []string{
	"map, filter", "count, 10 k Int keys", "count, 10 k String keys", "count, atoms of 64", "asks, one after the other",
	"asks, 1024 in flight", "bank, transfers as sagas", "word count", "join of two streams", "state of a map, 100 k entries",
	"fan-out to 16 workflows", "chain of 128 workflows", "Nexmark q0", "Nexmark q3",
}

// Quick tells whether a run that takes a minute has the row.
func (c *Case) Quick() bool { return slices.Contains(quick, c.Name) }

// plain is the goal of a row that is held against a loop over a Go map.
func plain(memory, durable float64) map[Mode]float64 {
	return map[Mode]float64{Memory: memory, Async: durable, Sync: durable}
}

// always is a goal of all modes.
func always(goal float64) map[Mode]float64 { return plain(goal, goal) }

// streams are rows without keys.
func streams() []*Case {
	return []*Case{
		{
			Name: "map, filter", Program: "stateless", Events: 200_000_000, Params: Params{"atom": "4096"},
			Plain: loop(plainStateless), Goal: map[Mode]float64{Memory: 0.8}, Lean: true,
		},
		{
			Name: "map, filter, fold", Program: "fold", Events: 150_000_000, Params: Params{"atom": "4096"},
			Plain: loop(plainFold), Lean: true,
		},
		{
			Name: "128 steps", Program: "steps128", Events: 48_000_000, Params: Params{"atom": "4096"},
			Plain: loop(plainSteps(128)), Lean: true,
		},
	}
}

// counts are rows that count what occurs how often.
func counts() []*Case {
	var cases []*Case
	for _, keys := range []int64{100, 10_000, 1_000_000} {
		cases = append(cases, countInts(fmt.Sprintf("count, %s Int keys", Short(keys)), keys, 4096))
	}
	for _, keys := range []int64{100, 10_000, 1_000_000} {
		cases = append(cases, countStrings(keys))
	}
	for _, atom := range []int64{1, 16, 64, 256, 4096, 65_536} {
		c := countInts(fmt.Sprintf("count, atoms of %s", Short(atom)), 10_000, atom)
		c.Goal = nil
		switch atom {
		case 1:
			c.Events, c.Rate = 500_000, map[Mode]float64{Memory: 1e6}
		case 16:
			c.Events = 4_000_000
		case 64:
			c.Events = 8_000_000
		}
		cases = append(cases, c)
	}
	return cases
}

// paired are the rows of one partition that are measured on two as well.
var paired = []string{
	"count, 10 k Int keys", "count, 1 M Int keys", "count, 1 M String keys", "word count", "join of two streams", "top ten of 1 k groups",
	"Nexmark q0", "Nexmark q4",
}

// pairs are rows on two partitions, whose other side is the same program on one, in memory.
func pairs(single []*Case) []*Case {
	cases := []*Case{{
		Name: "two partitions, 200 ns of work", Program: "busy", Events: 1_500_000, Lanes: 2, Single: true,
		Params: Params{"keys": "10000", "rounds": "60"}, Modes: []Mode{Memory}, Goal: map[Mode]float64{Memory: 1.7},
	}}
	for _, c := range single {
		if !slices.Contains(paired, c.Name) {
			continue
		}
		pair := *c
		pair.Name, pair.Lanes, pair.Single, pair.Modes = "two partitions, "+c.Name, 2, true, []Mode{Memory, Sync}
		pair.Goal, pair.Rate, pair.Published, pair.Plain = nil, nil, 0, nil
		if c.Name == "count, 1 M Int keys" {
			pair.Goal = map[Mode]float64{Memory: 1.5}
		}
		cases = append(cases, &pair)
	}
	return cases
}

// asks are rows of portals; an event is an ask with its reply, or a transfer.
func asks() []*Case {
	cases := []*Case{{
		Name: "asks, one after the other", Program: "asks", Events: 300_000, Plain: loop(plainAsks), Rate: always(0.5e6),
	}}
	for _, n := range []int{16, 1024} {
		cases = append(cases, &Case{
			Name: fmt.Sprintf("asks, %d in flight", n), Program: "flight", Events: 1_200_000, Params: Params{"atom": fmt.Sprint(n)},
			Plain: loop(plainFlight), Rate: always(2e6),
		})
		for _, keys := range []int{1, 10_000} {
			of := "of one key"
			if keys > 1 {
				of = "of 10 k keys"
			}
			cases = append(cases, &Case{
				Name: fmt.Sprintf("asks, %d in flight, %s", n, of), Program: "flightkeyed", Events: 1_200_000,
				Params: Params{"atom": fmt.Sprint(n), "keys": fmt.Sprint(keys)}, Plain: loop(plainFlightKeyed), Rate: always(2e6),
			})
		}
	}
	return append(cases, &Case{
		Name: "four asks in turn, 64 events", Program: "inturn", Events: 400_000, Params: Params{"atom": "64"}, Plain: loop(plainInTurn),
	}, &Case{
		Name: "one ask of each of 16 workflows", Program: "askeach16", Events: 50_000, Params: Params{"atom": "64"}, Plain: loop(plainAskEach(16)),
	}, &Case{
		Name: "bank, transfers as sagas", Program: "sagas", Events: 1_200_000, Unordered: true,
		Params: Params{"atom": "64", "accounts": "50000", "opening": "100"}, Plain: loop(plainSagas),
	})
}

// texts are rows that read files.
func texts() []*Case {
	return []*Case{
		{
			Name: "word count", Program: "words", Events: 3_000_000, Params: Params{"atom": "1000"}, Input: writeText,
			Plain: loop(plainWords), Goal: map[Mode]float64{Memory: 0.6},
		},
		{
			Name: "word count, running totals", Program: "totals", Events: 2_000_000, Params: Params{"atom": "1000"},
			Input: writeText, Plain: loop(plainTotals),
		},
	}
}

// states are rows whose state is more than a number for each key.
func states() []*Case {
	return []*Case{
		{
			Name: "join of two streams", Program: "join", Events: 4_000_000, Params: Params{"atom": "4096"}, Unordered: true,
			Plain: loop(plainJoin),
		},
		{
			Name: "top ten of 1 k groups", Program: "topn", Events: 10_000_000, Params: Params{"atom": "4096", "keys": "1000", "n": "10"},
			Plain: loop(plainTop),
		},
		{
			Name: "state of 1 KB, 1 k keys", Program: "record1k", Events: 4_000_000,
			Params: Params{"atom": "4096", "keys": "1000", "each": "2"}, Plain: loop(plainRecord),
		},
		{
			Name: "state of a map, 100 k entries", Program: "bigmap", Events: 2_000_000,
			Params: Params{"atom": "4096", "keys": "100000", "each": "4"}, Plain: loop(plainCountInt),
		},
		// Small changes: what they cost must not grow with the map, but for what the caches of the processor make of it.
		{
			Name: "state of a map, 1 k entries, atoms of 16", Program: "bigmap", Events: 2_000_000,
			Params: Params{"atom": "16", "keys": "1000", "each": "4"}, Plain: loop(plainCountInt),
		},
		{
			Name: "state of a map, 100 k entries, atoms of 16", Program: "bigmap", Events: 2_000_000,
			Params: Params{"atom": "16", "keys": "100000", "each": "4"}, Plain: loop(plainCountInt),
		},
	}
}

// graphs are rows of many workflows. In the ring an event is a hop.
func graphs() []*Case {
	return []*Case{
		{
			Name: "fan-out to 16 workflows", Program: "fanout16", Events: 8_000_000, Params: Params{"atom": "4096"}, Unordered: true,
			Plain: loop(plainFanout(16)),
		},
		{
			Name: "chain of 128 workflows", Program: "chain128", Events: 800_000, Params: Params{"atom": "256"},
			Plain: loop(plainChain(128)),
		},
		{
			Name: "ring of 128 workflows", Program: "ring128", Events: 400_000, Plain: loop(plainRing(128)),
		},
	}
}

// queries are those of Nexmark, with what Apache Flink publishes for its own run of them. The rate decides what time the
// events have, not how fast they come: that of the published run has all of them in a moment.
func queries() []*Case {
	var cases []*Case
	for i, q := range []struct {
		begin     func(*results) house
		published float64
	}{{passBids, 155e3}, {convertBids, 0}, {someBids, 0}, {localSellers, 152e3}, {categoryAverages, 34e3}} {
		cases = append(cases, &Case{
			Name: fmt.Sprintf("Nexmark q%d", i), Program: fmt.Sprintf("nexmark%d", i), Events: 3_000_000, Unordered: true,
			Params: Params{"atom": "4096", "rate": "10000000", "show": "false"}, Plain: loop(query(q.begin)), Published: q.published,
		})
	}
	return cases
}

// countInts counts keys that come in turn.
func countInts(name string, keys, atom int64) *Case {
	events := int64(16_000_000)
	if keys >= 1_000_000 { // the caches do not hold them
		events = 8_000_000
	}
	return &Case{
		Name: name, Program: "countint", Events: events,
		Params: Params{"atom": fmt.Sprint(atom), "keys": fmt.Sprint(keys), "each": "4"},
		Plain:  loop(plainCountInt), Lean: keys <= 10_000, Goal: plain(0.7, 0.5),
	}
}

func countStrings(keys int64) *Case {
	events := int64(10_000_000)
	if keys >= 1_000_000 {
		events = 4_000_000
	}
	return &Case{
		Name: fmt.Sprintf("count, %s String keys", Short(keys)), Program: "countstring", Events: events,
		Params: Params{"atom": "4096", "keys": fmt.Sprint(keys), "each": "4"},
		Plain:  plainCountString, Lean: keys <= 10_000, Goal: plain(0.7, 0.5),
	}
}

// loop is a plain side that needs no preparation.
func loop(run func(p Params, out io.Writer) error) func(p Params) func(out io.Writer) error {
	return func(p Params) func(out io.Writer) error {
		return func(out io.Writer) error { return run(p, out) }
	}
}

// Short writes 10000 as 10 k.
func Short(n int64) string {
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
