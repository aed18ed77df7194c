package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"farwatch/internal/auth"
	"farwatch/internal/config"
)

// openKeys opens the key file of the settings.
func openKeys(c config.Config) (*auth.Keys, error) {
	return auth.OpenKeys(auth.KeyOptions{
		Path: c.KeyFile, DataDir: c.DataDir, AllowInside: c.Demo, Credential: c.Credential,
		Passphrase: func() (string, error) { return passphrase(c, "Passphrase of the key file: ") },
	})
}

// passphrase reads the passphrase from the file of the settings, or asks for it
// on the terminal.
func passphrase(c config.Config, question string) (string, error) {
	switch c.Passphrase {
	case "":
		return askTerminal(question)
	case "-":
		return readLine(os.Stdin)
	}
	f, err := os.Open(c.Passphrase)
	if err != nil {
		return "", fmt.Errorf("FARWATCH_KEY_PASSPHRASE_FILE: %w", err)
	}
	line, err := readLine(f)
	return line, errors.Join(err, f.Close())
}

// newPassphrase asks for a passphrase to set; on the terminal twice.
func newPassphrase(c config.Config) (string, error) {
	first, err := passphrase(c, "New passphrase: ")
	if err != nil {
		return "", err
	}
	if err := auth.CheckPassword(first, ""); err != nil {
		return "", fmt.Errorf("the passphrase is refused (%w): use 15 characters or more that nobody would guess", err)
	}
	if c.Passphrase != "" {
		return first, nil
	}
	second, err := askTerminal("Once more: ")
	if err == nil && first != second {
		err = errors.New("the two are not the same")
	}
	return first, err
}

// maxPassphrase bounds a line.
const maxPassphrase = 1024

// readLine reads one line and not a byte more: what follows is for others.
func readLine(r io.Reader) (string, error) {
	var line strings.Builder
	one := make([]byte, 1)
	for line.Len() < maxPassphrase {
		n, err := r.Read(one)
		if n == 1 && one[0] == '\n' {
			break
		}
		line.Write(one[:n])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", fmt.Errorf("read a line: %w", err)
		}
	}
	out := strings.TrimRight(line.String(), "\r")
	if out == "" {
		return "", errors.New("there is nothing to read")
	}
	return out, nil
}

// askTerminal asks whoever sits at the terminal, wherever standard input comes
// from.
func askTerminal(question string) (answer string, err error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", errors.New("the key file is sealed and there is no terminal to ask at: name a file with the passphrase in FARWATCH_KEY_PASSPHRASE_FILE")
	}
	defer func() { err = errors.Join(err, tty.Close()) }()
	restore, err := hideTyping(tty)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, restore()) }()
	fmt.Fprint(tty, question)
	answer, err = readLine(tty)
	fmt.Fprintln(tty)
	return answer, err
}
