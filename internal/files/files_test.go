package files

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"farwatch/models"
)

func picture(w, h int) image.Image {
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.SetNRGBA(x, y, color.NRGBA{R: uint8(x * 255 / w), G: uint8(y * 255 / h), B: 90, A: 255})
		}
	}
	return out
}

func pngOf(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture(w, h)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF puts an EXIF part with an orientation and a place into a JPEG.
func withEXIF(jpegData []byte, held uint16) []byte {
	var tiff bytes.Buffer
	tiff.WriteString("MM\x00*\x00\x00\x00\x08")
	entry := func(tag, kind uint16, count, value uint32) {
		for _, v := range []any{tag, kind, count, value} {
			_ = binary.Write(&tiff, binary.BigEndian, v)
		}
	}
	_ = binary.Write(&tiff, binary.BigEndian, uint16(2))
	entry(0x0112, 3, 1, uint32(held)<<16)
	entry(0x010e, 2, 24, 8+2+24+4)
	tiff.WriteString("\x00\x00\x00\x00")
	tiff.WriteString("taken at 51.5 N, 0.1 W\x00\x00")
	part := append([]byte("Exif\x00\x00"), tiff.Bytes()...)
	out := append([]byte{}, jpegData[:2]...)
	out = append(out, 0xff, 0xe1, byte((len(part)+2)>>8), byte(len(part)+2))
	return append(append(out, part...), jpegData[2:]...)
}

// bomb is a PNG of a few bytes that claims to be a gigapixel.
func bomb() []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(data)))
		body := append([]byte(kind), data...)
		b.Write(body)
		_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(body))
	}
	head := make([]byte, 13)
	binary.BigEndian.PutUint32(head, 40_000)
	binary.BigEndian.PutUint32(head[4:], 40_000)
	head[8], head[9] = 8, 2
	chunk("IHDR", head)
	chunk("IDAT", []byte{0})
	chunk("IEND", nil)
	return b.Bytes()
}

const pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

