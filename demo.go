package main

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"farwatch/internal/config"
	"farwatch/internal/demo"
	"farwatch/models"
)

// The demo's organisation and people: one login a role, so that each can be
// looked at. The caseworker owns the records.
const demoOrganisation = "example_ngo"

var demoPeople = []struct {
	name  string
	roles []models.Role
	shows string
}{
	{"amina", []models.Role{models.RoleCaseworker, models.RoleAnalyst}, "caseworker and analyst: logs, filters, exports"},
	{"boris", []models.Role{models.RoleReviewer}, "reviewer: sees restricted records and protected fields"},
	{"chen", []models.Role{models.RoleAnalyst}, "analyst: de-identified numbers and files"},
	{"dara", []models.Role{models.RoleAdvocate}, "advocate: approved and published records only"},
	{"elif", []models.Role{models.RoleOrgAdmin, models.RoleInstanceAdmin}, "administrator: people, no records"},
}

// demoServe serves invented records from a database that is thrown away at the
// end. It never touches real data: directory and key are its own.
func demoServe(ctx context.Context, p program) (err error) {
	dir, err := os.MkdirTemp("", "farwatch-demo-")
	if err != nil {
		return fmt.Errorf("make demo directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	// To look at the screens nobody wants to enrol; a flag of one's own wins.
	args := append([]string{"-second-factor", "optional"}, p.args...)
	args = append(args, "-demo", "-data-dir", dir, "-key-file", filepath.Join(dir, "demo.key"), "-database-url", "", "-backup-dir", "", "-audit-heads", "")
	c, err := config.Load(args, p.environ)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(c.Addr, "127.0.0.1:") {
		return fmt.Errorf("the demo listens on 127.0.0.1 only, not on %s: unset FARWATCH_ADDR", c.Addr)
	}
	i, err := openWith(ctx, c, p.stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.store.Close()) }()
	if err := i.fillDemo(ctx, p.stdout); err != nil {
		return stopped(ctx, err)
	}
	return stopped(ctx, i.serve(ctx, p.stdout))
}

// fillDemo makes people with random passwords, printed this once, and the
// invented records.
func (i *instance) fillDemo(ctx context.Context, out io.Writer) error {
	system := i.store.System()
	if err := system.CreateOrganisation(ctx, demoOrganisation, "Example NGO (demo)"); err != nil {
		return err
	}
	fmt.Fprintln(out, "Demo logins, good until the demo ends:")
	for _, person := range demoPeople {
		password, err := demoPassword()
		if err != nil {
			return err
		}
		hash, err := i.hasher.Hash(ctx, password)
		if err != nil {
			return err
		}
		if err := system.CreateUser(ctx, demoOrganisation, person.name, hash, person.roles); err != nil {
			return err
		}
		fmt.Fprintf(out, "    %-6s %s   %s\n", person.name, password, person.shows)
	}
	return i.seedDemo(ctx)
}

// seedDemo writes the two demo campaigns and their records.
func (i *instance) seedDemo(ctx context.Context) error {
	for _, c := range demo.Campaigns() {
		if err := i.store.System().CreateCampaign(ctx, demoOrganisation, c); err != nil {
			return err
		}
	}
	records := seedIncidents(slices.Values(demo.Records(i.vocab, time.Now())), i.vocab)
	return i.store.System().Seed(ctx, demoOrganisation, demoPeople[0].name, i.vocab, records, func(int) {})
}

func demoPassword() (string, error) {
	raw := make([]byte, 10)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("draw demo password: %w", err)
	}
	text := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:], nil
}
