// Package config reads the settings: flags over FARWATCH_* variables over
// defaults, secrets also from files. Every fault is reported at once, with the
// fix.
package config

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Config holds the settings in force.
type Config struct {
	Addr         string   // host:port to listen on
	DataDir      string   // database file and encrypted temporary files
	DatabaseURL  string   // postgres://…; empty: SQLite in DataDir
	BaseURL      *url.URL // the address people type
	KeyFile      string   // root secret, outside DataDir
	Credential   bool     // KeyFile is one that systemd hands to the service, and cannot be written
	Passphrase   string   // file with the passphrase of a sealed key file; - is standard input
	Demo         bool     // invented records, relaxed limits
	LogLevel     string   // debug, info, warn, error
	LogFormat    string   // text, json
	PasswordCost string   // normal, test
	SecondFactor string   // required, app, optional
	ExportCap    int      // most records in one file
	FilesURL     string   // s3://…; empty: evidence files in DataDir
	Fetch        string   // off, on, proxy=URL: whether intake may get pages of the web
	TLSCert      string   // certificate chain, PEM; empty: plain HTTP or ACME
	TLSKey       string   // its key, PEM
	ACME         string   // off, on, or the address of an authority
	RedirectAddr string   // host:port that sends plain HTTP to https; empty: none
	Proxies      []netip.Prefix

	PublicAddr    string   // host:port that serves the public pages alone; empty: none
	PublicURL     *url.URL // their address; nil where they have none of their own
	PublicContact string   // where readers write to

	BackupDir        string        // where the server puts a backup now and then; empty: it does not
	BackupRecipients string        // age1…, or a file of them
	BackupEvery      time.Duration // between two backups
	// MigrateUnsaved brings an older database forward without a backup of it.
	MigrateUnsaved bool
	AuditHeads     string // file that signed heads of the audit chain are added to
	LeastFree      uint64 // bytes of the disk below which nothing is saved; 0: by the disk's size

	origin map[string]string // setting → default, env, file, flag
	values map[string]string
}

// option is one row of the table of settings.
type option struct {
	name   string // flag; the variable is FARWATCH_ + upper snake
	value  string // default
	doc    string
	secret bool
	set    func(*Config, string) error
}

func (o option) env() string {
	return "FARWATCH_" + strings.ToUpper(strings.ReplaceAll(o.name, "-", "_"))
}

