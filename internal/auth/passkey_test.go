package auth_test

import (
	"encoding/base64"
	"errors"
	"net/url"
	"testing"
	"time"

	"farwatch/internal/auth"
	"farwatch/internal/auth/softkey"
)

func passkeys(t testing.TB, base string) *auth.Passkeys {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return auth.NewPasskeys(u, 5*time.Minute)
}

func TestPasskeys_AddressOfDigits_NoneToBeHad(t *testing.T) {
	t.Parallel()
	p := passkeys(t, "https://192.0.2.7")
	if _, err := p.BeginEnrolment(auth.PasskeyUser{ID: "u", Name: "amina"}); !errors.Is(err, auth.ErrNoPasskeys) {
		t.Errorf("enrolment: %v", err)
	}
	if _, err := p.BeginProof(auth.PasskeyUser{ID: "u", Name: "amina"}); !errors.Is(err, auth.ErrNoPasskeys) {
		t.Errorf("proof: %v", err)
	}
	if _, _, err := p.FinishEnrolment(auth.PasskeyUser{ID: "u"}, []byte("{}"), auth.PasskeyAnswer{}); !errors.Is(err, auth.ErrPasskey) {
		t.Errorf("finish: %v", err)
	}
}

func TestPasskeys_HostOfTheBaseURL_IsTheParty(t *testing.T) {
	t.Parallel()
	request, err := passkeys(t, "https://farwatch.example").BeginEnrolment(auth.PasskeyUser{ID: "u", Name: "amina"})
	if err != nil || request.RPID != "farwatch.example" || request.RPName != "Farwatch" || len(request.Algorithms) == 0 {
		t.Errorf("%+v, %v", request, err)
	}
}

// FuzzPasskeys is the part of T-14 that reads a stranger's CBOR: whatever comes
// is refused, not met with a panic.
func FuzzPasskeys_Answers(f *testing.F) {
	const origin = "http://localhost:8080"
	p := passkeys(f, origin)
	user := auth.PasskeyUser{ID: "user-1", Name: "amina"}
	request, err := p.BeginEnrolment(user)
	if err != nil {
		f.Fatal(err)
	}
	key, err := softkey.New(origin, "localhost")
	if err != nil {
		f.Fatal(err)
	}
	client, object, err := key.Enrol(request.Challenge)
	if err != nil {
		f.Fatal(err)
	}
	good, err := base64.RawURLEncoding.DecodeString(object)
	if err != nil {
		f.Fatal(err)
	}
	answer := auth.PasskeyAnswer{ID: key.CredentialID(), ClientDataJSON: client, AttestationObject: object}
	credential, _, err := p.FinishEnrolment(user, request.State, answer)
	if err != nil {
		f.Fatal("the good one must pass, else this test shows nothing:", err)
	}
	user.Credentials = [][]byte{credential}
	proof, err := p.BeginProof(user)
	if err != nil {
		f.Fatal(err)
	}
	signed, _, signature, err := key.Prove(proof.Challenge)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58\x25"))
	f.Fuzz(func(t *testing.T, data []byte) {
		changed := answer
		changed.AttestationObject = base64.RawURLEncoding.EncodeToString(data)
		if _, _, err := p.FinishEnrolment(user, request.State, changed); err != nil && !errors.Is(err, auth.ErrPasskey) {
			t.Errorf("enrolment: %v", err)
		}
		_, _, err := p.FinishProof(user, proof.State, auth.PasskeyAnswer{
			ID: key.CredentialID(), ClientDataJSON: signed, AuthenticatorData: changed.AttestationObject, Signature: signature,
		})
		if !errors.Is(err, auth.ErrPasskey) {
			t.Errorf("a proof that nobody signed: %v", err)
		}
	})
}
