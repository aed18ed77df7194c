package handlers

import (
	"context"
	"slices"

	"farwatch/api/spec"
	"farwatch/models"
)

// ReadTeam answers who works on a record, and who could.
func (h *Handlers) ReadTeam(ctx context.Context, r spec.ReadTeamRequestObject) (spec.ReadTeamResponseObject, error) {
	ref, err := models.ParseRef(r.Ref)
	if err != nil {
		return nil, err
	}
	team, err := h.view(ctx).Team(ctx, ref)
	if err != nil {
		return nil, err
	}
	rec, err := h.view(ctx).Incident(ctx, ref)
	if err != nil {
		return nil, err
	}
	return spec.ReadTeam200JSONResponse(teamOf(team, rec.Sensitivity)), nil
}

// staffed runs one change of a team and answers it.
func (h *Handlers) staffed(ctx context.Context, ref, user string, change func(ctx context.Context, ref, user string) (models.Team, error)) (spec.Team, error) {
	ref, err := models.ParseRef(ref)
	if err != nil {
		return spec.Team{}, err
	}
	team, err := change(ctx, ref, user)
	if err != nil {
		return spec.Team{}, err
	}
	// Whoever takes themselves off may see the record no more.
	rec, err := h.view(ctx).Incident(ctx, ref)
	if err != nil && models.KindOf(err) != models.KindNotFound {
		return spec.Team{}, err
	}
	return teamOf(team, rec.Sensitivity), nil
}

// AssignMember puts somebody on the team.
func (h *Handlers) AssignMember(ctx context.Context, r spec.AssignMemberRequestObject) (spec.AssignMemberResponseObject, error) {
	team, err := h.staffed(ctx, r.Ref, r.UserId, h.view(ctx).Assign)
	if err != nil {
		return nil, err
	}
	return spec.AssignMember200JSONResponse(team), nil
}

// UnassignMember takes somebody off the team.
func (h *Handlers) UnassignMember(ctx context.Context, r spec.UnassignMemberRequestObject) (spec.UnassignMemberResponseObject, error) {
	team, err := h.staffed(ctx, r.Ref, r.UserId, h.view(ctx).Unassign)
	if err != nil {
		return nil, err
	}
	return spec.UnassignMember200JSONResponse(team), nil
}

// AskReview asks a reviewer.
func (h *Handlers) AskReview(ctx context.Context, r spec.AskReviewRequestObject) (spec.AskReviewResponseObject, error) {
	team, err := h.staffed(ctx, r.Ref, r.UserId, h.view(ctx).AskReview)
	if err != nil {
		return nil, err
	}
	return spec.AskReview200JSONResponse(team), nil
}

// UnaskReview takes that back.
func (h *Handlers) UnaskReview(ctx context.Context, r spec.UnaskReviewRequestObject) (spec.UnaskReviewResponseObject, error) {
	team, err := h.staffed(ctx, r.Ref, r.UserId, h.view(ctx).UnaskReview)
	if err != nil {
		return nil, err
	}
	return spec.UnaskReview200JSONResponse(team), nil
}

func teamOf(t models.Team, sensitivity string) spec.Team {
	return spec.Team{
		MayAssign: t.MayAssign,
		People: each(t.People, func(p models.Teammate) spec.Teammate {
			return spec.Teammate{
				UserId: p.UserID, UserName: p.UserName, OnTeam: p.OnTeam, MayJoin: p.MayJoin(sensitivity) && (!p.OnTeam || sensitivity == "sealed" && !p.Named),
				MayReview: p.MayReviewAsAsked(sensitivity, t.Authors) && !slices.ContainsFunc(t.Asked, func(q models.ReviewRequest) bool { return q.UserName == p.UserName }),
				Roles:     each(p.Roles, func(r models.Role) string { return string(r) }),
			}
		}),
		Asked: each(t.Asked, func(q models.ReviewRequest) spec.ReviewRequest {
			return spec.ReviewRequest{UserName: q.UserName, AskedBy: q.AskedBy, At: q.At}
		}),
	}
}
