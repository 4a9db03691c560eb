package ptl

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"sync/atomic"
)

// A generator is a source that makes its events itself. All but Every are functions of their arguments: what was
// generated once is generated again, so a position is only how far it came, and nothing of it is logged. That the
// arguments are those of the run before is not their business but the store's, which refuses other ones by name.

// generator is what the replayable generators share.
type generator struct {
	name        string
	cut         Cut
	env         *Env
	cutter      *Cutter
	interrupted atomic.Bool
	places      []byte // what positions are cut from
}

func (g *generator) open(env *Env) {
	g.env = env
	g.cutter = NewCutter(g.cut, env)
}

// Interrupt implements Source: these generators never wait, so it shows at the next call of Next.
func (g *generator) Interrupt() { g.interrupted.Store(true) }

// interrupt tells whether Next has to give up its turn.
func (g *generator) interrupt() bool {
	return g.interrupted.Load() && g.interrupted.Swap(false)
}

// Close implements Source.
func (g *generator) Close() error { return nil }

// Replayable implements Source.
func (g *generator) Replayable() bool { return true }

// at is the position behind done steps.
func (g *generator) at(done uint64) []byte {
	if cap(g.places)-len(g.places) < binary.MaxVarintLen64 {
		g.places = make([]byte, 0, 1<<10)
	}
	from := len(g.places)
	g.places = AppendUint(g.places, done)
	return slices.Clip(g.places[from:])
}

// position reads how many of the limit steps were made before at.
func (g *generator) position(at []byte, limit uint64) (uint64, error) {
	if at == nil {
		return 0, nil
	}
	r := NewReader(at)
	n := r.Uint()
	if r.Err() == nil && r.Len() > 0 {
		r.Fail(fmt.Errorf("%d bytes too many", r.Len()))
	}
	if err := r.Err(); err != nil {
		return 0, g.damaged(err)
	}
	if n > limit {
		return 0, g.damaged(fmt.Errorf("it stands behind %d, the end is at %d", n, limit))
	}
	return n, nil
}

func (g *generator) damaged(err error) error {
	return fmt.Errorf("the position of %s does not fit it: %w; was it changed since the store was made?", g.name, err)
}

// ranges is the source of RangeSource.
type ranges struct {
	generator
	from    int64
	n, done uint64
}

// RangeSource generates the Ints from from up to, not including, until.
func RangeSource(from, until int64, cut Cut) Source[int64] {
	g := &ranges{generator: generator{name: "range", cut: cut}, from: from}
	if until > from {
		g.n = uint64(until) - uint64(from)
	}
	return g
}

func (g *ranges) Open(env *Env, at []byte) (err error) {
	g.open(env)
	g.done, err = g.position(at, g.n)
	return err
}

func (g *ranges) Next(buf []int64) ([]int64, []byte, error) {
	numbers, at, err := g.numbers()
	n := len(buf)
	buf = slices.Grow(buf, numbers.N)[:n+numbers.N]
	added := buf[n:]
	for i := range added {
		added[i] = numbers.First + int64(i)
	}
	return buf, at, err
}

// numbers is Next, without writing the numbers out.
func (g *ranges) numbers() (numbers Numbers, at []byte, err error) {
	if g.interrupt() {
		return numbers, nil, ErrInterrupted
	}
	if g.done == g.n {
		return numbers, nil, io.EOF
	}
	g.cutter.Start()
	numbers.First = g.from + int64(g.done) // wraps where it must, since from + n does not overflow as a whole
	for left := g.n - g.done; left > 0; {
		k := min(left, uint64(g.cutter.Room()))
		numbers.N += int(k)
		left -= k
		closed, err := g.cutter.Add(int64(k), 0)
		if err != nil {
			return Numbers{}, nil, err
		}
		if closed {
			break
		}
	}
	g.done += uint64(numbers.N)
	return numbers, g.at(g.done), nil
}

// listed is the source of ListSource.
type listed[T any] struct {
	generator
	xs   []T
	done int
}

// ListSource generates the elements of xs.
func ListSource[T any](_ *Type[T], xs List[T], cut Cut) Source[T] {
	return &listed[T]{generator: generator{name: "list", cut: cut}, xs: xs.All()}
}

