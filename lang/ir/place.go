package ir

// Root is the variable or state that a place is a part of; of anything else it is x itself.
func Root(x Expr) Expr {
	for {
		f, ok := x.(*FieldGet)
		if !ok {
			return x
		}
		x = f.Of
	}
}

// Changes tells whether x is a place that can change: a variable that does, a state, or a field of a record that is
// one. What an enum, an Option, a tuple or a collection holds is a value.
func Changes(x Expr) bool {
	switch x := x.(type) {
	case *Local:
		return x.Var.Mutable
	case *State:
		return true
	case *FieldGet:
		return !x.Variant.Def.Enum && Changes(x.Of)
	}
	return false
}
