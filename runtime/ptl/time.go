package ptl

// Time is a moment: nanoseconds since the Unix epoch, UTC. It reaches from the year 1677 to 2262.
type Time int64

// Duration is a length of time in nanoseconds.
type Duration int64
