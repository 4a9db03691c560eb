package doc

// word is a form that words of the language make. It is found by each of them: `on atom` by `on` and by `atom`.
type word struct {
	words   string // those that make it, as they stand in it
	form    string // how it is written; what stands for something else is in capitals
	says    string // what it does, in a sentence
	example string // for it, as it stands in an app, a task, a handler, a workflow or a test (place)
	place   place
	section string // of spec.md
}

// place is where an example stands.
type place string

const (
	inFile     place = "file"
	inTask     place = "task"
	inHandler  place = "handler"
	inWorkflow place = "workflow"
	inTest     place = "test"
)

// words are the forms in the order in which they are listed: of a file, of tasks, of handlers and functions, of workflows, of tests.
var words = []word{
	{"app", "app NAME", "Names the app, which is otherwise called after its file or directory.",
		`app shop`, inFile, "11.1"},
	{"import", `import NAME, import "PATH"`, "Brings a module of the standard library by its name, or one of one's own by its path.",
		`import window`, inFile, "11.1"},
	{"import app", `import app "PATH"`, "Brings what another app exports.",
		`import app "../shop"`, inFile, "11.1"},
	{"param", "param NAME: TYPE = DEFAULT", "Declares a flag of the program, --NAME, which must be given if it has no default.",
		`param input: String = "orders.ndjson"`, inFile, "7.1"},
	{"record", "record NAME(FIELD: TYPE, …)", "Declares a type of values that have the same fields.",
		`record Item(id: Int, name: String, shop: Int as "shop_id" = 1)`, inFile, "4.2"},
	{"enum", "enum NAME { VARIANT(FIELD: TYPE, …), … }", "Declares a type of values that are one of several variants.",
		`enum Op { Add(item: Int), Remove(item: Int), Checkout }`, inFile, "4.2"},
	{"fun", "fun NAME(PARAMETER: TYPE, …) -> TYPE = EXPRESSION", "Declares a function; a body in braces gives its last expression.",
		`fun double(x: Int) -> Int = x * 2`, inFile, "5.1"},
	{"extern fun go", `extern fun NAME(PARAMETER: TYPE, …) -> TYPE = go "PACKAGE".FUNCTION`, "Declares a function of a Go package.",
		`extern fun upper(s: String) -> String = go "strings".ToUpper`, inFile, "5.1"},
	{"portal key", "portal NAME(REQUEST) -> REPLY key r => KEY", "Declares a place to ask: one task answers, any number of them ask.",
		"portal prices(Int) -> Int key item => item\n" +
			"task Prices {\n  on ask prices(item) { reply item * 2 }\n}\n" +
			"workflow pricing { serve Prices }", inFile, "7.5"},
	{"stream", "stream NAME: TYPE = PRODUCER", "Declares a sequence of atoms, made by a source, a generator, or, without `=`, by the `to NAME` of a workflow.",
		`stream lines: String = file.lines("in.txt", atom: 64)`, inFile, "7.2"},
	{"sequence", "stream NAME = sequence(STREAM, …)", "Joins streams of one type to one: the order of each is kept.",
		`stream both = sequence(orders, returns)`, inFile, "7.2"},
	{"split", "stream NAME = split(STREAM, e => CONDITION)", "Parts a stream: of each atom, the events for which the condition holds.",
		`stream large = split(orders, o => o.price > 100)`, inFile, "7.2"},
	{"atom", "atom: EVENTS", "Closes an atom of a source after so many events.",
		`stream lines: String = file.lines("in.txt", atom: 64)`, inFile, "7.3"},
	{"atom or", "atom: EVENTS or DURATION", "Closes an atom of a source after so many events or that time, whichever comes first.",
		`stream lines: String = stdin.lines(atom: 64 or 5ms)`, inFile, "7.3"},
	{"sink to", "sink STREAM to TARGET", "Writes a stream to a file, to the standard output or to a URL.",
		`sink orders to file.ndjson("orders.ndjson")`, inFile, "7.6"},
	{deadLetters, "stream deadLetters: DeadLetter", "Holds what failed and was skipped, with `--on-failure skip`: every app has it.",
		`sink deadLetters to file.ndjson("failed.ndjson")`, inFile, "7.6"},
	{"export", "export portal …, export stream …", "Lets other apps see a portal or a stream.",
		`export stream sales = list([1, 2])`, inFile, "11.1"},
	{"was", "was NAME", "Says what something was called before, so that what is stored of it goes on under its new name.",
		`stream visits was hits = list([1, 2])`, inFile, "10.5"},

	{"task", "task NAME(PARAMETER: TYPE, …): IN -> OUT keyed KEY { … }", "Declares code with handlers and state; workflows use it.",
		"task Count: Order -> Int {\n  state n: Int = 0\n  on event _ { n += 1; emit n }\n}", inFile, "8.1"},
	{"exclusive task", "exclusive task NAME …", "Lets events, requests and timers of one key wait for each other, awaits included.",
		"exclusive task Cart: Order -> Int {\n  state bought: Int = 0\n" +
			"  on event o { if await ask inventory(o.item) { bought += 1; emit bought } }\n}", inFile, "8.5"},
	{"keyed", "keyed TYPE", "Says the type of a task's key, for tasks that name `key`.",
		"task Keys: Order -> Int keyed Int {\n  on event _ { emit key }\n}", inFile, "8.1"},
	{"state", "state NAME: TYPE = INITIAL", "Declares what a task remembers for each key.",
		`state items: List[Int] = []`, inTask, "8.2"},
	{"shared state", "shared state NAME: TYPE = INITIAL", "Declares what a task remembers for all keys together; it then runs as one instance.",
		`shared state seen: Int = 0`, inTask, "8.2"},
	{"on event", "on event PATTERN if CONDITION { … }", "Handles an event; several are tried in order, and cover every event.",
		`on event o if o.price > 0 { emit o.price }` + "\n" + `on event _ { }`, inTask, "8.3"},
	{"on ask", "on ask PORTAL(PATTERN) { … }", "Handles a request, and replies to it once on every path.",
		"portal prices(Int) -> Int key item => item\n" +
			"task Prices {\n  on ask prices(item) { reply item * 2 }\n}\n" +
			"workflow pricing { serve Prices }", inFile, "8.3"},
	{"on atom per key", "on atom per key { … }", "Runs at the end of an atom, once for each key that it touched.",
		`on atom per key { emit key }`, inTask, "8.3"},
	{"on atom", "on atom { … }", "Runs at the end of an atom, once; it sees shared state only.",
		"shared state seen: Int = 0\non event _ { seen += 1 }\non atom { emit seen }", inTask, "8.3"},
	{"on complete", "on complete { … }", "Runs once, when the workflow is complete; it sees shared state only.",
		"shared state seen: Int = 0\non event _ { seen += 1 }\non complete { emit seen }", inTask, "8.3"},
	{"on error", "on error NAME { … }", "Runs in place of a handler that failed; the failure has `message` and `event`.",
		`on error e { log e.message }`, inTask, "8.3"},
	{"on timer", "on timer NAME(PATTERN, …) { … }", "Is reserved for event time, which this version does not have yet.", "", inTask, "9"},
	{"key", "key", "Is the key of what is being handled, in a task that says its type with `keyed`.",
		`emit key`, inHandler, "8.3"},
	{"emit", "emit EVENT", "Gives an event to the output of the task.",
		`emit order.price`, inHandler, "8.3"},
	{"reply", "reply VALUE", "Answers the request that is being handled; the handler may go on.",
		"portal prices(Int) -> Int key item => item\n" +
			"task Prices {\n  on ask prices(item) { reply item * 2 }\n}\n" +
			"workflow pricing { serve Prices }", inFile, "8.3"},
	{"ask", "ask PORTAL(REQUEST)", "Makes a request; its value is the future of the reply, and asking never waits.",
		`let there = ask inventory(order.item)`, inHandler, "8.4"},
	{"await", "await FUTURE", "Waits, durably, for a reply; meanwhile other events of the key may run, unless the task is `exclusive`.",
		`if await ask inventory(order.item) { emit order.item }`, inHandler, "8.4"},
	{"await all", "await all(FUTURES)", "Waits for all futures of a list, and gives their replies in its order.",
		`let there = await all([1, 2].map(item => ask inventory(item)))`, inHandler, "8.4"},
	{"await any", "await any(FUTURES)", "Waits for one future of a list, and gives the reply that is there first.",
		`let there = await any([1, 2].map(item => ask inventory(item)))`, inHandler, "8.4"},
	{"await within", "await FUTURE within DURATION", "Waits no longer than that, and gives an Option: None when the time has passed.",
		`let there = await ask inventory(order.item) within 5s`, inHandler, "8.4"},
	{"try await", "try await FUTURE", "Gives a Result: Err where the ask failed, which fails the handler without `try`.",
		`let there = try await ask inventory(order.item)`, inHandler, "8.4"},
	{"schedule at after", "schedule NAME(ARGUMENT, …) at TIME", "Is reserved for event time, which this version does not have yet.", "", inHandler, "9"},
	{"cancel", "cancel NAME(ARGUMENT, …)", "Is reserved for event time, which this version does not have yet.", "", inHandler, "9"},

	{"let", "let PATTERN = VALUE", "Binds names to a value once.",
		`let (a, b) = (order.item, order.price)`, inHandler, "5.3"},
	{"var", "var NAME = VALUE", "Makes a variable, which can be assigned.",
		"var sum = 0\nsum += order.price", inHandler, "5.3"},
	{"if else", "if CONDITION { … } else { … }", "Chooses by a condition; it is an expression.",
		`let price = if order.price > 100 { 100 } else { order.price }`, inHandler, "5.4"},
	{"if let", "if let PATTERN = VALUE { … } else { … }", "Chooses by whether a value has a shape, and takes it apart.",
		`if let Some(first) = [order.item].first() { emit first }`, inHandler, "5.5"},
	{"match", "match VALUE { PATTERN if CONDITION => RESULT, … }", "Chooses by the shape of a value; every one must be covered.",
		"match [1, 2].first() {\n  Some(x) if x > 1 => emit x\n  _                => log \"none\"\n}", inHandler, "5.5"},
	{"for in", "for PATTERN in COLLECTION { … }", "Runs once for each element of a list or set, or pair of a map.",
		`for item in [1, 2] { emit item }`, inHandler, "5.3"},
	{"while", "while CONDITION { … }", "Runs as long as the condition holds.",
		"var n = 3\nwhile n > 0 { n -= 1 }", inHandler, "5.3"},
	{"break", "break", "Leaves the innermost loop.",
		`for item in [1, 2] { if item > 1 { break } }`, inHandler, "5.3"},
	{"continue", "continue", "Goes on with the next round of the innermost loop.",
		`for item in [1, 2] { if item > 1 { continue }; emit item }`, inHandler, "5.3"},
	{"return", "return VALUE", "Leaves a function, or without a value a handler.",
		`if order.price == 0 { return }`, inHandler, "5.3"},
	{"fail", "fail TEXT", "Fails the event, which is undone as a whole.",
		`if order.price < 0 { fail "the price is ${order.price}" }`, inHandler, "12"},
	{"log", "log TEXT", "Writes to the log, which may show an attempt that is undone later.",
		`log "order ${order.item}"`, inHandler, "5.3"},
	{"true", "true", "Is the Bool that holds.", `if true { emit 1 }`, inHandler, "4.1"},
	{"false", "false", "Is the Bool that does not hold.", `let done = false`, inHandler, "4.1"},

	{"workflow", "workflow NAME { CHAIN … }", "Declares a graph of steps and tasks that takes one atom at a time.",
		"stream prices: Int\nworkflow pricing { from orders |> map(o => o.price) |> to prices }\nsink prices to stdout.lines()", inFile, "10"},
	{"from", "from STREAM", "Begins a chain with the events of a stream.",
		`from orders |> map(o => o.price) |> to out`, inWorkflow, "10.1"},
	{"to", "to STREAM", "Writes a stream, and ends a chain.",
		`from orders |> map(o => o.price) |> to out`, inWorkflow, "10.1"},
	{"serve", "serve TASK", "Uses a task that has no input and only answers requests.",
		"portal prices(Int) -> Int key item => item\n" +
			"task Prices {\n  on ask prices(item) { reply item * 2 }\n}\n" +
			"workflow pricing { serve Prices }", inFile, "10.1"},
	{"flow", "flow NAME = CHAIN", "Names the end of a chain, to be used several times.",
		"flow all = from orders |> map(o => o.price)\nall |> filter(p => p > 9) |> to out", inWorkflow, "10.1"},
	{"key", "|> key(e => KEY)", "Gives each event a key, by which tasks have their state.",
		`from orders |> key(o => o.user) |> Total |> to out`, inWorkflow, "10.1"},
	{"map", "|> map(e => VALUE)", "Changes each event.",
		`from orders |> map(o => o.price) |> to out`, inWorkflow, "10.1"},
	{"flatMap", "|> flatMap(e => LIST)", "Makes of each event the events of a list.",
		`from orders |> flatMap(o => [o.item, o.price]) |> to out`, inWorkflow, "10.1"},
	{"filter", "|> filter(e => CONDITION)", "Keeps the events for which the condition holds.",
		`from orders |> filter(o => o.price > 9) |> map(o => o.price) |> to out`, inWorkflow, "10.1"},
	{"union", "union(FLOW, …)", "Joins flows of one type to one.",
		"flow items = from orders |> map(o => o.item)\nflow prices = from orders |> map(o => o.price)\nunion(items, prices) |> to out", inWorkflow, "10.1"},
	{"steps", "|> steps(TASK, TASK * TIMES, …)", "Uses tasks by turns, each for one atom or several.",
		`from orders |> key(o => o.user) |> steps(Total, Least * 3) |> to out`, inWorkflow, "10.1"},
	{"as", "|> TASK as NAME", "Names the use of a task: what it stores is found by that name.",
		`from orders |> key(o => o.user) |> Total as perUser |> to out`, inWorkflow, "10.5"},

	{"test", "test NAME { … }", "Declares a test, which `portalsc test` runs in any order that may happen.",
		"stream prices: Int\nworkflow pricing { from orders |> map(o => o.price) |> to prices }\n" +
			"test \"an order has its price\" { feed orders [Order(1, 2, 5)]; expect prices [5] }", inFile, "11.2"},
	{"feed", "feed STREAM [EVENT, …], …", "Gives one atom to each stream, and lets the app run until nothing moves.",
		`feed orders [Order(1, 2, 5)]`, inTest, "11.2"},
	{"seal", "seal STREAM", "Ends a stream.",
		`seal orders`, inTest, "11.2"},
	{"advance", "advance DURATION", "Moves the clock of the test, which stands still otherwise.",
		`advance 10s`, inTest, "11.2"},
	{"expect", "expect CONDITION", "Fails the test if the condition does not hold.",
		`expect ask inventory(7)`, inTest, "11.2"},
	{"expect", "expect STREAM [EVENT, …]", "Expects just these events in the next atom of the stream that is not empty.",
		`feed orders [Order(1, 2, 5)]` + "\n" + `expect sums [5]`, inTest, "11.2"},
	{"expect unordered", "expect STREAM unordered [EVENT, …]", "Expects these events in any order.",
		`feed orders [Order(1, 2, 5), Order(2, 2, 6)]` + "\n" + `expect sums unordered [6, 5]`, inTest, "11.2"},
	{"expect one of", "expect STREAM one of [[EVENT, …], …]", "Expects one of several atoms.",
		`feed orders [Order(1, 2, 5)]` + "\n" + `expect sums one of [[5], [6]]`, inTest, "11.2"},
	{"expect sealed", "expect STREAM sealed", "Expects that the stream has come to its end.",
		`seal orders` + "\n" + `seal returns` + "\n" + `expect sums sealed`, inTest, "11.2"},
	{"expect none", "expect STREAM none", "Expects that nothing more is in the stream.",
		`expect sums none`, inTest, "11.2"},
	{"watermark", "watermark STREAM TIME", "Is reserved for event time, which this version does not have yet.", "", inTest, "9"},
}

// Words lists the forms that the words of the language make.
func Words() []Entry {
	var all []Entry
	for _, w := range words {
		kind := "word"
		if w.words == deadLetters {
			kind = "stream"
		}
		all = append(all, Entry{Kind: kind, Name: w.words, Text: w.form, Doc: w.says, Example: w.example, Place: string(w.place), Section: w.section})
	}
	return all
}

// deadLetters is no word, but what every app has and nothing declares.
const deadLetters = "deadLetters"
