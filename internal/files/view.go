package files

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"

	"github.com/bep/imagemeta"
	"golang.org/x/image/draw"
)

// viewSide is the longest side of what is shown, in pixels.
const viewSide = 1600

// View is a picture made anew from the pixels of the original: smaller, upright
// and without anything that a camera wrote beside them. Other kinds have none:
// they are only downloaded. nil, "" for those. Errors: file.damaged.
func View(mediaType string, data []byte) (view []byte, viewType string, err error) {
	switch mediaType {
	case "image/jpeg", "image/png", "image/webp":
	default:
		return nil, "", nil
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, "", refusal("file.damaged", "The picture cannot be read. Export it again from where it came.")
	}
	shown := upright(shrunk(picture), orientation(mediaType, data))
	var out bytes.Buffer
	if mediaType == "image/png" {
		err, viewType = png.Encode(&out, shown), "image/png"
	} else {
		err, viewType = jpeg.Encode(&out, shown, &jpeg.Options{Quality: 85}), "image/jpeg"
	}
	if err != nil {
		return nil, "", fmt.Errorf("encode view: %w", err)
	}
	return out.Bytes(), viewType, nil
}

func shrunk(picture image.Image) *image.NRGBA {
	b := picture.Bounds()
	w, h := b.Dx(), b.Dy()
	if longest := max(w, h); longest > viewSide {
		w, h = max(1, w*viewSide/longest), max(1, h*viewSide/longest)
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(out, out.Bounds(), picture, b, draw.Src, nil)
	return out
}

// orientation is how a camera was held (EXIF 0x0112), 1 if nothing says so.
func orientation(mediaType string, data []byte) int {
	formats := map[string]imagemeta.ImageFormat{"image/jpeg": imagemeta.JPEG, "image/png": imagemeta.PNG, "image/webp": imagemeta.WebP}
	held := 1
	_, err := imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(data), ImageFormat: formats[mediaType], Sources: imagemeta.EXIF,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool { return tag.Tag == "Orientation" },
		HandleTag: func(tag imagemeta.TagInfo) error {
			if n, ok := tag.Value.(uint16); ok && n >= 1 && n <= 8 {
				held = int(n)
			}
			return nil
		},
	})
	if err != nil { // what a camera wrote is broken: show the pixels as they are
		return 1
	}
	return held
}

// upright turns and mirrors as the eight orientations of EXIF say.
func upright(in *image.NRGBA, held int) *image.NRGBA {
	if held <= 1 {
		return in
	}
	w, h := in.Bounds().Dx(), in.Bounds().Dy()
	turned := held >= 5
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if turned {
		out = image.NewNRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch held {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			out.SetNRGBA(tx, ty, in.NRGBAAt(x, y))
		}
	}
	return out
}