var options = []option{
	{"addr", "127.0.0.1:8080", "host:port to listen on", false, setAddr},
	{"base-url", "", "address people type; https, or http://localhost", false, setBaseURL},
	{"data-dir", "./data", "database file and temporary files", false, func(c *Config, s string) error {
		c.DataDir = s
		return notEmpty(s)
	}},
	{"database-url", "", "postgres://… for PostgreSQL; empty for SQLite", true, setDatabaseURL},
	{"files-url", "", "s3://KEY:SECRET@host/bucket for evidence files; empty for the data directory", true, func(c *Config, s string) error {
		c.FilesURL = s
		return nil // files.ParseS3 judges it where the storage is opened
	}},
	{"fetch", "off", "off; on, or proxy=URL (for Tor), lets the server get an article's page: its owner sees that", true, func(c *Config, s string) error {
		c.Fetch = s
		return nil // fetch.New judges it where the fetcher is made
	}},
	{"tls-cert", "", "PEM file of the certificate chain: the server speaks https itself", false, func(c *Config, s string) error {
		c.TLSCert = s
		return nil
	}},
	{"tls-key", "", "PEM file of the certificate's key", false, func(c *Config, s string) error {
		c.TLSKey = s
		return nil
	}},
	{"acme", "off", "on gets the certificate from Let's Encrypt (you agree to its terms), or the https address of another authority", false, func(c *Config, s string) error {
		c.ACME = s
		if u, err := url.Parse(s); s != "on" && s != "off" && (err != nil || u.Scheme != "https" || u.Host == "") {
			return errors.New("must be on, off, or the https address of an ACME directory")
		}
		return nil
	}},
	{"redirect-addr", "", "host:port, such as 0.0.0.0:80, that sends plain HTTP to https", false, func(c *Config, s string) error {
		c.RedirectAddr = s
		if _, _, err := net.SplitHostPort(s); s != "" && err != nil {
			return errors.New("is not host:port, such as 0.0.0.0:80")
		}
		return nil
	}},
	{"proxies", "", "addresses or networks of your own proxy, by comma: only they may say who asks (X-Forwarded-For)", false, setProxies},
	{"public-addr", "", "host:port that serves the public pages alone, without sign-in; empty for none", false, setPublicAddr},
	{"public-url", "", "address of the public pages on a host of their own; https, or http://localhost", false, setPublicURL},
	{"public-contact", "", "where readers of the public pages write to, as text", false, func(c *Config, s string) error {
		c.PublicContact = s
		return nil
	}},
	{"key-file", "./keys/farwatch.key", "root secret, outside the data directory; creds:NAME for a credential of systemd", false, func(c *Config, s string) error {
		c.KeyFile = s
		return notEmpty(s)
	}},
	{"backup-dir", "", "folder for the server's own backups; empty for none", false, func(c *Config, s string) error {
		c.BackupDir = s
		return nil
	}},
	{"backup-recipients", "", "public age keys that backups are encrypted to, or a file of them", false, func(c *Config, s string) error {
		c.BackupRecipients = s
		return nil // backup.ParseRecipients judges it before anything is written
	}},
	{"backup-every", "1h", "time between two backups", false, setBackupEvery},
	{"migrate-without-backup", "off", "on changes the schema of an older database without a backup taken first: there is no way back", false, func(c *Config, s string) error {
		c.MigrateUnsaved = s == "on"
		if s != "on" && s != "off" {
			return errors.New("must be on or off")
		}
		return nil
	}},
	{"audit-heads", "", "file for signed heads of the audit chain, on another machine's disk if possible", false, func(c *Config, s string) error {
		c.AuditHeads = s
		return nil
	}},
	{"least-free", "0", "free bytes below which nothing is saved; 0 for 1 GiB or a twentieth of the disk", false, func(c *Config, s string) (err error) {
		c.LeastFree, err = strconv.ParseUint(s, 10, 64)
		return because(err, "is not a number of bytes")
	}},
	{"key-passphrase-file", "", "file with the passphrase of a sealed key file, - for standard input; empty asks on the terminal", false, func(c *Config, s string) error {
		c.Passphrase = s
		return nil // it is read when the key file turns out to be sealed
	}},
	{"demo", "false", "invented records and relaxed limits", false, func(c *Config, s string) (err error) {
		c.Demo, err = strconv.ParseBool(s)
		return because(err, "is not true or false")
	}},
	{"log-level", "info", "debug, info, warn or error", false, oneOf(func(c *Config) *string { return &c.LogLevel }, "debug", "info", "warn", "error")},
	{"log-format", "text", "text or json", false, oneOf(func(c *Config) *string { return &c.LogFormat }, "text", "json")},
	{"password-cost", "normal", "normal; test is weak and for tests only", false, oneOf(func(c *Config) *string { return &c.PasswordCost }, "normal", "test")},
	{"second-factor", "required", "required; app: reviewers and administrators may do without a passkey; optional only in the demo or on localhost", false, oneOf(func(c *Config) *string { return &c.SecondFactor }, "required", "app", "optional")},
	{"export-row-cap", "1000000", "most records in one file", false, func(c *Config, s string) (err error) {
		c.ExportCap, err = strconv.Atoi(s)
		if err == nil && c.ExportCap < 1 {
			return errors.New("must be 1 or more")
		}
		return because(err, "is not a whole number")
	}},
}

func because(err error, text string) error {
	if err == nil {
		return nil
	}
	return errors.New(text)
}

func notEmpty(s string) error {
	if s == "" {
		return errors.New("is empty; name a path")
	}
	return nil
}

func oneOf(field func(*Config) *string, allowed ...string) func(*Config, string) error {
	return func(c *Config, s string) error {
		*field(c) = s
		if !slices.Contains(allowed, s) {
			return fmt.Errorf("must be one of %s", strings.Join(allowed, ", "))
		}
		return nil
	}
}

func setAddr(c *Config, s string) error {
	c.Addr = s
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return errors.New("is not host:port, such as 127.0.0.1:8080")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return errors.New("needs a port from 0 to 65535")
	}
	return nil
}

