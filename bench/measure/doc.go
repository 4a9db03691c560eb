// Package measure runs the rows of the suite: compiled programs and plain Go loops that do the same work.
//
// A row runs in a process of its own, where its sides take turns: a round is the program in memory, with async, with
// sync, then the plain loop, and the next round goes backwards. So what the machine does meanwhile falls on all of them.
// A round gives one ratio; a row shows the median of the ratios and their extremes. Before each run the heap is
// collected; the first round warms up and does not count.
//
// A program's time begins when its first source is asked for its first atom and ends when its connectors are closed: all
// has been processed then, and in a durable run all is durable. Opening the store and linking the graph do not count.
// What both sides print is compared, so none can leave work out.
package measure
