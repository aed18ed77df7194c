package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// ErrPasskey is every refusal of a passkey: which check failed is nobody's
// business but the log's.
var ErrPasskey = errors.New("passkey refused")

// ErrNoPasskeys says that the base URL is none that passkeys can be bound to,
// as an address of digits.
var ErrNoPasskeys = errors.New("passkeys need a base URL with a host name")

// Passkeys runs the ceremonies of WebAuthn for one address.
type Passkeys struct{ relying *webauthn.WebAuthn }

// PasskeyUser is a person as the ceremonies need it; Credentials are the JSON
// texts that the store keeps.
type PasskeyUser struct {
	ID, Name    string
	Credentials [][]byte
}

// PasskeyRequest is what a browser needs to begin a ceremony. All is in
// base64url. State is for FinishX only and never leaves the server.
type PasskeyRequest struct {
	Challenge   string
	RPID        string
	RPName      string
	UserHandle  string
	Credentials []string // to leave out when enrolling, to choose from when proving
	Algorithms  []int
	State       []byte
}

// PasskeyAnswer is what a browser gives back, in base64url. Enrolment fills
// AttestationObject, proof AuthenticatorData and Signature.
type PasskeyAnswer struct {
	ID                string
	ClientDataJSON    string
	AttestationObject string
	AuthenticatorData string
	Signature         string
	Transports        []string
}

// NewPasskeys takes identity and origin from the base URL, never from a
// request (S21).
func NewPasskeys(base *url.URL, lifetime time.Duration) *Passkeys {
	timeout := webauthn.TimeoutConfig{Timeout: lifetime, TimeoutUVD: lifetime}
	relying, err := webauthn.New(&webauthn.Config{
		RPID: base.Hostname(), RPDisplayName: "Farwatch", RPOrigins: []string{base.Scheme + "://" + base.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			UserVerification: protocol.VerificationRequired, ResidentKey: protocol.ResidentKeyRequirementPreferred,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: timeout, Registration: timeout},
	})
	if err != nil || protocol.ValidateRPID(base.Hostname()) != nil {
		return &Passkeys{}
	}
	return &Passkeys{relying: relying}
}

// Work tells whether passkeys can be bound to the address of this server.
func (p *Passkeys) Work() bool { return p.relying != nil }

// relyingUser is the library's view of a person.
type relyingUser struct {
	id, name    string
	credentials []webauthn.Credential
}

func (u relyingUser) WebAuthnID() []byte                         { return []byte(u.id) }
func (u relyingUser) WebAuthnName() string                       { return u.name }
func (u relyingUser) WebAuthnDisplayName() string                { return u.name }
func (u relyingUser) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

func (u PasskeyUser) relying() (relyingUser, error) {
	out := relyingUser{id: u.ID, name: u.Name}
	for _, text := range u.Credentials {
		var c webauthn.Credential
		if err := json.Unmarshal(text, &c); err != nil {
			return out, fmt.Errorf("read passkey: %w", err)
		}
		out.credentials = append(out.credentials, c)
	}
	return out, nil
}

// BeginEnrolment makes the request for a new passkey. Errors: ErrNoPasskeys.
func (p *Passkeys) BeginEnrolment(user PasskeyUser) (PasskeyRequest, error) {
	if p.relying == nil {
		return PasskeyRequest{}, ErrNoPasskeys
	}
	u, err := user.relying()
	if err != nil {
		return PasskeyRequest{}, err
	}
	known := webauthn.Credentials(u.credentials).CredentialDescriptors()
	creation, session, err := p.relying.BeginRegistration(u, webauthn.WithExclusions(known))
	if err != nil {
		return PasskeyRequest{}, fmt.Errorf("begin passkey: %w", err)
	}
	request, err := p.request(session)
	if err != nil {
		return PasskeyRequest{}, err
	}
	request.UserHandle = base64.RawURLEncoding.EncodeToString(u.WebAuthnID())
	request.Credentials = credentialIDs(known)
	for _, parameter := range creation.Response.Parameters {
		request.Algorithms = append(request.Algorithms, int(parameter.Algorithm))
	}
	return request, nil
}

// FinishEnrolment checks the answer and gives the credential to keep, and the
// hash that finds it. Errors: ErrPasskey.
func (p *Passkeys) FinishEnrolment(user PasskeyUser, state []byte, answer PasskeyAnswer) (credential []byte, hash string, err error) {
	u, session, id, client, err := p.resume(user, state, answer)
	if err != nil {
		return nil, "", err
	}
	object, err := base64.RawURLEncoding.DecodeString(answer.AttestationObject)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	parsed, err := protocol.CredentialCreationResponse{
		PublicKeyCredential: id,
		AttestationResponse: protocol.AuthenticatorAttestationResponse{
			AuthenticatorResponse: client, AttestationObject: object, Transports: answer.Transports,
		},
	}.Parse()
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	made, err := p.relying.CreateCredential(u, session, parsed)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	credential, err = json.Marshal(made)
	if err != nil {
		return nil, "", fmt.Errorf("encode passkey: %w", err)
	}
	sum := sha256.Sum256(made.ID)
	return credential, hex.EncodeToString(sum[:]), nil
}