// setBaseURL is S6: browsers keep Secure cookies and passkeys from plain HTTP
// anywhere but on localhost.
func setBaseURL(c *Config, s string) error {
	if s == "" {
		return nil // derived from the address
	}
	u, err := siteURL(s)
	if err == nil && u.Scheme != "https" && u.Hostname() != "localhost" {
		err = errors.New("must be https, or http://localhost: browsers refuse the sign-in cookie elsewhere")
	}
	if err != nil {
		return err
	}
	c.BaseURL = u
	return nil
}

// siteURL reads scheme and host of an address people type.
func siteURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, errors.New("is not an address such as https://farwatch.example")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// setProxies is S1: nobody is believed about addresses but those named here.
func setProxies(c *Config, s string) error {
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if addr, err := netip.ParseAddr(part); err == nil {
			c.Proxies = append(c.Proxies, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			return fmt.Errorf("has %q, which is no address and no network such as 10.0.0.0/24", part)
		}
		if p.Bits() == 0 {
			return errors.New("trusts everybody; name your proxy's address")
		}
		c.Proxies = append(c.Proxies, p.Masked())
	}
	return nil
}

// TLS tells whether the server itself speaks https.
func (c Config) TLS() bool { return c.TLSCert != "" || c.ACME != "off" }

// checkTLS finds what fits together and what does not.
func (c *Config) checkTLS() error {
	switch {
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return errors.New("FARWATCH_TLS_CERT and FARWATCH_TLS_KEY go together; set both or none")
	case c.TLSCert != "" && c.ACME != "off":
		return errors.New("FARWATCH_ACME and FARWATCH_TLS_CERT are both set; keep one")
	case c.TLS() && c.BaseURL.Scheme != "https":
		return errors.New("FARWATCH_BASE_URL must be https where the server speaks TLS; set it to the name of the certificate")
	case c.ACME != "off" && (c.BaseURL.Port() != "" || net.ParseIP(c.BaseURL.Hostname()) != nil):
		return errors.New("FARWATCH_ACME needs a FARWATCH_BASE_URL with a name and no port: the authority looks at port 443")
	case c.RedirectAddr != "" && !c.TLS():
		return errors.New("FARWATCH_REDIRECT_ADDR is of use only with FARWATCH_TLS_CERT or FARWATCH_ACME; your proxy redirects otherwise")
	}
	return nil
}

func setDatabaseURL(c *Config, s string) error {
	c.DatabaseURL = s
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || u.Host == "" {
		return errors.New("is not a postgres://user:password@host/database address; leave it empty for SQLite")
	}
	return nil
}

// setBackupEvery refuses a pace that would only make the server busy.
func setBackupEvery(c *Config, s string) error {
	every, err := time.ParseDuration(s)
	if err != nil || every < time.Minute {
		return errors.New("is not a time of a minute or more, such as 1h")
	}
	c.BackupEvery = every
	return nil
}

// Load reads args (flags, as after the command's name) and environ
// ("NAME=value"). The error joins every fault.
func Load(args, environ []string) (Config, error) {
	c := Config{origin: map[string]string{}, values: map[string]string{}}
	env, faults := environment(environ)
	flags, flagFaults := parseFlags(args)
	faults = append(faults, flagFaults...)
	for _, o := range options {
		value, origin, err := o.lookup(flags, env)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		c.origin[o.name], c.values[o.name] = origin, value
		if err := o.set(&c, value); err != nil {
			faults = append(faults, fmt.Errorf("%s (flag -%s): the value %w", o.env(), o.name, err))
		}
	}
	if c.BaseURL == nil {
		_, port, _ := net.SplitHostPort(c.Addr) // a bad address is reported above
		c.BaseURL = &url.URL{Scheme: "http", Host: "localhost:" + port}
		c.values["base-url"] = c.BaseURL.String()
	}
	if err := c.findCredential(environ); err != nil {
		faults = append(faults, err)
	}
	faults = append(faults, c.checkTLS(), c.checkPublic())
	if c.PasswordCost == "test" && !strings.HasPrefix(c.Addr, "127.0.0.1:") {
		faults = append(faults, errors.New("FARWATCH_PASSWORD_COST: test makes weak hashes and is refused unless FARWATCH_ADDR is on 127.0.0.1; leave it out"))
	}
	if c.SecondFactor == "optional" && !c.Demo && c.BaseURL.Hostname() != "localhost" {
		faults = append(faults, errors.New("FARWATCH_SECOND_FACTOR: optional is refused unless FARWATCH_BASE_URL is on localhost: a password alone does not guard records; leave it out"))
	}
	return c, errors.Join(faults...)
}

