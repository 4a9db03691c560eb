package ptl

import (
	"fmt"
)

// Request is an ask on its way to the workflow that answers it, and while that has yet to answer.
type Request[Req any] struct {
	Req Req
	id  uint64 // of the ask in the asking workflow; its low byte is the slot of the key that it was asked from
	// Trail is what the request descends from; nil where no task is exclusive.
	Trail Trail
	from  uint32 // the number of the asking workflow, the same in every run on a store
	cell  uint32 // of the future that the asking workflow had when it asked; or one of these:
}

const (
	told     uint32 = 0         // nobody waits for a reply
	answered uint32 = 1<<32 - 1 // the handler, which goes on, has replied
)

// Reply is an answer on its way back.
type Reply[Rep any] struct {
	id     uint64
	cell   uint32  // as the request had it
	reason *string // of a failure
	value  Rep
}

// Portal is a handle on a portal, for building graphs.
type Portal[Req any, Rep any] struct {
	node *PortalNode
	req  *Type[Req]
	rep  *Type[Rep]
}

// PortalSpec names a portal.
type PortalSpec struct {
	Name     string
	Place    string
	Exported bool
}

// PortalNode is a portal as the engine sees it: the workflows that ask, and the one that answers.
type PortalNode struct {
	Spec   PortalSpec
	askers []*asker
	// answer adds what the answering workflow needs for one asker; nil until a workflow serves the portal.
	answer     func(a *asker)
	answerName string
	second     string // a workflow that would answer it too
	// imported tells that an app imports it that runs together with its own.
	imported bool
	req, rep func() *Shape
	serve    func() // makes the answering workflow one that serves
}

// asker is a workflow's end of a portal that it asks.
type asker struct {
	portal   *PortalNode
	number   int // among those that ask the portal
	workflow string
	flow     *flow
	requests *StreamNode
	// replies codes them as the asking app has them; holds tells whether a batch is of its type, none is one without any.
	replies replyPart
	holds   func(batch Batch) bool
	none    Batch
	// hear makes the workflow hear the replies, as the next part of a reply stream.
	hear func(s *replyStream)
}

// replyStream is all that one workflow answers another: a stream of atoms with a part for each portal.
type replyStream struct {
	node  *StreamNode
	parts []replyPart
}

type replyPart struct {
	portal string
	shape  func(s *shaper) *ShapePart // of a reply
	append func(b []byte, events Batch) []byte
	read   func(r *Reader) Batch
	bytes  func(events Batch, i int) int
}

// NewPortal adds a portal to the graph.
func NewPortal[Req any, Rep any](g *Graph, spec PortalSpec, req *Type[Req], rep *Type[Rep]) *Portal[Req, Rep] {
	name := spec.Name
	spec.Name = g.named(name)
	p := &Portal[Req, Rep]{node: &PortalNode{Spec: spec, req: req.Shape, rep: rep.Shape}, req: req, rep: rep}
	export(g.registry.portals, spec.Exported, g, name, p.node)
	g.Portals = append(g.Portals, p.node)
	return p
}

// PortalIn is a handle on a portal that the graph has already; nil if it has none of that name.
func PortalIn[Req any, Rep any](g *Graph, name string, req *Type[Req], rep *Type[Rep]) *Portal[Req, Rep] {
	for _, node := range g.Portals {
		if node.Spec.Name == name {
			return &Portal[Req, Rep]{node: node, req: req, rep: rep}
		}
	}
	return nil
}

// Asks is a lane's end of a portal that the workflow asks.
type Asks[Req any, Rep any] struct {
	out  Out[Request[Req]]
	open *openAsks[Rep]
}

// Ask sends a request at the end of the atom. h is the hash of the running key, 0 without one.
func (a *Asks[Req, Rep]) Ask(l *Lane, h uint64, req Req) *Future[Rep] {
	f := a.open.open(l.nextAsk(h))
	l.asked = append(l.asked, &f.futureHead)
	a.out.Put(l, Request[Req]{Req: req, id: f.id, from: uint32(l.flow.runtime.Number), cell: f.cell, Trail: l.trail(f.id)})
	return f
}

// trail is that of an ask of the running handler; 0 stands for one where nobody waits. Such an ask is no link of its own where none is
// needed: not to find who asked, who keeps no key closed, nor to part what is waited for from what is above. So it does not grow where
// each request tells the next one, for ever.
func (l *Lane) trail(ask uint64) Trail {
	if !l.flow.runtime.Exclusive {
		return nil
	}
	if ask == 0 && !l.flow.gated && (l.above == nil || l.above.ask == 0) {
		return l.above
	}
	return &link{askID{l.flow.runtime.Number, ask}, l.firstAsk, l.above}
}

// Tell sends a request whose reply nobody will wait for.
func (a *Asks[Req, Rep]) Tell(l *Lane, h uint64, req Req) {
	id := l.nextAsk(h)
	a.out.Put(l, Request[Req]{Req: req, id: id, from: uint32(l.flow.runtime.Number), cell: told, Trail: l.trail(0)})
}

