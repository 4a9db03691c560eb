package ptl

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type askingLane struct {
	Lane
	asks    [2]Asks[int64, int64]
	answers [2]Answers[int64, int64]
}

// repliesFor is the stream of what a workflow answers another that asks these portals, in this order.
func repliesFor(t *testing.T, portals ...string) *StreamNode {
	t.Helper()
	g := &Graph{}
	asks := NewWorkflow[askingLane](g, WorkflowSpec{Name: "asks"}, nil)
	answers := NewWorkflow[askingLane](g, WorkflowSpec{Name: "answers"}, nil)
	for i, name := range portals {
		p := NewPortal(g, PortalSpec{Name: name}, IntType, IntType)
		AsksPortal(asks, g, p, func(l *askingLane) *Asks[int64, int64] { return &l.asks[i] })
		AnswersPortal(answers, g, p, func(l *askingLane) *Answers[int64, int64] { return &l.answers[i] }, func(*askingLane, Request[int64]) {})
	}
	if err := g.Connect(); err != nil {
		t.Fatal(err)
	}
	for _, s := range g.Streams {
		if s.Spec.Name == "answers!asks" {
			return s
		}
	}
	t.Fatal("nobody answers")
	return nil
}

// TestRepliesOfAnotherVersion: an atom of replies goes on in a version that asks more portals, or the same in another
// order; one that asks less has lost somebody who waits.
func TestRepliesOfAnotherVersion(t *testing.T) {
	all := cmp.AllowUnexported(Reply[int64]{}, replyBatch{})
	before := repliesFor(t, "p", "q")
	no := "no"
	atom := repliesOf(Events[Reply[int64]]{{id: 256, value: 5}, {id: 257, reason: &no}}, Events[Reply[int64]]{{id: 512, value: 7}})
	stored := before.Append(nil, atom)

	now := repliesFor(t, "q", "p")
	upgraded, err := UpgradeAtom(before.Shape(), now.Shape(), stored)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(repliesOf(atom.parts[1], atom.parts[0]), now.Read(NewReader(upgraded)), all); d != "" {
		t.Error(d)
	}

	one := repliesFor(t, "q")
	upgraded, err = UpgradeAtom(one.Shape(), before.Shape(), one.Append(nil, repliesOf(atom.parts[1])))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(repliesOf(Events[Reply[int64]]{}, atom.parts[1]), before.Read(NewReader(upgraded)), all); d != "" {
		t.Error(d)
	}
	if _, err := UpgradeAtom(before.Shape(), one.Shape(), stored); err == nil || !strings.Contains(err.Error(), "field p of record replies is gone") {
		t.Error(err)
	}
}

// TestReplyOfAnotherType: replies that have become another type are seen as such.
func TestReplyOfAnotherType(t *testing.T) {
	of := func(part replyPart) *Shape { return (&replyStream{parts: []replyPart{part}}).shape() }
	ints, texts := of(replyCodec("p", IntType)), of(replyCodec("p", StringType))
	ok, why := Compatible(ints, texts)
	if ok || why != "field p of record replies is Int in the old version, and String in the new one" {
		t.Error(ok, why)
	}
}

func repliesOf(parts ...Batch) *replyBatch {
	b := &replyBatch{}
	for _, part := range parts {
		b.add(part)
	}
	return b
}
