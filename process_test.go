package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// startTime is how long a server may take to come up, and to end, on a busy
// machine.
const startTime = 60 * time.Second

// buildDir holds the program that several tests run; TestMain removes it.
var buildDir string

func TestMain(m *testing.M) {
	status := m.Run()
	if buildDir != "" {
		_ = os.RemoveAll(buildDir)
	}
	os.Exit(status)
}

// builds makes the folder of built programs once.
var builds = sync.OnceValues(func() (string, error) {
	var err error
	if buildDir, err = os.MkdirTemp("", "farwatch-test-"); err != nil {
		return "", err
	}
	return buildDir, os.Chmod(buildDir, 0o755) // another user runs it in one test
})

// binary builds the program once, and lossyBinary the one that loses writes.
var (
	binary      = sync.OnceValues(func() (string, error) { return buildProgram("farwatch") })
	lossyBinary = sync.OnceValues(func() (string, error) { return buildProgram("farwatch-lossy", "-tags=lossy") })
)

func buildProgram(name string, flags ...string) (string, error) {
	dir, err := builds()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	out, err := exec.Command("go", append(append([]string{"build"}, flags...), "-o", path, ".")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}

// output collects what a process writes, and can be waited for.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// server is a process of its own.
type server struct {
	t      testing.TB
	cmd    *exec.Cmd
	base   string // as people type it
	out    *output
	errs   *output
	ended  chan error
	client *http.Client
	token  string
}

// freePort is one that nobody listens on just now.
func freePort(t testing.TB) string {
	t.Helper()
	// Below those that the system gives to connections on their way out: one of
	// them could take it before the server does.
	for range 100 {
		port := strconv.Itoa(10_000 + rand.IntN(10_000))
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil && l.Close() == nil {
			return port
		}
	}
	t.Fatal("no free port")
	return ""
}

// start runs `farwatch COMMAND` in the place and waits until it greets.
func (p place) start(command string, more ...string) *server {
	p.t.Helper()
	path, err := binary()
	if err != nil {
		p.t.Fatal(err)
	}
	return p.startAs([]string{path, command}, more...)
}

// startAs runs a command line, which may wrap the program in another.
func (p place) startAs(line []string, more ...string) *server {
	p.t.Helper()
	s := p.launch(line, more...)
	for deadline := time.Now().Add(startTime); !strings.Contains(s.out.String(), " is running on "); time.Sleep(5 * time.Millisecond) {
		select {
		case err := <-s.ended:
			p.t.Fatalf("%s ended: %v\n%s%s", line, err, s.out, s.errs)
		default:
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("%s does not come up\n%s%s", line, s.out, s.errs)
		}
	}
	return s
}

// launch runs a command line and does not wait for it.
func (p place) launch(line []string, more ...string) *server {
	p.t.Helper()
	s := p.prepared(line, more...)
	s.begin()
	return s
}

// prepared is a process that has not begun.
func (p place) prepared(line []string, more ...string) *server {
	p.t.Helper()
	port := freePort(p.t)
	s := &server{t: p.t, base: "http://localhost:" + port, out: &output{}, errs: &output{}, ended: make(chan error, 1)}
	s.cmd = exec.Command(line[0], line[1:]...)
	s.cmd.Env = slices.Concat(p.environ, []string{"FARWATCH_ADDR=127.0.0.1:" + port}, more)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.errs
	s.client = &http.Client{Timeout: startTime, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	return s
}

func (s *server) begin() {
	s.t.Helper()
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() { s.ended <- s.cmd.Wait() }()
	s.t.Cleanup(func() { _ = s.cmd.Process.Kill() })
}

// stop sends a signal and gives the exit status, -1 after a kill.
func (s *server) stop(signal os.Signal) int {
	s.t.Helper()
	s.client.CloseIdleConnections()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
	select {
	case <-s.ended:
	case <-time.After(startTime):
		s.t.Fatalf("did not end after %v", signal)
	}
	return s.cmd.ProcessState.ExitCode()
}

// ask sends a request; headers come in pairs. It fails the test only where the
// answer cannot be read although the server lives. Told to wait, it waits.
func (s *server) ask(method, path string, body, answer any, headers ...string) (status int, err error) {
	for {
		status, err = s.askOnce(method, path, body, answer, headers...)
		if status != http.StatusTooManyRequests {
			return status, err
		}
		time.Sleep(250 * time.Millisecond)
	}
}

func (s *server) askOnce(method, path string, body, answer any, headers ...string) (status int, err error) {
	status, data, err := s.askRaw(method, path, body, headers...)
	if err != nil {
		return 0, err
	}
	if answer != nil && status < 300 {
		if err := json.Unmarshal(data, answer); err != nil {
			return 0, fmt.Errorf("read %s: %w", data, err)
		}
	}
	return status, nil
}

// askRaw gives the answer as it came.
func (s *server) askRaw(method, path string, body any, headers ...string) (status int, said []byte, err error) {
	var reader io.Reader
	kind := "application/json"
	if part, ok := body.([]byte); ok {
		reader, kind = bytes.NewReader(part), "application/octet-stream"
	} else if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		reader = bytes.NewReader(data)
	}
	r, err := http.NewRequest(method, s.base+path, reader)
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", kind)
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	reply, err := s.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	said, err = io.ReadAll(reply.Body)
	if err != nil || reply.Body.Close() != nil {
		return 0, nil, fmt.Errorf("cut short: %w", err)
	}
	return reply.StatusCode, said, nil
}

// must asks and fails the test unless the answer has this status.
func (s *server) must(status int, method, path string, body, answer any, headers ...string) {
	s.t.Helper()
	got, err := s.ask(method, path, body, answer, headers...)
	if err != nil || got != status {
		s.t.Fatalf("%s %s: status %d, want %d, %v\n%s", method, path, got, status, err, s.errs)
	}
}

// signIn keeps the access token for what follows.
func (s *server) signIn(name, password string) {
	s.t.Helper()
	var signed struct {
		Token string `json:"access_token"`
	}
	s.must(201, http.MethodPost, "/api/v1/sessions", map[string]any{"user_name": name, "password": password}, &signed, "X-Farwatch", "1")
	s.token = signed.Token
}

// The signals that end a server: asked to, and at once.
var (
	sigterm os.Signal = syscall.SIGTERM
	sigkill os.Signal = syscall.SIGKILL
)

// needSignals skips where processes cannot be told to end.
func needSignals(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no signals on this system")
	}
}

// smallest is the smallest record the API takes.
func smallest(title string) map[string]any {
	return map[string]any{
		"title": title, "summary": "Somebody was called.", "origin_country": "CHN", "host_country": "GBR",
		"police_reported": "unknown", "occurred": map[string]any{"precision": "unknown"},
		"scope_test": map[string]any{"state_link": "yes", "cross_border": "yes", "reason": "yes", "aim": "yes", "act": "yes"},
	}
}
