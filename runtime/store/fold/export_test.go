package fold

// Limit has a leaf sorted from so many bytes on.
func (f *Fold) Limit(bytes int) { f.limit = bytes }

// Leaves is how many leaves there are.
func (f *Fold) Leaves() int { return len(f.leaves) }
