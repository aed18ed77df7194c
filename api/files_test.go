package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"mime"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"farwatch/models"
)

type fileBody struct {
	FileID    string `json:"file_id"`
	Name      string
	SHA256    string
	MediaType string  `json:"media_type"`
	HasView   bool    `json:"has_view"`
	DeletedAt *string `json:"deleted_at"`
	Reason    *string
	Graphic   bool
}

func pngBytes(t testing.TB, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, side, side))))
	return b.Bytes()
}

// part sends raw bytes to an upload.
func (u *person) part(id string, offset int, data []byte) *reply {
	u.t.Helper()
	return u.do(http.MethodPut, fmt.Sprintf("/api/v1/uploads/%s?offset=%d", id, offset), data, "Content-Type", "application/octet-stream")
}

func (d *desk) begin(u *person, name string, size int) *reply {
	d.t.Helper()
	return u.do(http.MethodPost, d.path("/files"), object{"name": name, "bytes": size})
}

// attach uploads a file in parts of 1,000 bytes.
func (d *desk) attach(u *person, name string, data []byte) *reply {
	d.t.Helper()
	var up struct {
		UploadID string `json:"upload_id"`
	}
	d.begin(u, name, len(data)).want(201).json(&up)
	for at := 0; at < len(data); at += 1000 {
		u.part(up.UploadID, at, data[at:min(len(data), at+1000)]).want(200)
	}
	sum := sha256.Sum256(data)
	return u.do(http.MethodPost, "/api/v1/uploads/"+up.UploadID+"/complete", object{"sha256": hex.EncodeToString(sum[:])})
}

func (d *desk) custody(u *person, id string) (out []string) {
	d.t.Helper()
	var list struct {
		Items []struct {
			Action   string
			UserName *string `json:"user_name"`
		}
	}
	u.get(d.path("/files/" + id + "/custody")).want(200).json(&list)
	for _, c := range list.Items {
		out = append(out, c.Action+" "+value(c.UserName))
	}
	slices.Reverse(out)
	return out
}

func TestFiles_UploadViewDownloadDelete_EachInTheCustodyLog(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		data := pngBytes(t, 900)
		var f fileBody
		d.attach(d.author, "../call\u202e 1.png", data).want(201).json(&f)
		sum := sha256.Sum256(data)
		if f.Name != "call 1.png" || f.MediaType != "image/png" || f.SHA256 != hex.EncodeToString(sum[:]) || !f.HasView {
			t.Errorf("held %+v", f)
		}
		original := d.reviewer.get(d.path("/files/" + f.FileID + "/original")).want(200)
		if !bytes.Equal(original.Body, data) {
			t.Error("the original is not what was sent")
		}
		_, params, err := mime.ParseMediaType(original.Header.Get("Content-Disposition"))
		if err != nil || params["filename"] != "call 1.png" || original.Header.Get("Content-Security-Policy") != "sandbox; default-src 'none'" ||
			original.Header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("headers %v: %v", original.Header, err)
		}
		part := d.reviewer.do(http.MethodGet, d.path("/files/"+f.FileID+"/original"), nil, "Range", "bytes=10-19").want(206)
		if !bytes.Equal(part.Body, data[10:20]) {
			t.Errorf("part %v", part.Body)
		}
		view := d.author.get(d.path("/files/" + f.FileID + "/view")).want(200)
		if _, err := png.Decode(bytes.NewReader(view.Body)); err != nil || view.Header.Get("Content-Type") != "image/png" {
			t.Errorf("view: %v", err)
		}
		d.author.do(http.MethodPatch, d.path("/files/"+f.FileID), object{"graphic": true}).want(200).json(&f)
		if !f.Graphic {
			t.Error("not marked")
		}
		d.refused("delete without a reason", d.author.do(http.MethodPost, d.path("/files/"+f.FileID+"/removal"), object{"reason": " "}), 422, "validation.failed")
		d.author.do(http.MethodPost, d.path("/files/"+f.FileID+"/removal"), object{"reason": "Another person is in it."}).want(200).json(&f)
		if f.DeletedAt == nil || f.Name != "" || f.SHA256 != "" || value(f.Reason) != "Another person is in it." {
			t.Errorf("deleted %+v", f)
		}
		d.refused("download what is gone", d.author.get(d.path("/files/"+f.FileID+"/original")), 409, "file.deleted")
		want := []string{"received author", "downloaded reviewer", "downloaded reviewer", "viewed author", "marked author", "deleted author"}
		if got := d.custody(d.reviewer, f.FileID); !slices.Equal(got, want) {
			t.Errorf("custody %v, want %v", got, want)
		}
	})
}

