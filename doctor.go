package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"farwatch/internal/auth"
	"farwatch/internal/config"
)

// How bad a finding is.
const (
	fine    = "ok"
	warning = "warning" // works, and is not as safe as it could be
	wrong   = "wrong"   // must be mended
)

// finding is one line of the doctor's answer.
type finding struct {
	Check string `json:"check"`
	State string `json:"state"`
	Says  string `json:"says"`
	Fix   string `json:"fix,omitempty"`
}

// doctor collects findings.
type doctor struct {
	config   config.Config
	findings []finding
	keys     *auth.Keys
}

func (d *doctor) fine(check, says string, args ...any) {
	d.findings = append(d.findings, finding{Check: check, State: fine, Says: fmt.Sprintf(says, args...)})
}

func (d *doctor) warn(check, fix, says string, args ...any) {
	d.findings = append(d.findings, finding{check, warning, fmt.Sprintf(says, args...), fix})
}

func (d *doctor) wrong(check, fix, says string, args ...any) {
	d.findings = append(d.findings, finding{check, wrong, fmt.Sprintf(says, args...), fix})
}

// examine looks at everything it can, whatever else is wrong.
func (d *doctor) examine(ctx context.Context, p program) {
	d.settings()
	d.keyFile()
	d.dataDir()
	d.room()
	d.memory()
	d.backups()
	if slices.ContainsFunc(d.findings, func(f finding) bool {
		return f.State == wrong && (f.Check == "key file" || f.Check == "data directory")
	}) {
		d.wrong("database", "mend what is wrong above first", "was not looked at")
		return
	}
	i, err := openKeyed(ctx, d.config, d.keys, p.stderr)
	if err != nil {
		d.wrong("database", "see the message; `farwatch restore` brings a backup back", "cannot be opened: %v", err)
		return
	}
	d.database(ctx, i)
	if err := i.store.Close(); err != nil {
		d.wrong("database", "look for disk errors (dmesg)", "cannot be closed: %v", err)
	}
}

// doctorCommand says what is wrong and how to mend it, and exits 1 if anything is.
func doctorCommand(ctx context.Context, p program) error {
	asJSON := false
	args := slices.DeleteFunc(slices.Clone(p.args), func(s string) bool {
		found := s == "-json" || s == "--json"
		asJSON = asJSON || found
		return found
	})
	c, err := config.Load(args, p.environ)
	d := &doctor{config: c}
	if err != nil {
		d.wrong("settings", "correct them; `farwatch config` lists them", "%v", err)
	} else {
		d.examine(ctx, p)
	}
	if err := d.print(p.stdout, asJSON); err != nil {
		return err
	}
	bad := 0
	for _, f := range d.findings {
		if f.State == wrong {
			bad++
		}
	}
	switch bad {
	case 0:
		return nil
	case 1:
		return errors.New("one thing is wrong")
	}
	return fmt.Errorf("%d things are wrong", bad)
}

func (d *doctor) print(w io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		if err := e.Encode(d.findings); err != nil {
			return fmt.Errorf("write findings: %w", err)
		}
		return nil
	}
	for _, f := range d.findings {
		text := fmt.Sprintf("%-8s %-15s %s", f.State, f.Check, f.Says)
		if f.Fix != "" {
			text += "\n" + fmt.Sprintf("%24s → %s", "", f.Fix)
		}
		if _, err := fmt.Fprintln(w, text); err != nil {
			return fmt.Errorf("write findings: %w", err)
		}
	}
	return nil
}

// settings looks at what people are served by.
func (d *doctor) settings() {
	c := d.config
	switch {
	case c.PasswordCost == "test":
		d.wrong("settings", "leave FARWATCH_PASSWORD_COST out", "passwords are hashed as in tests, which is weak")
	case c.BaseURL.Scheme != "https":
		d.warn("settings", "set FARWATCH_BASE_URL to the https address that people type", "only browsers on this machine can sign in: the address is %s", c.BaseURL)
	default:
		d.fine("settings", "people type %s", c.BaseURL)
	}
	if c.SecondFactor == "optional" {
		d.wrong("second factor", "leave FARWATCH_SECOND_FACTOR out", "a password alone opens every record")
	}
	if c.SecondFactor == "app" {
		d.warn("second factor", "leave FARWATCH_SECOND_FACTOR out where browsers have passkeys", "an app is enough for those who review or administer, and its codes can be typed into a false page")
	}
	if c.Demo {
		d.wrong("demo", "leave FARWATCH_DEMO out; a demo never becomes real", "this is a demo with relaxed limits: no real records here")
	}
	if c.AuditHeads == "" {
		d.warn("audit heads", "set FARWATCH_AUDIT_HEADS to a file on another machine's disk", "nobody would notice an audit chain that was written anew")
	}
}

// keyFile looks at the root secret without making one.
func (d *doctor) keyFile() {
	info, err := os.Stat(d.config.KeyFile)
	if errors.Is(err, os.ErrNotExist) {
		d.wrong("key file", "put its copy back; for a new instance, `farwatch migrate` makes one", "%s is not there", d.config.KeyFile)
		return
	}
	if err != nil {
		d.wrong("key file", "let the user that runs Farwatch read it (chown)", "%v", err)
		return
	}
	if d.keys, err = openKeys(d.config); err != nil {
		d.wrong("key file", "see the message", "%v", err)
		return
	}
	d.fine("key file", "%s, mode %04o, outside the data directory; keep a copy of it apart from the backups", d.config.KeyFile, info.Mode().Perm())
}
