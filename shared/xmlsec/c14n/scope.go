package c14n

// binding is a prefix ("" is the default namespace) and what it means; an empty
// uri: nothing.
type binding struct{ prefix, uri string }

// scope holds the bindings in force, one for each prefix, and can go back. They
// are few: a search through all is faster than a map.
type scope struct {
	now  []binding
	undo []change
}

// change restores the uri of a binding, or removes a new one.
type change struct {
	index int
	uri   string
	added bool
}

func (s *scope) index(prefix string) int {
	for i := len(s.now) - 1; i >= 0; i-- {
		if s.now[i].prefix == prefix {
			return i
		}
	}
	return -1
}

// get returns what a prefix means, "" for nothing.
func (s *scope) get(prefix string) string {
	if i := s.index(prefix); i >= 0 {
		return s.now[i].uri
	}
	return ""
}

func (s *scope) set(prefix, uri string) {
	i := s.index(prefix)
	if i < 0 {
		s.undo = append(s.undo, change{len(s.now), "", true})
		s.now = append(s.now, binding{prefix, uri})
		return
	}
	s.undo = append(s.undo, change{i, s.now[i].uri, false})
	s.now[i].uri = uri
}

func (s *scope) mark() int { return len(s.undo) }

func (s *scope) back(mark int) {
	for i := len(s.undo) - 1; i >= mark; i-- {
		if c := s.undo[i]; c.added {
			s.now = s.now[:c.index]
		} else {
			s.now[c.index].uri = c.uri
		}
	}
	s.undo = s.undo[:mark]
}