// Mark and Reset undo the asks of a handler that failed.
func (a *Asks[Req, Rep]) Mark() int { return a.out.len() }

// Reset drops the asks since Mark.
func (a *Asks[Req, Rep]) Reset(mark int) { a.out.truncate(mark) }

// AsksPortal makes w ask a portal; at finds a lane's end of it.
func AsksPortal[L worker, Req any, Rep any](w *Workflow[L], g *Graph, p *Portal[Req, Rep], at func(L) *Asks[Req, Rep]) {
	a := &asker{portal: p.node, number: len(p.node.askers), workflow: w.spec.Name, flow: &w.flow}
	a.requests = addStream(g, StreamSpec{Name: w.spec.Name + "?" + p.node.Spec.Name, Place: p.node.Spec.Place}, ByWorkflow, requestType(p.req)).Node
	a.requests.ofPortal = true
	p.node.askers = append(p.node.askers, a)
	a.replies = replyCodec(p.node.Spec.Name, p.rep)
	a.none = Events[Reply[Rep]](nil)
	a.holds = func(batch Batch) bool { _, own := batch.(Events[Reply[Rep]]); return own }
	addOutput(w, a.requests, true, func(l L) *Out[Request[Req]] { return &at(l).out })
	var open *openAsks[Rep]
	w.prepare = append(w.prepare, func(l L) {
		if base := l.base(); base.index == 0 {
			flow := base.flow
			open = &openAsks[Rep]{mark: PortalMark(p.node.Spec.Name), parts: make([]openPart[Rep], flow.lanes)}
			flow.ends.add(open)
		}
		at(l).open = open
	})
	a.hear = func(s *replyStream) {
		w.hears(s, heard[L]{
			awaited: func(events Batch) bool {
				for _, r := range events.(Events[Reply[Rep]]) {
					if f := open.find(r.id, r.cell); f != nil && f.awaited() {
						return true
					}
				}
				return false
			},
			run: func(l L, events Batch) {
				all, base := events.(Events[Reply[Rep]]), l.base()
				for i := range all {
					base.Event++
					r := &all[i]
					if f := open.find(r.id, r.cell); f != nil && f.awaited() {
						r.settle(f)
						w.waiters[f.waiter].resume(l, &f.futureHead)
					}
				}
			},
		})
	}
}

// settle is the end of the wait for a reply.
func (r *Reply[Rep]) settle(f *Future[Rep]) {
	if f.state, f.value = replied, r.value; r.reason != nil {
		f.state, f.reason = failed, r.reason
	}
}

// Answers is a lane's end of a portal that the workflow answers.
type Answers[Req any, Rep any] struct {
	askers []*asker
	outs   []Out[Reply[Rep]] // by asker
}

// put sends a reply on its way, unless the workflow that asked is one of an earlier version and there no more.
func (a *Answers[Req, Rep]) put(l *Lane, from uint32, r Reply[Rep]) {
	for i, asker := range a.askers {
		if uint32(asker.flow.runtime.Number) == from {
			a.outs[i].Put(l, r)
			return
		}
	}
}

// Settle answers a request with what its handler has replied since it last went on, if it has.
func (a *Answers[Req, Rep]) Settle(l *Lane, r *Request[Req], reply *Option[Rep]) {
	if reply.OK {
		a.Reply(l, *r, reply.Value)
		r.cell = answered
		*reply = Option[Rep]{}
	}
}

// Reply answers a request.
func (a *Answers[Req, Rep]) Reply(l *Lane, r Request[Req], value Rep) {
	if r.cell != told {
		a.put(l, r.from, Reply[Rep]{id: r.id, cell: r.cell, value: value})
	}
}

// Fail answers a request with a failure. The failure of a request whose reply nobody waits for is a dead letter; that of
// a handler which went on after its reply is one under the policy `skip`, and else stops the run.
func (a *Answers[Req, Rep]) Fail(l *Lane, r Request[Req], f *Fault, task, key, event string) {
	switch r.cell {
	case answered:
		l.Skip(f, task, key, event)
	case told:
		l.putAside(f, task, key, event)
	default:
		reason := f.Message
		a.put(l, r.from, Reply[Rep]{id: r.id, cell: r.cell, reason: &reason})
	}
}

// AnswersPortal makes w the workflow that answers a portal: take takes one request.
func AnswersPortal[L worker, Req any, Rep any](w *Workflow[L], g *Graph, p *Portal[Req, Rep], at func(L) *Answers[Req, Rep], take func(l L, r Request[Req])) {
	answersPortal(w, g, p, at, Each(take))
}

