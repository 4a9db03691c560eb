package match

// matrix is the rows that are tried before a vector. They are kept by the constructor of their first column, and what stands
// under a constructor is kept for the next vector: so the arms of a match are judged one after the other, and each takes no
// longer because there are many. The order of rows makes no difference.
type matrix struct {
	base  *matrix // further rows, or nil; they do not grow while this matrix is used
	some  bool    // there is a row
	full  bool    // there is one that matches everything
	named map[Tag][][]Pattern
	wild  [][]Pattern // those whose first column is anything, without it
	parts map[Tag]*part
	rest  *part
}

// part is the matrix of those rows of another that can begin in a certain way. It has taken so many of them.
type part struct {
	matrix
	named, wild int
}

// add adds a row. It may be one of alternatives, which are as many rows.
func (m *matrix) add(row []Pattern) {
	m.put(row)
	for _, p := range row {
		if p != nil {
			return
		}
	}
	m.full = true
}

func (m *matrix) put(row []Pattern) {
	if len(row) == 0 {
		m.some = true
		return
	}
	switch p := row[0].(type) {
	case nil:
		m.some = true
		m.wild = append(m.wild, row[1:])
	case *Con:
		if m.some = true; m.named == nil {
			m.named = map[Tag][][]Pattern{}
		}
		m.named[p.Tag] = append(m.named[p.Tag], row)
	case *Or:
		for _, alt := range p.Alts {
			m.put(join([]Pattern{alt}, row[1:]))
		}
	}
}

func (m *matrix) isEmpty() bool { return !m.some && (m.base == nil || m.base.isEmpty()) }
func (m *matrix) isFull() bool  { return m.full || m.base != nil && m.base.isFull() }

// names tells whether a row begins with a constructor.
func (m *matrix) names(tag Tag) bool {
	return len(m.named[tag]) > 0 || m.base != nil && m.base.names(tag)
}

// heads is the number of constructors that rows begin with.
func (m *matrix) heads() int {
	if m.base == nil {
		return len(m.named)
	}
	n := m.base.heads()
	for tag := range m.named {
		if !m.base.names(tag) {
			n++
		}
	}
	return n
}

// under is the rows that can begin with a constructor, with its arguments in its place.
func (m *matrix) under(tag Tag, arity int) *matrix {
	p := m.parts[tag]
	if p == nil {
		if m.parts == nil {
			m.parts = map[Tag]*part{}
		}
		p = &part{}
		m.parts[tag] = p
	}
	if m.base != nil {
		p.base = m.base.under(tag, arity)
	}
	for _, row := range m.named[tag][p.named:] {
		if args := row[0].(*Con).Args; len(args) == arity {
			p.put(join(args, row[1:]))
		}
	}
	for _, row := range m.wild[p.wild:] {
		p.put(join(make([]Pattern, arity), row))
	}
	p.named, p.wild = len(m.named[tag]), len(m.wild)
	return &p.matrix
}

// defaults is the rows whose first column matches what no constructor of the others does, without that column.
func (m *matrix) defaults() *matrix {
	if m.rest == nil {
		m.rest = &part{}
	}
	if m.base != nil {
		m.rest.base = m.base.defaults()
	}
	for _, row := range m.wild[m.rest.wild:] {
		m.rest.put(row)
	}
	m.rest.wild = len(m.wild)
	return &m.rest.matrix
}
