package handlers

import (
	"context"
	"errors"

	"farwatch/api/spec"
	"farwatch/internal/spool"
	"farwatch/models"
	"farwatch/store"
)

// packageScope is whose records a data package holds: neither restricted nor
// sealed ones.
func packageScope(p models.Principal) store.ExportScope {
	return store.ExportScope{OpenOnly: true, TeamOnly: p.ExportsTeamOnly(levelDeIdentified)}
}

// CreateSnapshot keeps which records match at which version, and has the
// package made.
func (h *Handlers) CreateSnapshot(ctx context.Context, r spec.CreateSnapshotRequestObject) (spec.CreateSnapshotResponseObject, error) {
	p, view := PrincipalOf(ctx), h.view(ctx)
	title := models.NormalizeText(r.Body.Title)
	if fault := models.TextFault(title); fault != "" {
		return nil, models.Invalid([]models.FieldError{{Pointer: "#/title", Code: fault}})
	}
	filter, query, err := h.filterFromQuery(value(r.Body.Query))
	if err != nil {
		return nil, err
	}
	hash, err := h.onceOnly(r.Params.IdempotencyKey, r.Body)
	if err != nil {
		return nil, err
	}
	in := models.DataSnapshot{Title: title, Query: query, Vocabulary: h.Vocab.Version, Program: h.Version}
	s, err := view.BeginSnapshot(ctx, in, filter, packageScope(p), *r.Params.IdempotencyKey, hash)
	if err != nil {
		return nil, err
	}
	e, err := view.RequestExport(ctx, snapshotRequest(s.ID), "of-"+*r.Params.IdempotencyKey, hash)
	if err != nil {
		return nil, err
	}
	h.Exports.kick()
	return spec.CreateSnapshot202JSONResponse{Snapshot: snapshotItem(s), Export: h.exportItem(p, e)}, nil
}

func snapshotRequest(id string) models.ExportRequest {
	return models.ExportRequest{Format: models.FormatPackage, Level: levelDeIdentified, Shape: "wide", Values: "codes", Language: "en", Snapshot: id}
}

// ListSnapshots answers the snapshots of the organisation.
func (h *Handlers) ListSnapshots(ctx context.Context, _ spec.ListSnapshotsRequestObject) (spec.ListSnapshotsResponseObject, error) {
	list, err := h.view(ctx).Snapshots(ctx)
	if err != nil {
		return nil, err
	}
	return spec.ListSnapshots200JSONResponse{Items: each(list, snapshotItem)}, nil
}

// ReadSnapshot answers one.
func (h *Handlers) ReadSnapshot(ctx context.Context, r spec.ReadSnapshotRequestObject) (spec.ReadSnapshotResponseObject, error) {
	s, err := h.view(ctx).Snapshot(ctx, r.SnapshotId)
	if err != nil {
		return nil, err
	}
	return spec.ReadSnapshot200JSONResponse(snapshotItem(s)), nil
}

func snapshotItem(s models.DataSnapshot) spec.Snapshot {
	return spec.Snapshot{
		SnapshotId: s.ID, Title: s.Title, Query: s.Query, CreatedBy: s.UserName, CreatedAt: s.CreatedAt, Records: s.Rows, Omitted: s.Omitted,
		Bytes: s.Bytes, Sha256: s.SHA256, VocabularyVersion: s.Vocabulary, ProgramVersion: s.Program,
	}
}

// whole makes the file of an export; one of a snapshot must have the sum that
// it is cited by.
func (m *making) whole(ctx context.Context) (*spool.File, error) {
	id := m.request.Snapshot
	if id == "" {
		return m.file(ctx)
	}
	view := m.h.view(ctx)
	s, err := view.Snapshot(ctx, id)
	if err != nil {
		return nil, err
	}
	m.snapshot = &s
	file, err := m.file(ctx)
	if err != nil {
		return nil, err
	}
	if err := view.SealSnapshot(ctx, id, file.Sum(), file.Size()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// RebuildSnapshot makes the package of a snapshot anew and tells its sum and
// size, for whoever holds a file of it.
func (h *Handlers) RebuildSnapshot(ctx context.Context, id string) (sum string, size int64, err error) {
	m := making{h: h, request: snapshotRequest(id)}
	file, err := m.whole(ctx)
	if err != nil {
		return "", 0, err
	}
	return file.Sum(), file.Size(), file.Close()
}
