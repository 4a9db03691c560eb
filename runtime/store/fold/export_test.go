package fold

// Limit has a leaf sorted from so many bytes on.
func (f *Fold) Limit(bytes int) { f.limit = bytes }

// Leaves is how many leaves there are.
func (f *Fold) Leaves() int { return len(f.leaves) }

// GoneThrough is the most that a sealed fold has to go through for a key.
func (f *Fold) GoneThrough() (most int) {
	for _, l := range f.leaves {
		if !l.settled {
			most = max(most, l.bytes)
		}
	}
	return most
}

// Crowd is the most leaves that a slot of the index has.
func (f *Fold) Crowd() int {
	most := 0
	for i := range len(f.index.table) - 1 {
		most = max(most, int(f.index.table[i+1]-f.index.table[i]))
	}
	return most
}
