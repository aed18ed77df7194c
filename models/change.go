package models

// What became of a record that a copy may hold.
const (
	ChangeHere        = "here"
	ChangeErased      = "erased"
	ChangeNotVisible  = "not_visible"
	ChangeNotMatching = "not_matching"
	// Besides StatusWithdrawn and StatusMerged.
)

// RecordChange is one step that a copy takes to be true again: a record as it
// is, or that it is gone.
type RecordChange struct {
	Ref        string
	State      string
	MergedInto *string
	Record     *Incident // where State is ChangeHere
}

// ChangeCursor is how far a copy has followed.
type ChangeCursor struct {
	// After is the last number seen, Begun the newest when the copy began empty:
	// what was gone by then it never had.
	After, Begun int64
}

// AsMachine is the principal as a program sees through it: the rules of a copy
// are the same whether a session or a token asks for it.
func (p Principal) AsMachine() Principal {
	if !p.Machine() {
		p.TokenID = "session"
	}
	return p
}
