package handlers

import (
	"context"
	"time"

	"farwatch/internal/disclosure"
	"farwatch/models"
)

// BuildRelease counts a release and has it audited; nothing is kept, and
// nothing of it may be shown unless the verdict passed. Errors: release.nothing,
// those of MayPropose.
func (h *Handlers) BuildRelease(ctx context.Context, corrects *int, progress func(done, total int)) (models.ReleaseState, disclosure.Verdict, error) {
	v := h.view(ctx)
	if err := v.MayPropose(ctx, corrects); err != nil {
		return models.ReleaseState{}, disclosure.Verdict{}, err
	}
	basis, err := v.ReleaseBasis(ctx, h.Vocab)
	if err != nil {
		return models.ReleaseState{}, disclosure.Verdict{}, err
	}
	state := h.Disclosure.Build(basis, models.LastReleaseYear(h.Clock()))
	if len(disclosure.PublicTables(state.Cells)) == 0 {
		return state, disclosure.Verdict{}, models.Fail(models.KindConflict, "release.nothing",
			"No number can be shown: no year has enough persons of enough organisations among the records that may be counted.")
	}
	return state, h.Disclosure.Audit(ctx, append(basis.Earlier, state), basis.Published, progress), nil
}

// BuildAndPropose builds, audits and keeps a release. Errors: those of
// BuildRelease, release.blocked.
func (h *Handlers) BuildAndPropose(ctx context.Context, note string, corrects *int, progress func(done, total int)) (models.Release, error) {
	state, verdict, err := h.BuildRelease(ctx, corrects, progress)
	if err != nil {
		return models.Release{}, err
	}
	if !verdict.Passed() {
		return models.Release{}, blocked(verdict)
	}
	return h.view(ctx).ProposeRelease(ctx, state, note, corrects)
}

// blocked says how much the auditor found, and not where: a place would tell
// that somebody is there.
func blocked(v disclosure.Verdict) *models.Error {
	e := models.Fail(models.KindConflict, "release.blocked", "The audit does not let this release out: some counts could be found out, or could not be checked. Nothing was published.")
	e.Params = map[string]any{"pinned": len(v.Pinned), "unsolved": len(v.Unsolved)}
	return e
}

// AuditReleases has every release ever built audited by what is published now.
func (h *Handlers) AuditReleases(ctx context.Context, basis models.ReleaseBasis, progress func(done, total int)) disclosure.Verdict {
	return h.Disclosure.Audit(ctx, basis.Earlier, basis.Published, progress)
}

// AuditAndPublish publishes an approved release: it is audited once more, as records may
// have been published meanwhile. Errors: release.blocked, those of
// store.PublishRelease.
func (h *Handlers) AuditAndPublish(ctx context.Context, id int, progress func(done, total int)) (models.Release, error) {
	v := h.view(ctx)
	release, cells, err := v.Release(ctx, id)
	if err != nil {
		return models.Release{}, err
	}
	if err := PrincipalOf(ctx).MayMoveRelease(release, "publish"); err != nil {
		return models.Release{}, err
	}
	basis, err := v.ReleaseBasis(ctx, h.Vocab)
	if err != nil {
		return models.Release{}, err
	}
	if verdict := h.AuditReleases(ctx, basis, progress); !verdict.Passed() {
		return models.Release{}, blocked(verdict)
	}
	number, err := v.NextRelease(ctx)
	if err != nil {
		return models.Release{}, err
	}
	label := disclosure.Label{Number: number, PublishedAt: h.Clock().UTC().Truncate(time.Second), Note: release.Note, Corrects: release.Corrects}
	files, err := disclosure.Files(label, cells, h.ReleaseKey)
	if err != nil {
		return models.Release{}, err
	}
	return v.PublishRelease(ctx, id, number, files)
}
