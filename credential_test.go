package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKeys_CredentialOfSystemd plays what systemd does: a read-only file in a
// folder that it names, readable by way of its access list.
func TestKeys_CredentialOfSystemd_OpensAndIsNeverWritten(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.withAmina()
	made, err := os.ReadFile(strings.TrimPrefix(p.environ[1], "FARWATCH_KEY_FILE="))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "credentials")
	path := filepath.Join(dir, "farwatch-key")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, made, 0o440); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(strings.TrimPrefix(p.environ[1], "FARWATCH_KEY_FILE=")); err != nil {
		t.Fatal(err)
	}
	p.environ[1] = "FARWATCH_KEY_FILE=creds:farwatch-key"
	p.want(1, "needs CREDENTIALS_DIRECTORY", "", "keys", "status")
	p.environ = append(p.environ, "CREDENTIALS_DIRECTORY="+dir)
	p.want(0, "Mode creds: systemd decrypts the key file", "", "keys", "status")
	p.want(0, "The audit chain is intact", "", "audit", "verify")
	for _, args := range [][]string{{"keys", "rotate"}, {"keys", "rotate", "-root"}, {"keys", "recover", path, path}} {
		p.want(1, "is a credential of systemd and cannot be changed here", "", args...)
	}
	p.want(0, "has a new key", "", "keys", "rotate", "-data", "-alone")
	if after, err := os.ReadFile(path); err != nil || string(after) != string(made) {
		t.Errorf("the credential changed: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%d files beside the credential, %v", len(left), err)
	}

	p.environ[1] = "FARWATCH_KEY_FILE=creds:another"
	p.want(1, "the credential another is not there", "", "migrate")
	if _, err := os.Stat(filepath.Join(dir, "another")); err == nil {
		t.Error("a credential was made")
	}
	p.environ[1] = "FARWATCH_KEY_FILE=creds:../farwatch-key"
	p.want(1, "without a folder", "", "keys", "status")
}
