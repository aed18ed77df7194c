package auth

import (
	"strings"
	"testing"
)

func fault(password, userName string) string {
	if err := CheckPassword(password, userName); err != nil {
		return PasswordFault(err)
	}
	return ""
}

func TestCheckPassword_Length(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"": "password_too_short", "fourteen chars": "password_too_short", "fifteen charmed": "",
		"ünïcödé cöünts chars": "", "ünïcödé cöünt": "password_too_short", "гуляли четыре слона": "",
		strings.Repeat("a long walk by the sea, ", 11): "password_too_long",
	} {
		if got := fault(password, "amina.k"); got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

func TestCheckPassword_FirstGuesses_Refused(t *testing.T) {
	t.Parallel()
	for _, password := range []string{
		"passwordpassword", "PasswordPassword", "passwordpasswordpassword", "password password password", "Password-Password-1",
		"P@ssw0rdP@ssw0rd!", "MyPassword123456", "password2password", "Welcome123456789!", "letmein-letmein-letmein",
		"aaaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "four green four green ", "xk7!xk7!xk7!xk7!", "1111222233334444",
		"12345678901234567", "123456789987654321", "zyxwvutsrqponmlkj", "abc123abc123abc1", "0987654321abcdef",
		"qwertyuiopasdfghjk", "qwertyqwertyqwerty", "qwerty123456789", "QWERTY-asdfgh-zxcvbn", "qwertzuiopasdfgh", "azertyuiop123456",
		"1qaz2wsx3edc4rfv", "q1w2e3r4t5y6u7i8", "1q2w3e4r5t6y7u8i", "zaq12wsxcde34rfv", "qazwsxedcrfvtgb", "!@#$%^&*()12345",
		"correcthorsebatterystaple", "Correct Horse Battery Staple", "iloveyouiloveyou1", "Farwatch farwatch 26",
	} {
		if got := fault(password, "boris"); got != "password_common" {
			t.Errorf("%q: %q, want password_common", password, got)
		}
	}
}

func TestCheckPassword_UserName_IsNoPassword(t *testing.T) {
	t.Parallel()
	for _, password := range []string{"amina.k amina.k 1", "Amina.K-AMINA.K-amina.k", "amina.k123456789", "123AMINA.Kqwerty"} {
		if got := fault(password, "amina.k"); got != "password_common" {
			t.Errorf("%q: %q, want password_common", password, got)
		}
	}
	if got := fault("Amina.K-AMINA.K-amina.k", "AMINA.k"); got != "password_common" {
		t.Errorf("a user name typed in capitals: %q", got)
	}
	if got := fault("amina.k likes cold tea", "amina.k"); got != "" {
		t.Errorf("a long phrase may hold the name: %q", got)
	}
}

func TestCheckPassword_OwnPhrases_Taken(t *testing.T) {
	t.Parallel()
	for _, password := range []string{
		"four green walls talk", "wet socks on a tuesday", "mzk4-q7pa-x2vv-tr9e", "the admin lost 3 umbrellas", "jr8#Lw!p02_dVqxB",
		"summer password of a goat", "seventeen-lemons-sing", "abcd efgh? nobody sings that", "aaaand then it rained", "чёрный чай без сахара",
	} {
		if got := fault(password, "amina.k"); got != "" {
			t.Errorf("%q: %q, want it taken", password, got)
		}
	}
}

func TestCheckPassword_NeverNeedsLong(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"a", "ab", "abc", "qaz", "\xff", "é", "1qaz2wsx "} {
		long := strings.Repeat(unit, 256)[:256]
		if got := fault(long, "amina.k"); got != "password_common" {
			t.Errorf("%q…: %q", unit, got)
		}
	}
}
