package handlers

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"

	"farwatch/api/spec"
	"farwatch/internal/disclosure"
	"farwatch/models"
)

// ListReleases answers every release ever proposed.
func (h *Handlers) ListReleases(ctx context.Context, _ spec.ListReleasesRequestObject) (spec.ListReleasesResponseObject, error) {
	list, err := h.view(ctx).Releases(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ListReleases200JSONResponse{Items: each(list, release)}, nil
}

// ProposeRelease counts, audits and keeps a release.
func (h *Handlers) ProposeRelease(ctx context.Context, r spec.ProposeReleaseRequestObject) (spec.ProposeReleaseResponseObject, error) {
	note := value(r.Body.Note)
	if fault := models.TextFault(note); fault != "" {
		return nil, models.Invalid([]models.FieldError{{Pointer: "#/note", Code: fault}})
	}
	out, err := h.BuildAndPropose(ctx, note, r.Body.Corrects, nil)
	if err != nil {
		return nil, err
	}
	return spec.ProposeRelease201JSONResponse(release(out)), nil
}

// ReadRelease answers a release with its tables. A staff member of one
// organisation learns as little of another's records as the public: why a
// single number is missing is not told.
func (h *Handlers) ReadRelease(ctx context.Context, r spec.ReadReleaseRequestObject) (spec.ReadReleaseResponseObject, error) {
	out, cells, err := h.view(ctx).Release(ctx, r.ReleaseId)
	if err != nil {
		return nil, err
	}
	return spec.ReadRelease200JSONResponse{Release: release(out), Tables: each(disclosure.PublicTables(cells), releaseTable)}, nil
}

// ApproveRelease is the second person's yes.
func (h *Handlers) ApproveRelease(ctx context.Context, r spec.ApproveReleaseRequestObject) (spec.ApproveReleaseResponseObject, error) {
	out, err := h.view(ctx).ApproveRelease(ctx, r.ReleaseId)
	if err != nil {
		return nil, err
	}
	return spec.ApproveRelease200JSONResponse(release(out)), nil
}

// PublishRelease publishes an approved release.
func (h *Handlers) PublishRelease(ctx context.Context, r spec.PublishReleaseRequestObject) (spec.PublishReleaseResponseObject, error) {
	out, err := h.AuditAndPublish(ctx, r.ReleaseId, nil)
	if err != nil {
		return nil, err
	}
	return spec.PublishRelease200JSONResponse(release(out)), nil
}

// DiscardRelease gives a release up.
func (h *Handlers) DiscardRelease(ctx context.Context, r spec.DiscardReleaseRequestObject) (spec.DiscardReleaseResponseObject, error) {
	out, err := h.view(ctx).DiscardRelease(ctx, r.ReleaseId)
	if err != nil {
		return nil, err
	}
	return spec.DiscardRelease200JSONResponse(release(out)), nil
}

// ListPublicReleases answers what is published, to everybody.
func (h *Handlers) ListPublicReleases(ctx context.Context, _ spec.ListPublicReleasesRequestObject) (spec.ListPublicReleasesResponseObject, error) {
	list, err := h.Store.Public().Releases(ctx)
	if err != nil {
		return nil, err
	}
	body := spec.PublicReleaseList{
		Items: each(list, publicRelease), Method: disclosure.Method, PublicKey: h.releasePublicKey(),
	}
	return spec.ListPublicReleases200JSONResponse{Body: body, Headers: spec.ListPublicReleases200ResponseHeaders{CacheControl: &publicCache}}, nil
}

// releasePublicKey checks what was signed with the key of releases.
func (h *Handlers) releasePublicKey() string {
	return hex.EncodeToString(h.ReleaseKey[ed25519.SeedSize:])
}

// ReadPublicRelease answers one.
func (h *Handlers) ReadPublicRelease(ctx context.Context, r spec.ReadPublicReleaseRequestObject) (spec.ReadPublicReleaseResponseObject, error) {
	list, err := h.Store.Public().Releases(ctx)
	if err != nil {
		return nil, err
	}
	for _, one := range list {
		if *one.Number == r.Number {
			return spec.ReadPublicRelease200JSONResponse{Body: publicRelease(one), Headers: spec.ReadPublicRelease200ResponseHeaders{CacheControl: &publicCache}}, nil
		}
	}
	return nil, models.NotFound("release")
}

// ReadReleaseFile answers a file as it was published. Names are ours: letters,
// digits, dots and underscores.
func (h *Handlers) ReadReleaseFile(ctx context.Context, r spec.ReadReleaseFileRequestObject) (spec.ReadReleaseFileResponseObject, error) {
	f, err := h.Store.Public().ReleaseFile(ctx, r.Number, r.Name)
	if err != nil {
		return nil, err
	}
	name := `attachment; filename="` + f.Name + `"`
	return spec.ReadReleaseFile200AsteriskResponse{
		Body: bytes.NewReader(f.Data), ContentType: f.Type, ContentLength: int64(len(f.Data)),
		Headers: spec.ReadReleaseFile200ResponseHeaders{CacheControl: &publicCache, ContentDisposition: &name},
	}, nil
}

func release(r models.Release) spec.Release {
	return spec.Release{
		ReleaseId: r.ID, Number: r.Number, State: spec.ReleaseState(r.State), Note: r.Note, Corrects: r.Corrects, ProposedBy: r.ProposedBy, ProposedAt: r.ProposedAt,
		ApprovedBy: r.ApprovedBy, ApprovedAt: r.ApprovedAt, PublishedBy: r.PublishedBy, PublishedAt: r.PublishedAt,
		Moves: each(r.Moves, func(m string) spec.ReleaseMoves { return spec.ReleaseMoves(m) }),
	}
}

func releaseTable(t disclosure.Table) spec.ReleaseTable {
	out := spec.ReleaseTable{Name: spec.ReleaseTableName(t.Name), Row: t.Row, Column: t.Column, Cells: []spec.ReleaseCell{}, Hidden: []spec.ReleaseHidden{}}
	hidden := map[string]int{}
	for _, c := range t.Cells {
		hidden[c.Shown]++
		out.Cells = append(out.Cells, spec.ReleaseCell{Year: c.Year, Row: c.Row, Column: c.Column, Shown: spec.ReleaseCellShown(c.Shown), Persons: c.Persons})
	}
	for _, reason := range []string{models.ShownBelow, models.ShownWithheld} {
		if n := hidden[reason]; n > 0 {
			out.Hidden = append(out.Hidden, spec.ReleaseHidden{Reason: spec.ReleaseHiddenReason(reason), Cells: n})
		}
	}
	return out
}

func publicRelease(r models.Release) spec.PublicRelease {
	return spec.PublicRelease{
		Number: value(r.Number), Note: r.Note, Corrects: r.Corrects, PublishedAt: value(r.PublishedAt),
		Files: each(r.Files, func(f models.ReleaseFile) spec.PublicReleaseFile {
			return spec.PublicReleaseFile{Name: f.Name, MediaType: f.Type, Bytes: f.Bytes, Sha256: f.SHA256}
		}),
	}
}
