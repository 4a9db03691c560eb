package ptl

// Hashed is a key with its hash.
type Hashed[K comparable] struct {
	Hash uint64
	Key  K
}

const (
	// aheadLeast is how many requests an atom has for which it pays to look where their keys are before any is handled, and warmKeys how
	// many keys there are then: fewer lie in the nearest cache.
	aheadLeast = 4
	warmKeys   = 512
)

// AnswersByKey is AnswersPortal for a task that has state per key. If lane 0 does the whole atom, keys finds out the keys of several requests
// at once, and run takes each with its own: so the table is asked for all of them before any is handled. Where keys fails, none of
// those requests counts as begun, and take takes them one by one, as it does whenever lanes share the atom.
func AnswersByKey[L worker, K comparable, S any, Req any, Rep any](w *Workflow[L], g *Graph, p *Portal[Req, Rep], at func(L) *Answers[Req, Rep], state func(L) *Keyed[K, S],
	keys func(l L, requests []Request[Req], found []Hashed[K]), run func(l L, h uint64, key K, r Request[Req]), take func(l L, r Request[Req])) {
	each := Each(take)
	answersPortal(w, g, p, at, func(l L, requests []Request[Req]) {
		base, k := l.base(), state(l)
		if !base.Inline || len(requests) < aheadLeast {
			each(l, requests)
			return
		}
		if k.ahead == nil {
			k.ahead = make([]Hashed[K], blockSize)
		}
		for first := 0; first < len(requests); first += blockSize {
			block := requests[first:min(first+blockSize, len(requests))]
			found := k.ahead[:len(block)]
			base.Event = first
			failed := base.Guard(func() { keys(l, block, found) }) != nil
			if !failed {
				k.table.lookAhead(found)
			}
			for i := range block {
				if base.Event = first + i; failed {
					take(l, block[i])
				} else {
					run(l, found[i].Hash, found[i].Key, block[i])
				}
			}
		}
	})
}

// lookAhead looks where keys are, before they are used, as that of a part does for hashes.
func (t *keyedTable[K, S]) lookAhead(keys []Hashed[K]) {
	if t.parts[0].live*len(t.parts) < warmKeys {
		return
	}
	var numbers [blockSize]uint32
	for i := range keys {
		h := keys[i].Hash
		if index := t.part(h).index; len(index) > 0 {
			numbers[i] = uint32(index[uint64(indexTag(h))&uint64(len(index)-1)])
		}
	}
	for i, n := range numbers[:len(keys)] {
		if n != 0 {
			p := t.part(keys[i].Hash)
			p.seen += p.at(n - 1).atom
		}
	}
}

// part is the part of the table that has the keys with a hash.
func (t *keyedTable[K, S]) part(h uint64) *part[K, S] {
	return &t.parts[(h>>56)*uint64(len(t.parts))>>8]
}
