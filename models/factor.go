package models

import (
	"slices"
	"time"
)

// FactorKind is how a person proves to be the one, besides the password.
type FactorKind string

// The kinds. A recovery code is a proof but no factor of its own: it only
// exists beside one.
const (
	FactorNone     FactorKind = "" // the password alone
	FactorTOTP     FactorKind = "totp"
	FactorPasskey  FactorKind = "passkey"
	FactorRecovery FactorKind = "recovery_code"
)

// Limits of rules S19, S21 and S22.
const (
	StepUpLife    = 5 * time.Minute // how long a proof counts for what is dangerous
	TicketLife    = 5 * time.Minute // between the password and the second factor
	ChallengeLife = 5 * time.Minute // of one passkey ceremony
	RecoveryCodes = 10
	MaxFactors    = 10
	MaxFactorName = 60 // characters
)

// Factor is one authenticator app or passkey of a person. Secret is the seed
// of an app, Credential the key of a passkey as JSON; both are sealed at rest.
type Factor struct {
	ID         string
	Kind       FactorKind
	Name       string
	Secret     []byte
	Credential []byte
	CreatedAt  time.Time
	LastUsedAt *time.Time
}

// Factors are all that a person can prove with.
type Factors struct {
	List          []Factor // confirmed ones, oldest first
	RecoveryCodes int      // unused
}

// Has tells whether there is a factor of the kind.
func (f Factors) Has(kind FactorKind) bool {
	for _, one := range f.List {
		if one.Kind == kind {
			return true
		}
	}
	return false
}

// Ways lists the kinds of proof that this person can give.
func (f Factors) Ways() []FactorKind {
	var out []FactorKind
	for _, kind := range []FactorKind{FactorPasskey, FactorTOTP} {
		if f.Has(kind) {
			out = append(out, kind)
		}
	}
	if len(out) > 0 && f.RecoveryCodes > 0 {
		out = append(out, FactorRecovery)
	}
	return out
}

// Counting are the factors that may be shown: where only a passkey will do, an
// app beside one is no way around it.
func (f Factors) Counting(passkeyOnly bool) Factors {
	if passkeyOnly && f.Has(FactorPasskey) {
		f.List = slices.DeleteFunc(slices.Clone(f.List), func(one Factor) bool { return one.Kind != FactorPasskey })
	}
	return f
}

// FactorProof is a proof that was checked and is to be used up: a time step of
// an app, the new state of a passkey, or the hash of a recovery code.
type FactorProof struct {
	Kind       FactorKind
	FactorID   string
	Step       int64
	Credential []byte
	CodeHash   string
}

// ChallengePurpose keeps the ceremonies of passkeys apart.
type ChallengePurpose string

// The purposes.
const (
	ChallengeEnrol  ChallengePurpose = "enrol"
	ChallengeSignIn ChallengePurpose = "sign_in"
	ChallengeStepUp ChallengePurpose = "step_up"
)

// Challenge is one passkey ceremony. BoundTo is the ticket or session that
// asked for it: nobody else may answer.
type Challenge struct {
	Hash    string
	Purpose ChallengePurpose
	UserID  string
	BoundTo string
	State   []byte // of the ceremony, as JSON
}

// FactorRefused is the one answer to a proof that is wrong, old or used up.
func FactorRefused() *Error {
	return Fail(KindForbidden, "factor.refused", "This code or passkey is not accepted. A code works once: wait for the next one.")
}

// FactorRequired is the answer to somebody who has not shown the second factor
// that the roles ask for.
func FactorRequired(p Principal) *Error {
	if p.Factor != FactorNone {
		return Fail(KindForbidden, "factor.required", "Your role asks for a passkey: an app's code can be typed into a false page. Add one to your account.")
	}
	return Fail(KindForbidden, "factor.required", "Add a second factor to your account first: an authenticator app or a passkey.")
}

// TicketInvalid is the answer to a second step whose first is too long ago.
func TicketInvalid() *Error {
	return Fail(KindUnauthenticated, "session.ticket_invalid", "Too much time has passed. Begin again with your password.")
}