func TestFiles_OtherEyes_LearnNothing(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		var f fileBody
		d.attach(d.author, "call.png", pngBytes(t, 20)).want(201).json(&f)
		var up struct {
			UploadID string `json:"upload_id"`
		}
		d.begin(d.author, "b.png", 10).want(201).json(&up)
		for _, path := range []string{d.path("/files"), d.path("/files/" + f.FileID + "/original"), d.path("/files/" + f.FileID + "/view"), d.path("/files/" + f.FileID + "/custody")} {
			d.refused("a colleague", d.colleague.get(path), 403, "permission.denied")
			d.refused("a colleague asks for a part", d.colleague.do(http.MethodGet, path, nil, "Range", "bytes=0-1"), 403, "permission.denied")
			d.refused("an analyst", d.analyst.get(path), 403, "permission.denied")
			d.refused("an administrator", d.admin.get(path), 403, "permission.denied")
			d.refused("another organisation", d.stranger.get(path), 404, "incident.not_found")
			d.refused("nobody", a.anyone().get(path), 401, "session.required")
		}
		for name, u := range map[string]*person{"a reviewer": d.reviewer, "a colleague": d.colleague, "another organisation": d.stranger} {
			d.refused(name+" reads the upload", u.get("/api/v1/uploads/"+up.UploadID), 404, "upload.not_found")
			d.refused(name+" sends a part", u.part(up.UploadID, 0, []byte("x")), 404, "upload.not_found")
			d.refused(name+" completes it", u.do(http.MethodPost, "/api/v1/uploads/"+up.UploadID+"/complete", object{}), 404, "upload.not_found")
		}
		d.refused("begin by a colleague", d.begin(d.colleague, "a.png", 10), 403, "permission.denied")
		d.refused("begin by another organisation", d.begin(d.stranger, "a.png", 10), 404, "incident.not_found")
		other := d.author.logged(t, founding(t), "other-record")
		d.refused("through another record", d.author.get("/api/v1/incidents/"+other+"/files/"+f.FileID+"/original"), 404, "file.not_found")
	})
}

func TestFiles_HostileContent_RefusedByName(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		polyglot := append(pngBytes(t, 20), []byte("PK\x03\x04PK\x05\x06"+strings.Repeat("\x00", 18))...)
		svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)
		// A PNG of a few bytes that claims 40,000 × 40,000 pixels.
		claim := []byte("IHDR\x00\x00\x9c\x40\x00\x00\x9c\x40\x08\x02\x00\x00\x00")
		bomb := binary.BigEndian.AppendUint32(append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\r"), claim...), crc32.ChecksumIEEE(claim))
		for name, c := range map[string]struct {
			file string
			data []byte
			code string
		}{
			"a polyglot":             {"a.png", polyglot, "file.two_in_one"},
			"an SVG called PNG":      {"a.png", svg, "file.type_not_accepted"},
			"an SVG called text":     {"a.txt", svg, "file.type_not_accepted"},
			"a PNG called PDF":       {"a.pdf", pngBytes(t, 20), "file.name_disagrees"},
			"a page called text":     {"a.txt", []byte("see <script>alert(1)</script>"), "file.active_content"},
			"half a picture":         {"a.png", pngBytes(t, 20)[:30], "file.damaged"},
			"a decompression bomb":   {"a.png", bomb, "file.too_many_pixels"},
			"a program called photo": {"a.jpg", append([]byte("MZ\x90"), make([]byte, 200)...), "file.type_not_accepted"},
		} {
			d.refused(name, d.attach(d.author, c.file, c.data), 415, c.code)
		}
		d.refused("an SVG", d.begin(d.author, "a.svg", 100), 415, "file.type_not_accepted")
		d.refused("51 MiB", d.begin(d.author, "a.mp4", 51<<20), 413, "file.too_large")
		d.refused("nothing", d.begin(d.author, "a.png", 0), 422, "validation.failed")
		var list struct{ Items []fileBody }
		d.author.get(d.path("/files")).want(200).json(&list)
		if len(list.Items) != 0 {
			t.Errorf("held %+v", list.Items)
		}
	})
}

