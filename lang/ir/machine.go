package ir

// Machine is a handler that awaits, cut into blocks that run without waiting. A handler begins at the first block; each
// block ends by going on with another, or ends the handler. At a block with an Await the handler waits until what that
// names is there; nothing of it is kept meanwhile but the number of the block and the variables that are live there.
type Machine struct {
	Func   *Func
	Blocks []*Block // in the order in which they are printed
	// Frame are the variables that are live across some await, in the order of the text. The parameter of the handler is
	// not one of them: it is kept always, since a failure names it.
	Frame []*Var
	// Across are the other variables that several blocks use. They live no longer than the handler runs.
	Across []*Var
}

// Block is a part of a Machine that runs without waiting.
type Block struct {
	Number int
	// Await is what the block waits for before it begins, or nil; its futures are variables, or parts of such. With Parts,
	// the replies of an AwaitEach go to these variables (nil: nobody wants it) in place of a tuple Into.
	Await *Await
	Parts []*Var
	// Point is the identity of the await: it changes when the handler does, up to here, or what is live here. A handler
	// that waits goes on in another version of the program only at the same point.
	Point uint64
	// Live are the variables of the frame that are needed after the await, its futures among them.
	Live []*Var
	Body []Stmt
}

// Points are the blocks at which the handler can wait.
func (m *Machine) Points() []*Block {
	var out []*Block
	for _, b := range m.Blocks {
		if b.Await != nil {
			out = append(out, b)
		}
	}
	return out
}

// Goto ends a block of a Machine: control goes on at the start of another.
type Goto struct {
	S
	To *Block
	// Asked tells that To awaits only what has been asked just now, which cannot be there yet.
	Asked bool
}

// PrintToAwaits prints a function without its name. At each await it gives the text that has come since the one before, the await's own
// included; what stands behind the last one is not given.
func PrintToAwaits(f *Func, each func(await *Await, text string)) {
	w := &printer{awaited: each}
	w.fresh()
	w.line("%s", w.signature(f.Params, nil))
	w.block(f.Body)
}
