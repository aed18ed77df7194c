// Package softkey is an authenticator in software, for tests of passkeys. It
// can be told to lie, as no real one can.
package softkey

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// Key is one passkey and the browser in front of it.
type Key struct {
	Origin       string // that the browser says it is on
	RPID         string // that the key signs for
	NotVerified  bool   // the key did not ask for a finger or a number
	NotPresent   bool   // nobody touched it
	CrossOrigin  bool   // the page lay in a frame of another site
	Count        uint32 // of signatures; 0 stays 0
	ID           []byte
	private      *ecdsa.PrivateKey
	ceremonyType string // overrides what the browser says it is doing
}

// New draws a passkey for an origin.
func New(origin, rpID string) (*Key, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("draw key: %w", err)
	}
	id := make([]byte, 32)
	if _, err := rand.Read(id); err != nil {
		return nil, fmt.Errorf("draw key id: %w", err)
	}
	return &Key{Origin: origin, RPID: rpID, ID: id, private: private}, nil
}

// As makes the browser name another ceremony than it runs.
func (k *Key) As(ceremonyType string) { k.ceremonyType = ceremonyType }

// Flags of authenticator data.
const (
	present  = 0x01
	verified = 0x04
	attested = 0x40
)

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// CredentialID is how the browser names the key.
func (k *Key) CredentialID() string { return encode(k.ID) }

func (k *Key) clientData(ceremony, challenge string) ([]byte, error) {
	if k.ceremonyType != "" {
		ceremony = k.ceremonyType
	}
	data, err := json.Marshal(map[string]any{"type": ceremony, "challenge": challenge, "origin": k.Origin, "crossOrigin": k.CrossOrigin})
	if err != nil {
		return nil, fmt.Errorf("encode client data: %w", err)
	}
	return data, nil
}

func (k *Key) authenticatorData(flags byte) []byte {
	if !k.NotPresent {
		flags |= present
	}
	if !k.NotVerified {
		flags |= verified
	}
	hash := sha256.Sum256([]byte(k.RPID))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), k.Count)
}

// Enrol answers the challenge of an enrolment.
func (k *Key) Enrol(challenge string) (clientData, attestation string, err error) {
	client, err := k.clientData("webauthn.create", challenge)
	if err != nil {
		return "", "", err
	}
	point, err := k.private.PublicKey.Bytes()
	if err != nil {
		return "", "", fmt.Errorf("encode key: %w", err)
	}
	data := append(k.authenticatorData(attested), make([]byte, 16)...) // no model
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.ID)))
	data = append(data, k.ID...)
	// {1: 2, 3: -7, -1: 1, -2: x, -3: y} in CBOR: an ES256 key.
	data = append(data, 0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20)
	data = append(data, point[1:33]...)
	data = append(data, 0x22, 0x58, 0x20)
	data = append(data, point[33:]...)
	// {"fmt": "none", "attStmt": {}, "authData": …}.
	object := []byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58")
	object = append(append(object, byte(len(data))), data...)
	return encode(client), encode(object), nil
}

// Prove answers the challenge of a proof.
func (k *Key) Prove(challenge string) (clientData, authenticatorData, signature string, err error) {
	client, err := k.clientData("webauthn.get", challenge)
	if err != nil {
		return "", "", "", err
	}
	if k.Count > 0 {
		k.Count++
	}
	data := k.authenticatorData(0)
	clientHash := sha256.Sum256(client)
	digest := sha256.Sum256(append(data[:len(data):len(data)], clientHash[:]...))
	signed, err := ecdsa.SignASN1(rand.Reader, k.private, digest[:])
	if err != nil {
		return "", "", "", fmt.Errorf("sign: %w", err)
	}
	return encode(client), encode(data), encode(signed), nil
}