func TestUploads_GoOnAfterALostLine(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		data := pngBytes(t, 1200)
		var up struct {
			UploadID string `json:"upload_id"`
			Offset   int
		}
		d.begin(d.author, "a.png", len(data)).want(201).json(&up)
		id := up.UploadID
		d.author.part(id, 0, data[:500]).want(200)
		d.author.part(id, 0, data[:500]).want(200) // its answer got lost
		d.refused("a gap", d.author.part(id, 600, data[600:700]), 409, "upload.wrong_offset")
		d.refused("too early", d.author.do(http.MethodPost, "/api/v1/uploads/"+id+"/complete", object{}), 409, "upload.incomplete")
		d.refused("more than announced", d.author.part(id, 500, make([]byte, len(data))), 409, "upload.too_long")
		d.refused("not bytes", d.author.do(http.MethodPut, "/api/v1/uploads/"+id+"?offset=500", object{"a": 1}), 415, "request.not_bytes")
		d.author.get("/api/v1/uploads/" + id).want(200).json(&up)
		if up.Offset != 500 {
			t.Errorf("stands at %d", up.Offset)
		}
		var list struct {
			Uploads []struct {
				UploadID string `json:"upload_id"`
			}
		}
		d.author.get(d.path("/files")).want(200).json(&list)
		if len(list.Uploads) != 1 || list.Uploads[0].UploadID != id {
			t.Errorf("my uploads %+v", list.Uploads)
		}
		d.reviewer.get(d.path("/files")).want(200).json(&list)
		if len(list.Uploads) != 0 {
			t.Errorf("another's uploads %+v", list.Uploads)
		}
		d.author.part(id, 500, data[500:]).want(200)
		d.refused("another hash", d.author.do(http.MethodPost, "/api/v1/uploads/"+id+"/complete", object{"sha256": strings.Repeat("0", 64)}), 409, "upload.hash_differs")
		d.author.do(http.MethodPost, "/api/v1/uploads/"+id+"/complete", object{}).want(201)
		d.refused("completed twice", d.author.do(http.MethodPost, "/api/v1/uploads/"+id+"/complete", object{}), 404, "upload.not_found")
		d.refused("the same file again", d.attach(d.author, "b.png", data), 409, "file.held_already")
		d.begin(d.author, "c.png", 10).want(201).json(&up)
		d.author.do(http.MethodDelete, "/api/v1/uploads/"+up.UploadID, nil).want(204)
		d.refused("cancelled", d.author.get("/api/v1/uploads/"+up.UploadID), 404, "upload.not_found")
	})
}

func TestFiles_AreErasedWithTheRecord_AndTheirBytesSwept(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		var f fileBody
		d.attach(d.author, "call.png", pngBytes(t, 20)).want(201).json(&f)
		record := d.record(d.author)
		consents := record["consents"].([]any)
		for _, c := range consents {
			c.(object)["level"] = "refused"
		}
		d.edit(d.author, object{"consents": consents, "reason": "She said no."}).want(200)
		d.refused("after", d.reviewer.get(d.path("/files/"+f.FileID+"/original")), 409, "file.deleted")
		var swept []string
		must(t, a.store.System().SweepBlobs(t.Context(), func(name string) error { swept = append(swept, name); return nil }))
		if len(swept) != 2 {
			t.Errorf("swept %v", swept)
		}
		if got := d.custody(d.reviewer, f.FileID); !slices.Equal(got, []string{"received author", "erased author"}) {
			t.Errorf("custody %v", got)
		}
	})
}

func TestUploads_OldOnes_AreForgotten(t *testing.T) {
	t.Parallel()
	eachApp(t, func(t *testing.T, a *app) {
		d := newDesk(a, nil)
		var up struct {
			UploadID string `json:"upload_id"`
		}
		d.begin(d.author, "a.png", 10).want(201).json(&up)
		d.author.part(up.UploadID, 0, []byte("12345")).want(200)
		must(t, a.store.System().DropOldUploads(t.Context()))
		d.author.get("/api/v1/uploads/" + up.UploadID).want(200)
		a.clock.Advance(models.UploadLife + time.Minute)
		must(t, a.store.System().DropOldUploads(t.Context()))
		d.refused("a day later", a.again(d.author).get("/api/v1/uploads/"+up.UploadID), 404, "upload.not_found")
	})
}
