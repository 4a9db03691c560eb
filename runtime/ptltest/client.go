package ptltest

import (
	"strings"

	"github.com/portals-lang/portals/runtime/ptl"
)

// Client is a test's end of a portal: a workflow that asks what it is fed, and writes the replies to a page.
type Client struct {
	portal string
	seen   Seen // the page
	join   func(r *trial, requests *feed) *ptl.StreamNode
}

// asksName names all that belongs to the client of a portal. Users' names have no spaces.
func asksName(portal string) string { return "test asks " + portal }

// Asks makes the client of a portal, which has its app before its name if it is imported.
func Asks[Req, Rep any](portal string, req *ptl.Type[Req], rep *ptl.Type[Rep]) Client {
	name := asksName(portal)
	return Client{portal, Sees(name, ptl.ResultType(rep, ptl.ErrorType)), func(r *trial, requests *feed) *ptl.StreamNode {
		g := r.graph
		asked := ptl.PortalIn(g, r.inGraph(portal), req, rep)
		if app, name, imported := strings.Cut(portal, "."); imported {
			asked = ptl.PeerPortal(g, ptl.PeerSpec{App: app, Name: name, Place: r.test.Place}, req, rep)
		}
		in := ptl.SourceStream(g, ptl.StreamSpec{Name: name}, req, ptl.Empty[Req]())
		in.Node.Source = requests
		out := ptl.NewStream(g, ptl.StreamSpec{Name: name + "!"}, ptl.ResultType(rep, ptl.ErrorType))
		w := ptl.NewWorkflow(g, ptl.WorkflowSpec{Name: name}, func(*clientLane[Req, Rep]) {})
		ptl.AsksPortal(w, g, asked, func(l *clientLane[Req, Rep]) *ptl.Asks[Req, Rep] { return &l.asks })
		ptl.Reads(w, in, ptl.Each((*clientLane[Req, Rep]).ask))
		ptl.AddTask(w, &ptl.Task[*clientLane[Req, Rep]]{
			Name: "Test",
			Waiting: []*ptl.StateSlot[*clientLane[Req, Rep]]{
				ptl.Awaits("Test", func(l *clientLane[Req, Rep]) *ptl.Waiting[ptl.Unit, clientFrame[Rep]] { return &l.waiting },
					ptl.UnitType, clientFrameType(rep), (*clientLane[Req, Rep]).answered, nil),
			},
		})
		ptl.Writes(w, out, func(l *clientLane[Req, Rep]) *ptl.Out[ptl.Result[Rep, ptl.Error]] { return &l.replies })
		return out.Node
	}}
}

type clientLane[Req, Rep any] struct {
	ptl.Lane
	asks    ptl.Asks[Req, Rep]
	waiting ptl.Waiting[ptl.Unit, clientFrame[Rep]]
	replies ptl.Out[ptl.Result[Rep, ptl.Error]]
}

// clientFrame is an ask that waits for its reply.
type clientFrame[Rep any] struct {
	at    uint32
	reply *ptl.Future[Rep]
}

func clientFrameType[Rep any](rep *ptl.Type[Rep]) *ptl.FrameType[clientFrame[Rep]] {
	return &ptl.FrameType[clientFrame[Rep]]{
		Name:    "ask",
		At:      func(f *clientFrame[Rep]) *uint32 { return &f.at },
		Points:  []ptl.Point{{At: 1, ID: 1}},
		Append:  func(b []byte, f *clientFrame[Rep]) []byte { return ptl.AppendFuture(b, f.reply, rep) },
		Read:    func(r *ptl.Reader, f *clientFrame[Rep]) { f.reply = ptl.ReadFuture(r, rep) },
		Futures: func(f *clientFrame[Rep], visit *ptl.Visit) { visit.Future(f.reply) },
	}
}

func (l *clientLane[Req, Rep]) ask(req Req) {
	l.Begin()
	f := clientFrame[Rep]{at: 1, reply: l.asks.Ask(&l.Lane, 0, req)}
	l.waiting.Suspend(&l.Lane, ptl.Unit{}, f)
}

func (l *clientLane[Req, Rep]) answered(_ uint64, _ ptl.Unit, f *clientFrame[Rep]) (ended bool) {
	if !f.reply.Done() {
		return false
	}
	l.replies.Put(&l.Lane, f.reply.Try())
	return true
}