// findCredential puts the path in place of creds:NAME (S36). systemd decrypts
// the credential, with the TPM or its host key, into a folder in memory that
// only this service reads.
func (c *Config) findCredential(environ []string) error {
	name, ok := strings.CutPrefix(c.KeyFile, "creds:")
	if !ok {
		return nil
	}
	if name == "" || name != filepath.Base(name) || name == "." || name == ".." {
		return errors.New("FARWATCH_KEY_FILE (flag -key-file): after creds: comes the name of the credential, without a folder")
	}
	for _, entry := range environ {
		if dir, found := strings.CutPrefix(entry, "CREDENTIALS_DIRECTORY="); found && filepath.IsAbs(dir) {
			c.KeyFile, c.Credential = filepath.Join(dir, name), true
			return nil
		}
	}
	return fmt.Errorf("FARWATCH_KEY_FILE: creds:%s needs CREDENTIALS_DIRECTORY, which systemd sets for a service with LoadCredential= or LoadCredentialEncrypted=", name)
}

// environment keeps the FARWATCH_ variables and reports unknown ones: a
// misspelt setting must not be ignored.
func environment(environ []string) (map[string]string, []error) {
	env := map[string]string{}
	var faults []error
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "FARWATCH_") || foreign[name] {
			continue
		}
		if !slices.ContainsFunc(options, func(o option) bool { return name == o.env() || (o.secret && name == o.env()+"_FILE") }) {
			faults = append(faults, fmt.Errorf("%s is no setting; `farwatch config` lists them", name))
			continue
		}
		env[name] = value
	}
	return env, faults
}

// foreign variables belong to the tests.
var foreign = map[string]bool{"FARWATCH_TEST_POSTGRES": true, "FARWATCH_E2E_POSTGRES": true, "FARWATCH_BINARY": true, "FARWATCH_SOAK_ROUNDS": true}

// parseFlags takes -name value, -name=value, and -demo alone. The flag package
// would stop at the first fault.
func parseFlags(args []string) (map[string]string, []error) {
	flags := map[string]string{}
	var faults []error
	for i := 0; i < len(args); i++ {
		name, value, inline := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		known := slices.ContainsFunc(options, func(o option) bool { return o.name == name })
		switch {
		case !strings.HasPrefix(args[i], "-") || !known:
			faults = append(faults, fmt.Errorf("%q is no flag; `farwatch config` lists the settings", args[i]))
			continue
		case inline:
		case name == "demo":
			value = "true"
		case i+1 < len(args):
			i++
			value = args[i]
		default:
			faults = append(faults, fmt.Errorf("-%s needs a value", name))
			continue
		}
		flags[name] = value
	}
	return flags, faults
}

// lookup finds the value of highest precedence and where it came from.
func (o option) lookup(flags, env map[string]string) (value, origin string, err error) {
	fromEnv, hasEnv := env[o.env()]
	file, hasFile := env[o.env()+"_FILE"]
	if hasEnv && hasFile {
		return "", "", fmt.Errorf("%s and %s_FILE are both set; keep one", o.env(), o.env())
	}
	if fromFlag, ok := flags[o.name]; ok {
		return fromFlag, "flag", nil
	}
	if hasFile {
		data, err := os.ReadFile(file)
		if err != nil {
			return "", "", fmt.Errorf("%s_FILE: the file cannot be read: %w", o.env(), err)
		}
		return strings.TrimRight(string(data), "\r\n"), "file", nil
	}
	if hasEnv {
		return fromEnv, "environment", nil
	}
	return o.value, "default", nil
}

// Describe prints every setting in force, where it came from and what it is
// for; secrets are masked.
func (c Config) Describe(w io.Writer) error {
	for _, o := range options {
		value := c.values[o.name]
		if o.secret && value != "" {
			value = mask(value)
		}
		if _, err := fmt.Fprintf(w, "%-26s %-44s %-12s %s\n", o.env(), value, c.origin[o.name], o.doc); err != nil {
			return fmt.Errorf("describe settings: %w", err)
		}
	}
	return nil
}

// mask keeps of a secret address only its kind and host.
func mask(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return "********"
	}
	return u.Scheme + "://********@" + u.Host + "/********"
}
