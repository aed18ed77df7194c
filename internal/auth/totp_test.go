package auth

import (
	"strings"
	"testing"
	"time"
)

// Vectors of RFC 6238, appendix B, cut to six digits.
func TestTOTPCode_VectorsOfTheStandard(t *testing.T) {
	t.Parallel()
	secret := []byte("12345678901234567890")
	for unix, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := TOTPCode(secret, TOTPStep(time.Unix(unix, 0))); got != want {
			t.Errorf("at %d: %s, want %s", unix, got, want)
		}
	}
}

func TestTOTPMatch_OneStepToEitherSide(t *testing.T) {
	t.Parallel()
	secret := []byte("12345678901234567890")
	code := TOTPCode(secret, TOTPStep(noon))
	for after, good := range map[time.Duration]bool{
		0: true, 29 * time.Second: true, 30 * time.Second: true, 59 * time.Second: true, 60 * time.Second: false,
		-time.Second: true, -30 * time.Second: true, -31 * time.Second: false, 24 * time.Hour: false,
	} {
		step, ok := TOTPMatch(secret, noon.Add(after), code)
		if ok != good || (ok && step != TOTPStep(noon)) {
			t.Errorf("%v after: %v at step %d", after, ok, step)
		}
	}
	for _, bad := range []string{"", "12345", code + "0", " " + code, strings.Repeat("0", 6), "abcdef"} {
		if _, ok := TOTPMatch(secret, noon, bad); ok {
			t.Errorf("%q accepted", bad)
		}
	}
	if _, ok := TOTPMatch([]byte("another"), noon, code); ok {
		t.Error("the code of another seed is accepted")
	}
}

func TestTOTPAddress_IsWhatAppsRead(t *testing.T) {
	t.Parallel()
	got := TOTPAddress([]byte("12345678901234567890"), "Farwatch", "amina@localhost")
	if got != "otpauth://totp/Farwatch:amina@localhost?issuer=Farwatch&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" {
		t.Error(got)
	}
	a, errA := NewTOTPSecret()
	b, errB := NewTOTPSecret()
	if errA != nil || errB != nil || len(a) != 20 || string(a) == string(b) {
		t.Error("seeds are 20 random bytes")
	}
}

func TestRecoveryCodes_BoundToTheirPerson_HoweverTyped(t *testing.T) {
	t.Parallel()
	codes, hashes, err := NewRecoveryCodes("user-1", 10)
	if err != nil || len(codes) != 10 || len(hashes) != 10 {
		t.Fatal(codes, err)
	}
	seen := map[string]bool{}
	for i, code := range codes {
		seen[code] = true
		for _, typed := range []string{code, strings.ToUpper(code), " " + strings.ReplaceAll(code, "-", " ") + " ", strings.ReplaceAll(strings.ReplaceAll(code, "0", "o"), "1", "l")} {
			if HashRecoveryCode("user-1", typed) != hashes[i] {
				t.Errorf("%q is not recognised", typed)
			}
		}
		if HashRecoveryCode("user-2", code) == hashes[i] {
			t.Error("the code of one person is good for another")
		}
		if strings.Trim(code, "0123456789abcdefghjkmnpqrstvwxyz-") != "" {
			t.Errorf("%q has a letter that looks like a digit", code)
		}
	}
	if len(seen) != 10 {
		t.Error("codes repeat")
	}
}

func TestFactorThrottle_FiveInFiveMinutes(t *testing.T) {
	t.Parallel()
	now := noon
	throttle := NewFactorThrottle(func() time.Time { return now }, false)
	for i := range 5 {
		if _, ok := throttle.Allow("amina"); !ok {
			t.Fatalf("try %d refused", i)
		}
		now = now.Add(time.Minute)
	}
	wait, ok := throttle.Allow("amina") // five minutes after the first
	if !ok {
		t.Fatalf("the first try is forgotten: wait %v", wait)
	}
	if wait, ok := throttle.Allow("amina"); ok || wait != time.Minute {
		t.Errorf("wait %v, %v", wait, ok)
	}
	if _, ok := throttle.Allow("boris"); !ok {
		t.Error("one person's tries hold another back")
	}
	throttle.Succeeded("amina")
	if _, ok := throttle.Allow("amina"); !ok {
		t.Error("a right proof takes its own try back")
	}
	throttle.Succeeded("nobody")
}

func TestFactorThrottle_Demo_TenTimesAsMany(t *testing.T) {
	t.Parallel()
	throttle := NewFactorThrottle(func() time.Time { return noon }, true)
	for range 50 {
		if _, ok := throttle.Allow("amina"); !ok {
			t.Fatal("refused")
		}
	}
	if _, ok := throttle.Allow("amina"); ok {
		t.Error("the 51st passes")
	}
}