// BeginProof makes the request to prove with one of the person's passkeys.
func (p *Passkeys) BeginProof(user PasskeyUser) (PasskeyRequest, error) {
	if p.relying == nil {
		return PasskeyRequest{}, ErrNoPasskeys
	}
	u, err := user.relying()
	if err != nil {
		return PasskeyRequest{}, err
	}
	assertion, session, err := p.relying.BeginLogin(u)
	if err != nil {
		return PasskeyRequest{}, fmt.Errorf("begin proof: %w", err)
	}
	request, err := p.request(session)
	request.Credentials = credentialIDs(assertion.Response.AllowedCredentials)
	return request, err
}

// FinishProof checks the answer; which is the place of the passkey among the
// person's, and credential its new state, to be kept. Errors: ErrPasskey.
func (p *Passkeys) FinishProof(user PasskeyUser, state []byte, answer PasskeyAnswer) (which int, credential []byte, err error) {
	u, session, id, client, err := p.resume(user, state, answer)
	if err != nil {
		return 0, nil, err
	}
	data, dataErr := base64.RawURLEncoding.DecodeString(answer.AuthenticatorData)
	signature, signatureErr := base64.RawURLEncoding.DecodeString(answer.Signature)
	if err := errors.Join(dataErr, signatureErr); err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	parsed, err := protocol.CredentialAssertionResponse{
		PublicKeyCredential: id,
		AssertionResponse:   protocol.AuthenticatorAssertionResponse{AuthenticatorResponse: client, AuthenticatorData: data, Signature: signature},
	}.Parse()
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	used, err := p.relying.ValidateLogin(u, session, parsed)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	if used.Authenticator.CloneWarning {
		return 0, nil, fmt.Errorf("%w: its counter went back", ErrPasskey)
	}
	for i, c := range u.credentials {
		if string(c.ID) == string(used.ID) {
			which = i
		}
	}
	credential, err = json.Marshal(used)
	if err != nil {
		return 0, nil, fmt.Errorf("encode passkey: %w", err)
	}
	return which, credential, nil
}

// resume reads what both kinds of answer share.
func (p *Passkeys) resume(user PasskeyUser, state []byte, answer PasskeyAnswer) (relyingUser, webauthn.SessionData, protocol.PublicKeyCredential, protocol.AuthenticatorResponse, error) {
	var session webauthn.SessionData
	var id protocol.PublicKeyCredential
	var client protocol.AuthenticatorResponse
	if p.relying == nil {
		return relyingUser{}, session, id, client, ErrPasskey
	}
	u, err := user.relying()
	if err != nil {
		return u, session, id, client, err
	}
	if err := json.Unmarshal(state, &session); err != nil {
		return u, session, id, client, fmt.Errorf("read passkey ceremony: %w", err)
	}
	raw, idErr := base64.RawURLEncoding.DecodeString(answer.ID)
	data, dataErr := base64.RawURLEncoding.DecodeString(answer.ClientDataJSON)
	if err := errors.Join(idErr, dataErr); err != nil {
		return u, session, id, client, fmt.Errorf("%w: %w", ErrPasskey, err)
	}
	id = protocol.PublicKeyCredential{Credential: protocol.Credential{ID: answer.ID, Type: "public-key"}, RawID: raw}
	client.ClientDataJSON = data
	return u, session, id, client, nil
}

func (p *Passkeys) request(session *webauthn.SessionData) (PasskeyRequest, error) {
	state, err := json.Marshal(session)
	if err != nil {
		return PasskeyRequest{}, fmt.Errorf("encode passkey ceremony: %w", err)
	}
	return PasskeyRequest{
		Challenge: session.Challenge, RPID: p.relying.Config.RPID, RPName: p.relying.Config.RPDisplayName, State: state,
	}, nil
}

func credentialIDs(list []protocol.CredentialDescriptor) []string {
	out := make([]string, len(list))
	for i, d := range list {
		out[i] = base64.RawURLEncoding.EncodeToString(d.CredentialID)
	}
	return out
}

// ChallengeHash finds the ceremony that an answer belongs to, by the challenge
// that the browser signed. What it cannot read finds none.
func ChallengeHash(clientDataJSON string) string {
	data, err := base64.RawURLEncoding.DecodeString(clientDataJSON)
	if err != nil {
		return ""
	}
	var client struct {
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal(data, &client) != nil {
		return ""
	}
	return HashOneTimeToken(client.Challenge)
}