func TestInspect_ByContentNotByName(t *testing.T) {
	t.Parallel()
	mp4 := append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), make([]byte, 64)...)
	for name, c := range map[string]struct {
		file string
		data []byte
		kind string
		code string
	}{
		"a PNG":                         {"a.png", pngOf(t, 8, 8), "image/png", ""},
		"a JPEG":                        {"a.JPG", jpegOf(t, 8, 8), "image/jpeg", ""},
		"a PDF":                         {"a.pdf", []byte(pdf), "application/pdf", ""},
		"a text":                        {"a.txt", []byte("Er sagte: 你好, ئۇيغۇر."), "text/plain", ""},
		"a table":                       {"a.csv", []byte("a,b\n1,2\n3,4\n"), "text/csv", ""},
		"a table in a text":             {"a.txt", []byte("a,b\n1,2\n3,4\n"), "text/plain", ""},
		"a film":                        {"a.mp4", mp4, "video/mp4", ""},
		"an MP3":                        {"a.mp3", append([]byte("ID3\x03\x00\x00\x00\x00\x00\x0a"+strings.Repeat("\x00", 10)+"\xff\xfb\x90\x64"), make([]byte, 413)...), "audio/mpeg", ""},
		"a PNG called JPEG":             {"a.jpg", pngOf(t, 8, 8), "", "file.name_disagrees"},
		"a program":                     {"a.exe", []byte("MZ"), "", "file.type_not_accepted"},
		"a program called text":         {"a.txt", append([]byte("MZ\x90"), make([]byte, 300)...), "", "file.type_not_accepted"},
		"a script called text":          {"a.txt", []byte("#!/bin/sh\nrm -rf ~"), "", "file.type_not_accepted"},
		"a picture with script":         {"a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "", "file.type_not_accepted"},
		"SVG called PNG":                {"a.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "", "file.type_not_accepted"},
		"SVG called text":               {"a.txt", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "", "file.type_not_accepted"},
		"a page called text":            {"a.txt", []byte("hello\n<script>alert(1)</script>"), "", "file.active_content"},
		"a picture with archive behind": {"a.png", append(pngOf(t, 8, 8), []byte("PK\x03\x04stuffPK\x05\x06"+strings.Repeat("\x00", 18))...), "", "file.two_in_one"},
		"a picture with a page behind":  {"a.jpg", append(jpegOf(t, 8, 8), []byte("<html><script>x</script>")...), "", "file.two_in_one"},
		"a picture with bytes behind":   {"a.png", append(pngOf(t, 8, 8), []byte("surplus")...), "", "file.two_in_one"},
		"a PDF with archive behind":     {"a.pdf", []byte(pdf + "PK\x05\x06" + strings.Repeat("\x00", 18)), "", "file.two_in_one"},
		"a PDF behind a picture head":   {"a.jpg", append(append([]byte{}, jpegOf(t, 8, 8)[:20]...), []byte(pdf)...), "", "file.name_disagrees"},
		"a bomb":                        {"a.png", bomb(), "", "file.too_many_pixels"},
		"half a picture":                {"a.png", pngOf(t, 8, 8)[:20], "", "file.damaged"},
		"text in another encoding":      {"a.txt", []byte("stra\xdfe und mehr Text dahinter"), "", "file.not_utf8"},
		"nothing":                       {"a.txt", nil, "", "file.empty"},
	} {
		kind, err := Inspect(c.file, c.data)
		code := ""
		var known *models.Error
		if errors.As(err, &known) {
			code = known.Code
		}
		if kind != c.kind || code != c.code {
			t.Errorf("%s: %q %s, want %q %s", name, kind, code, c.kind, c.code)
		}
	}
}

func TestCleanName_ShowsWhatItIs(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"photo.jpg": "photo.jpg", "../../etc/passwd.txt": "passwd.txt", `C:\x\a.pdf`: "a.pdf",
		"report\u202egpj.exe.txt": "reportgpj.exe.txt", "a\u2066b\u2069.png": "ab.png", "a\x00b\n.png": "ab.png",
		"  .png": "file.png", "...": "file", "Cafe\u0301.pdf": "Café.pdf", "照片 一.jpg": "照片 一.jpg", "a<b>|c.png": "abc.png",
		strings.Repeat("x", 300) + ".png": strings.Repeat("x", 146) + ".png",
	} {
		if got := CleanName(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func TestView_UprightWithoutWhatTheCameraWrote(t *testing.T) {
	t.Parallel()
	original := withEXIF(jpegOf(t, 3200, 1600), 6)
	if !bytes.Contains(original, []byte("51.5 N")) {
		t.Fatal("the picture says no place")
	}
	view, kind, err := View("image/jpeg", original)
	if err != nil || kind != "image/jpeg" {
		t.Fatal(kind, err)
	}
	if bytes.Contains(view, []byte("51.5 N")) || bytes.Contains(view, []byte("Exif")) {
		t.Error("the view tells where it was taken")
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(view))
	if err != nil || config.Width != 800 || config.Height != 1600 {
		t.Errorf("the view is %d × %d: %v", config.Width, config.Height, err)
	}
	decoded, _, err := image.Decode(bytes.NewReader(view))
	if err != nil {
		t.Fatal(err)
	}
	// What was the lower left corner (green) is the upper left one now.
	if r, g, _, _ := decoded.At(4, 4).RGBA(); g>>8 < 200 || r>>8 > 60 {
		t.Errorf("upper left is r %d, g %d", r>>8, g>>8)
	}
	if view, _, err := View("application/pdf", []byte(pdf)); view != nil || err != nil {
		t.Errorf("a PDF has a view: %v", err)
	}
}

func TestSealed_OneByteAltered_DoesNotOpen(t *testing.T) {
	t.Parallel()
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	plain := bytes.Repeat([]byte("evidence "), 30_000)
	sealed, err := Seal(key, plain)
	if err != nil {
		t.Fatal(err)
	}
	read := func(key string, sealed []byte) ([]byte, error) {
		r, err := Open(key, bytes.NewReader(sealed), int64(len(sealed)))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(r)
	}
	if got, err := read(key, sealed); err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("whole: %d bytes, %v", len(got), err)
	}
	if bytes.Contains(sealed, []byte("evidence")) {
		t.Error("the stored bytes are readable")
	}
	for _, at := range []int{3, 150, 210, 70_000, len(sealed) - 1} {
		changed := bytes.Clone(sealed)
		changed[at] ^= 1
		if _, err := read(key, changed); !errors.Is(err, ErrAltered) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
	if _, err := read(key, sealed[:len(sealed)-1]); !errors.Is(err, ErrAltered) {
		t.Errorf("cut: %v", err)
	}
	other, _ := NewKey()
	if _, err := read(other, sealed); !errors.Is(err, ErrAltered) {
		t.Errorf("another key: %v", err)
	}
}

// storages are the folder and an S3-compatible server, gofakes3 in memory.
func storages(t *testing.T) map[string]Storage {
	t.Helper()
	folder, err := OpenStorage("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	backend := s3mem.New()
	if err := backend.CreateBucket("evidence"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	s3, err := OpenStorage("s3://key:secret@"+strings.TrimPrefix(server.URL, "http://")+"/evidence?insecure=true&region=us-east-1", "")
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Storage{"folder": folder, "s3": s3}
}

func TestStorage_PutOpenDelete(t *testing.T) {
	t.Parallel()
	for kind, s := range storages(t) {
		ctx := context.Background()
		name, err := NewName()
		if err != nil {
			t.Fatal(err)
		}
		data := bytes.Repeat([]byte{1, 2, 3}, 100_000)
		if err := s.Put(ctx, name, data); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		blob, size, err := s.Open(ctx, name)
		if err != nil || size != int64(len(data)) {
			t.Fatalf("%s: size %d, %v", kind, size, err)
		}
		part := make([]byte, 7)
		if _, err := blob.ReadAt(part, 150_001); err != nil || !bytes.Equal(part, data[150_001:150_008]) {
			t.Errorf("%s: part %v, %v", kind, part, err)
		}
		_ = blob.Close()
		if err := s.Delete(ctx, name); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if err := s.Delete(ctx, name); err != nil {
			t.Errorf("%s: deleted twice: %v", kind, err)
		}
		if _, _, err := s.Open(ctx, name); !errors.Is(err, ErrMissing) {
			t.Errorf("%s: after deleting: %v", kind, err)
		}
	}
}

func TestDisk_StaysInItsFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := OpenStorage("", filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(context.Background(), "../out", []byte("x")); err == nil {
		t.Error("wrote outside")
	}
	if _, _, err := s.Open(context.Background(), "../secret"); !errors.Is(err, ErrMissing) {
		t.Errorf("read outside: %v", err)
	}
}

func TestParseS3_BadSettings_Refused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"s3://host/bucket", "http://k:s@host/b", "s3://k:s@host", "s3://k:s@host/B@D", "s3://k:s@far.example/bucket?insecure=true"} {
		if _, err := ParseS3(s); err == nil {
			t.Errorf("%s is taken", s)
		}
	}
}
