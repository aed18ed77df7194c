package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
)

// ErrNoTool says that PostgreSQL's own programs are not installed.
var ErrNoTool = errors.New("is not installed: install the PostgreSQL client programs of the server's version (Debian: postgresql-client)")

// Dump writes a snapshot of PostgreSQL into a file.
func Dump(ctx context.Context, address, snapshot, path string) error {
	return tool(ctx, address, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--enable-row-security", "--snapshot="+snapshot, "--file="+path)
}

// Undump reads a dump into an empty database, all of it or nothing.
func Undump(ctx context.Context, address, path string) error {
	return tool(ctx, address, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", path)
}

// CheckDump reads the list of a dump.
func CheckDump(ctx context.Context, path string) error {
	return tool(ctx, "", "pg_restore", "--list", path)
}

// tool runs a program of PostgreSQL. The password goes through the environment:
// anybody on the machine may read arguments.
func tool(ctx context.Context, address, name string, args ...string) error {
	program, err := exec.LookPath(name)
	if err != nil {
		return fmt.Errorf("%s %w", name, ErrNoTool)
	}
	// Where the rows of organisations are walled off, the dump is of all of them.
	environ := append(os.Environ(), strings.TrimSpace("PGOPTIONS="+os.Getenv("PGOPTIONS")+" -c farwatch.system=on"))
	if address != "" {
		safe, password, err := withoutPassword(address)
		if err != nil {
			return err
		}
		args = append([]string{"--no-password", "--dbname=" + safe}, args...)
		if password != "" {
			environ = append(environ, "PGPASSWORD="+password)
		}
	}
	command := exec.CommandContext(ctx, program, args...) //nolint:gosec // a fixed name, arguments of ours
	command.Env = environ
	var said bytes.Buffer
	command.Stderr = &said
	if err := command.Run(); err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		return fmt.Errorf("%s: %w: %s", name, err, first)
	}
	return nil
}

// withoutPassword takes the password out of an address.
func withoutPassword(address string) (safe, password string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", "", errors.New("FARWATCH_DATABASE_URL cannot be read")
	}
	if u.User != nil {
		password, _ = u.User.Password()
		u.User = url.User(u.User.Username())
	}
	if q := u.Query(); q.Has("password") {
		password = q.Get("password")
		q.Del("password")
		u.RawQuery = q.Encode()
	}
	return u.String(), password, nil
}