// answersPortal is AnswersPortal with take for all requests that a lane is given of an atom, as Reads has it.
func answersPortal[L worker, Req any, Rep any](w *Workflow[L], g *Graph, p *Portal[Req, Rep], at func(L) *Answers[Req, Rep], take func(l L, requests []Request[Req])) {
	if p.node.answer != nil {
		p.node.second = w.spec.Name
		return
	}
	p.node.answerName = w.spec.Name
	p.node.serve = func() { w.serving = true }
	p.node.answer = func(a *asker) {
		addInput(w, seenAs(a.requests, requestType(p.req)), take)
		w.inputs[len(w.inputs)-1].refuse = func(l L, events Batch) {
			complete := "workflow " + w.spec.Name + " is complete"
			for _, r := range events.(Events[Request[Req]]) {
				if r.cell != told {
					at(l).put(l.base(), r.from, Reply[Rep]{id: r.id, cell: r.cell, reason: &complete})
				}
			}
		}
		to := w.answersTo(g, a.workflow)
		own := replyCodec(p.node.Spec.Name, p.rep)
		to.stream.parts = append(to.stream.parts, a.replies)
		var outs []*Out[Reply[Rep]]
		spare := &spares[Reply[Rep]]{}
		to.take = append(to.take, func(lanes []L) Batch {
			for _, l := range lanes[len(outs):] {
				outs = append(outs, &at(l).outs[a.number])
			}
			if replies := gather(outs, spare); replies != nil {
				return a.adopt(replies, own)
			}
			return a.none
		})
		to.recycle = append(to.recycle, func(part Batch) {
			if _, own := part.(Events[Reply[Rep]]); own { // not one that was adopted
				spare.give(part)
			}
		})
		to.drop = append(to.drop, func(lanes []L) {
			for _, l := range lanes {
				at(l).outs[a.number].drop()
			}
		})
		w.prepare = append(w.prepare, func(l L) {
			if answers := at(l); len(answers.outs) == 0 {
				answers.askers, answers.outs = p.node.askers, make([]Out[Reply[Rep]], len(p.node.askers))
			}
		})
		a.hear(to.stream)
	}
}

// Connect joins the ends of all portals; the engine calls it once, when the graph is built.
func (g *Graph) Connect() error {
	if err := g.bind(); err != nil {
		return err
	}
	for _, p := range g.Portals {
		if p.answer == nil {
			return fmt.Errorf("%s: nobody answers portal %s", p.Spec.Place, p.Spec.Name)
		}
		if p.second != "" {
			return fmt.Errorf("%s: portal %s is answered by workflow %s and by workflow %s", p.Spec.Place, p.Spec.Name, p.answerName, p.second)
		}
		for _, a := range p.askers {
			p.answer(a)
		}
		if p.Spec.Exported && !p.imported {
			p.serve()
		}
	}
	return g.validate()
}

func requestType[Req any](t *Type[Req]) *Type[Request[Req]] {
	return &Type[Request[Req]]{
		Name: "Request[" + t.Name + "]", shaped: madeOf(kindRequest, partOf(t)),
		Append:     func(b []byte, r Request[Req]) []byte { return AppendRequest(b, r, t) },
		Read:       func(r *Reader) Request[Req] { return ReadRequest(r, t) },
		AppendJSON: func(b []byte, r Request[Req]) []byte { return t.AppendJSON(b, r.Req) },
	}
}

// RequestType describes the requests of a portal as frames hold them.
func RequestType[Req any](t *Type[Req]) *Type[Request[Req]] { return requestType(t) }

func replyCodec[Rep any](portal string, rep *Type[Rep]) replyPart {
	t := replyType(rep)
	return replyPart{
		portal: portal, shape: partOf(t),
		append: func(b []byte, events Batch) []byte { return appendEvents(b, events.(Events[Reply[Rep]]), t) },
		read:   func(r *Reader) Batch { return readEvents(r, t) },
		bytes:  eventBytes(t),
	}
}

func replyType[Rep any](t *Type[Rep]) *Type[Reply[Rep]] {
	return &Type[Reply[Rep]]{
		Name: "Reply[" + t.Name + "]", shaped: madeOf(kindReply, partOf(t)),
		Append: func(b []byte, r Reply[Rep]) []byte {
			b = AppendUint(AppendUint(b, r.id), uint64(r.cell))
			b = AppendBool(b, r.reason != nil)
			if r.reason != nil {
				return AppendString(b, *r.reason)
			}
			return t.Append(b, r.value)
		},
		Read: func(r *Reader) Reply[Rep] {
			v := Reply[Rep]{id: r.Uint(), cell: uint32(r.Uint())}
			if failed := r.Bool(); failed {
				reason := r.String()
				v.reason = &reason
			} else {
				v.value = t.Read(r)
			}
			return v
		},
	}
}

// AppendRequest and ReadRequest are the binary form of a request in a frame.
func AppendRequest[Req any](b []byte, r Request[Req], t *Type[Req]) []byte {
	b = AppendUint(b, r.id)
	b = AppendUint(b, uint64(r.from))
	b = AppendUint(b, uint64(r.cell+1)) // the two that are no cells are as short as others
	b = appendTrail(b, r.Trail)
	return t.Append(b, r.Req)
}

// ReadRequest reads what AppendRequest wrote.
func ReadRequest[Req any](r *Reader, t *Type[Req]) Request[Req] {
	return Request[Req]{id: r.Uint(), from: uint32(r.Uint()), cell: uint32(r.Uint()) - 1, Trail: readTrail(r), Req: t.Read(r)}
}
