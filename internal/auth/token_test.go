package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

func testKeys(t testing.TB) *Keys {
	t.Helper()
	dir := t.TempDir()
	keys, err := LoadOrCreateKeys(filepath.Join(dir, "keys", "k"), filepath.Join(dir, "data"), false)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestTokens_RoundTrip(t *testing.T) {
	t.Parallel()
	tokens := NewTokens(testKeys(t), "http://localhost:8080")
	token, expires, err := tokens.Issue(noon, "user-1", "session-1")
	if err != nil {
		t.Fatal(err)
	}
	got, err := tokens.Verify(noon.Add(time.Minute), token)
	if err != nil || got.UserID != "user-1" || got.SessionID != "session-1" || !got.ExpiresAt.Equal(expires) {
		t.Fatalf("%+v, %v", got, err)
	}
	if !expires.Equal(noon.Add(10 * time.Minute)) {
		t.Errorf("expires %v", expires)
	}
}

func TestTokens_OnlyTheirOwnTime(t *testing.T) {
	t.Parallel()
	tokens := NewTokens(testKeys(t), "i")
	token, _, err := tokens.Issue(noon, "u", "s")
	if err != nil {
		t.Fatal(err)
	}
	for after, good := range map[time.Duration]bool{
		10*time.Minute + 29*time.Second: true, 10*time.Minute + 30*time.Second: false, 24 * time.Hour: false,
		-29 * time.Second: true, -31 * time.Second: false, -24 * time.Hour: false,
	} {
		if _, err := tokens.Verify(noon.Add(after), token); (err == nil) != good {
			t.Errorf("%v after issue: %v, want good=%v", after, err, good)
		}
	}
}

func TestTokens_KeysTurnWithTheMonth(t *testing.T) {
	t.Parallel()
	tokens := NewTokens(testKeys(t), "i")
	turn := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	token, _, err := tokens.Issue(turn.Add(-time.Minute), "u", "s")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Verify(turn.Add(8*time.Minute), token); err != nil {
		t.Error("a token of the last minute of a month lives its ten minutes")
	}
	if goodKid("2026-01", turn.Add(12*time.Minute)) {
		t.Error("last month's key is retired 11 minutes after the turn")
	}
}

// sign makes a token with any header and claims, with the real key of a kid.
func sign(keys *Keys, header, body, kid string) string {
	key := keys.Derive("jwt/" + kid)
	return signWith(key[:], header, body)
}

// signWith is sign with any key.
func signWith(key []byte, header, body string) string {
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString([]byte(header)) + "." + enc.EncodeToString([]byte(body))
	m := hmac.New(sha256.New, key)
	m.Write([]byte(signed))
	return signed + "." + enc.EncodeToString(m.Sum(nil))
}

// forgedClaims are changes to a good body, each of which breaks one rule.
func forgedClaims(iat, exp int64) [][2]string {
	goodIat, goodExp := fmt.Sprintf(`"iat":%d`, iat), fmt.Sprintf(`"exp":%d`, exp)
	changes := [][2]string{
		{`"iss":"i"`, `"iss":"j"`},
		{`"iss":"i"`, `"iss":null`},
		{`"iss":"i"`, `"iss":["i"]`},
		{`"aud":"farwatch-api"`, `"aud":"other"`},
		{`"aud":"farwatch-api"`, `"aud":null`},
		{`"aud":"farwatch-api"`, `"aud":["farwatch-api"]`},
		{`"sub":"u"`, `"sub":""`},
		{`"sub":"u"`, `"sub":null`},
		{`"sub":"u"`, `"sub":7`},
		{`"sub":"u"`, `"Sub":"u"`},
		{`"sid":"s"`, `"sid":""`},
		{`"sid":"s"`, `"sid":null`},
		{`"sid":"s"`, `"sid":"s","sid":"t"`},
		{`"sid":"s",`, ``},
		{`"jti":"1"`, `"jti":""`},
		{`"jti":"1"`, `"jti":null`},
		{`"jti":"1"`, `"jti":1`},
		{`,"jti":"1"`, ``},
		{`"jti":"1"`, `"jti":"1","role":"admin"`},
		{`"jti":"1"`, `"jti":"1","nbf":0`},
		{goodIat + ",", ``},
		{goodExp + ",", ``},
		{goodIat, goodIat + ".5"},
		{goodExp, goodExp + ".5"},
		{goodExp, `"exp":1e10`},
		{goodIat, fmt.Sprintf(`"iat":"%d"`, iat)},
		{goodExp, fmt.Sprintf(`"exp":"%d"`, exp)},
		{goodIat, `"iat":null`},
		{goodExp, `"exp":null`},
		{goodIat + "," + goodExp, fmt.Sprintf(`"iat":%d,"exp":%d`, iat+31, exp+31)},
		{goodIat + "," + goodExp, fmt.Sprintf(`"iat":%d,"exp":%d`, iat-631, exp-631)},
	}
	for _, n := range []int64{0, -1, iat - 1, iat - 631, iat + 31, math.MinInt64, math.MinInt64 + 600, math.MaxInt64} {
		changes = append(changes, [2]string{goodIat, fmt.Sprintf(`"iat":%d`, n)})
	}
	for _, n := range []int64{0, -1, iat - 30, exp + 1, exp + 3600, math.MinInt64, math.MaxInt64, math.MaxInt64 - 62135596800} {
		changes = append(changes, [2]string{goodExp, fmt.Sprintf(`"exp":%d`, n)})
	}
	return changes
}

// TestTokens_Forgeries is T-09: well-signed tokens that break one rule, and
// every one- and two-character change of a good one.
func TestTokens_Forgeries_NoneAccepted(t *testing.T) {
	t.Parallel()
	keys := testKeys(t)
	tokens := NewTokens(keys, "i")
	const goodHeader = `{"alg":"HS256","typ":"at+jwt","kid":"2026-01"}`
	iat, exp := noon.Unix(), noon.Add(10*time.Minute).Unix()
	goodBody := fmt.Sprintf(`{"iss":"i","aud":"farwatch-api","sub":"u","sid":"s","iat":%d,"exp":%d,"jti":"1"}`, iat, exp)
	if _, err := tokens.Verify(noon, sign(keys, goodHeader, goodBody, "2026-01")); err != nil {
		t.Fatal("the good one must pass, else this test shows nothing")
	}
	pairs := 900 // two-character changes tried at each place
	tried := 0
	refuse := func(what, token string) {
		tried++
		if _, err := tokens.Verify(noon, token); err == nil {
			t.Errorf("accepted: %s", what)
		}
	}
	for _, h := range []string{
		`{"alg":"none","typ":"at+jwt","kid":"2026-01"}`, `{"alg":"HS384","typ":"at+jwt","kid":"2026-01"}`, `{"alg":"hs256","typ":"at+jwt","kid":"2026-01"}`,
		`{"alg":"HS256","typ":"JWT","kid":"2026-01"}`, `{"alg":"HS256","typ":"at+jwt"}`, `{"alg":"HS256","typ":"at+jwt","kid":"2026-01","jku":"x"}`,
		`{"alg":"HS256","typ":"at+jwt","kid":"2026-01","crit":["exp"]}`, `{"alg":"HS256","alg":"HS256","typ":"at+jwt","kid":"2026-01"}`,
		`{"alg":"HS256","typ":"at+jwt","kid":["2026-01"]}`, `{"alg":"HS256","typ":"at+jwt","kid":"2026-01"}{}`, `["HS256"]`, `null`, ``,
		`{"Alg":"HS256","typ":"at+jwt","kid":"2026-01"}`,
	} {
		refuse("header "+h, sign(keys, h, goodBody, "2026-01"))
	}
	// No signature, one under a key of another purpose or of nobody, or a hash that was not asked for.
	good := sign(keys, goodHeader, goodBody, "2026-01")
	unsigned := good[:strings.LastIndexByte(good, '.')+1]
	refuse("no signature", unsigned)
	for _, none := range []string{"none", "None", "NONE", "nOnE", ""} {
		header := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(goodHeader, "HS256", none, 1)))
		refuse("alg "+none+" without signature", header+unsigned[strings.IndexByte(unsigned, '.'):])
	}
	for _, purpose := range []string{"refresh", "audit", "vault", "pepper", "jwt/", "jwt/2026-1"} {
		key := keys.Derive(purpose)
		refuse("key of "+purpose, signWith(key[:], goodHeader, goodBody))
	}
	refuse("empty key", signWith(nil, goodHeader, goodBody))
	for _, kid := range []string{"2025-12", "2026-02", "2020-01", "", "../key"} {
		refuse("kid "+kid, sign(keys, strings.Replace(goodHeader, "2026-01", kid, 1), goodBody, kid))
	}
	for _, change := range forgedClaims(iat, exp) {
		body := strings.Replace(goodBody, change[0], change[1], 1)
		if body == goodBody {
			t.Errorf("%q stands nowhere in the good token: nothing was forged", change[0])
		}
		refuse("claims "+body, sign(keys, goodHeader, body, "2026-01"))
	}
	token, _, err := tokens.Issue(noon, "u", "s")
	if err != nil {
		t.Fatal(err)
	}
	for i := range token {
		for c := range byte(128) {
			if token[i] != c {
				refuse("one character", token[:i]+string(c)+token[i+1:])
			}
		}
		refuse("cut", token[:i])
		refuse("doubled", token[:i]+token[i:i+1]+token[i:])
	}
	for i := 0; i+1 < len(token); i++ {
		for c := range pairs {
			a, b := base64url[c%64], base64url[(c*7+i)%64]
			if token[i] != a || token[i+1] != b {
				refuse("two characters", token[:i]+string(a)+string(b)+token[i+2:])
			}
		}
	}
	refuse("long", token+strings.Repeat("A", 3000))
	if tried < 259_000 {
		t.Errorf("only %d tried, T-09 asks for 259,000", tried)
	}
	t.Logf("%d forgeries tried", tried)
}

func TestRefreshCookie_OnlyOurOwn(t *testing.T) {
	t.Parallel()
	codec := NewRefreshCodec(testKeys(t))
	value := codec.EncodeRefresh("family-1", 7)
	family, counter, err := codec.DecodeRefresh(value)
	if err != nil || family != "family-1" || counter != 7 {
		t.Fatalf("%s %d %v", family, counter, err)
	}
	for i := range value {
		if _, _, err := codec.DecodeRefresh(value[:i] + "~" + value[i+1:]); err == nil {
			t.Errorf("changed at %d and accepted", i)
		}
	}
	for _, bad := range []string{"", ".", "..", "family-1.8." + strings.Split(value, ".")[2], NewRefreshCodec(testKeys(t)).EncodeRefresh("family-1", 7)} {
		if _, _, err := codec.DecodeRefresh(bad); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}