func (g *listed[T]) Open(env *Env, at []byte) error {
	g.open(env)
	done, err := g.position(at, uint64(len(g.xs)))
	g.done = int(done)
	return err
}

func (g *listed[T]) Next(buf []T) ([]T, []byte, error) {
	if g.interrupt() {
		return buf, nil, ErrInterrupted
	}
	if g.done == len(g.xs) {
		return buf, nil, io.EOF
	}
	g.cutter.Start()
	done := g.done
	for done < len(g.xs) {
		k := min(len(g.xs)-done, int(g.cutter.Room()))
		buf = append(buf, g.xs[done:done+k]...)
		done += k
		closed, err := g.cutter.Add(int64(k), 0)
		if err != nil {
			return buf, nil, err
		}
		if closed {
			break
		}
	}
	g.done = done
	return buf, g.at(uint64(done)), nil
}

// whole is the source of Atoms, Repeat and Empty: atom i is atom(i).
type whole[T any] struct {
	generator
	n, done uint64
	atom    func(i uint64) []T
}

// Atoms generates each list of xss as one atom, empty ones included.
func Atoms[T any](_ *Type[T], xss List[List[T]]) Source[T] {
	atoms := xss.All()
	return &whole[T]{
		generator: generator{name: "atoms"},
		n:         uint64(len(atoms)),
		atom:      func(i uint64) []T { return atoms[i].All() },
	}
}

// Repeat generates xs as one atom, and that times times; never if times is not above 0.
func Repeat[T any](_ *Type[T], xs List[T], times int64) Source[T] {
	return &whole[T]{
		generator: generator{name: "repeat"},
		n:         uint64(max(times, 0)),
		atom:      func(uint64) []T { return xs.All() },
	}
}

// Empty generates nothing, and so seals its stream at once.
func Empty[T any]() Source[T] { return &whole[T]{generator: generator{name: "empty"}} }

func (g *whole[T]) Open(env *Env, at []byte) (err error) {
	g.open(env)
	g.done, err = g.position(at, g.n)
	return err
}

func (g *whole[T]) Next(buf []T) ([]T, []byte, error) {
	if g.interrupt() {
		return buf, nil, ErrInterrupted
	}
	if g.done == g.n {
		return buf, nil, io.EOF
	}
	buf = append(buf, g.atom(g.done)...)
	g.done++
	return buf, g.at(g.done), nil
}

// unfolded is the source of Unfold.
type unfolded[T, S any] struct {
	generator
	seedType *Type[S]
	seed     S
	step     func(S) Option[Tuple2[T, S]]
	done     uint64 // events that were generated
}

// Unfold generates from a seed: step gives an event and the next seed, or None at the end. If step fails, no event of
// the atom under way is generated, and the next call tries it again. A position holds the seed, so that no step that was
// made is made again.
func Unfold[T, S any](_ *Type[T], seedType *Type[S], seed S, step func(S) Option[Tuple2[T, S]], cut Cut) Source[T] {
	return &unfolded[T, S]{generator: generator{name: "unfold", cut: cut}, seedType: seedType, seed: seed, step: step}
}

func (g *unfolded[T, S]) Open(env *Env, at []byte) error {
	g.open(env)
	if at == nil {
		return nil
	}
	r := NewReader(at)
	done := r.Uint()
	seed := g.seedType.Read(r)
	if r.Err() == nil && r.Len() > 0 {
		r.Fail(fmt.Errorf("%d bytes too many", r.Len()))
	}
	if err := r.Err(); err != nil {
		return g.damaged(err)
	}
	g.done, g.seed = done, seed
	return nil
}

func (g *unfolded[T, S]) Next(buf []T) ([]T, []byte, error) {
	if g.interrupt() {
		return buf, nil, ErrInterrupted
	}
	g.cutter.Start()
	seed := g.seed
	for {
		next := g.step(seed)
		if !next.OK {
			break
		}
		buf, seed = append(buf, next.Value.V0), next.Value.V1
		closed, err := g.cutter.Add(1, 0)
		if err != nil {
			return buf, nil, err
		}
		if closed {
			break
		}
	}
	if g.cutter.Events() == 0 {
		return buf, nil, io.EOF
	}
	g.seed = seed
	g.done += uint64(g.cutter.Events())
	return buf, g.seedType.Append(AppendUint(nil, g.done), seed), nil
}
