// Package ptltest runs the tests of an application.
//
// A test drives the application by hand. What came from outside is cut off: sources are replaced by feeds (ends.go),
// which give what the test feeds, and sinks are left out; streams whose atoms the test expects get a page instead, to
// which a sink of the engine's writes them, when they are durable. Portals are asked through a small workflow of the
// test's own (client.go). So the application runs on the same engine, graph and state as in earnest.
//
// A test that names something of another app runs with the apps that the tested one imports, in one graph (ptl.Together).
// The test's own names are those of the tested app; what it feeds, expects or asks of another app goes through the handles
// by which the tested app sees it.
//
// The run is simulated: one goroutine, whose every choice is drawn from a seed (world.go). The engine and the test take
// turns as coroutines (trial.go): after each step of the test the engine runs until nothing moves, and only then does
// the test look at anything. The clock stands still but for `advance`.
//
// A trial is one run of a test with one seed. One that is to crash has a store in memory (store.go), which loses what was
// not committed: the engine is left as it is at some commit, and a new one goes on with what the store holds, on the same
// feeds and pages, as files would survive a process. The crash points of a seed are all commits of its undisturbed run,
// each once just before it is durable and once just after (run.go).
//
// Generated code calls the exported functions: a test is a Go function that takes a *T, and one line of the program is
// one call (test.go, expect.go). A step that fails ends the test by a panic, which its trial recovers. What was expected
// and what was seen are compared as values, and shown as text of the language: the texts are taken apart into their
// parts and compared part by part (tree.go, diff.go).
package ptltest
