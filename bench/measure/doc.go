// Package measure runs the rows of the suite: compiled programs and plain Go loops that do the same work.
//
// Both sides run in one process and take turns, so that what the machine does meanwhile falls on both. A pair of runs
// gives one ratio; a row shows the median of the ratios and their extremes. Before each run the heap is collected; the
// first pair warms up and does not count.
//
// A program's time begins when its first source is asked for its first atom and ends when its connectors are closed: all
// has been processed then, and in a durable run all is durable. Opening the store and linking the graph do not count.
// What both sides print is compared, so none can leave work out.
package measure
