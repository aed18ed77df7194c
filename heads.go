package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"farwatch/internal/heads"
)

// headStep is how often the end of the audit chain is signed (S42).
const headStep = 15 * time.Minute

// signHead adds the end of the chain to the file of heads, where one is set.
// restored names the row that a restore took the chain back to.
func (i *instance) signHead(ctx context.Context, restored *int64) error {
	if i.config.AuditHeads == "" {
		return nil
	}
	head, err := i.store.System().AuditHead(ctx)
	if err != nil {
		return err
	}
	h := heads.Head{Seq: head.Seq, MAC: head.MAC, Time: time.Now(), Restored: restored}
	return heads.Append(i.config.AuditHeads, h, signer(i.keys, labelHead))
}

// signHeads signs at the start and every quarter of an hour; the server signs
// once more when nobody writes any longer.
func (i *instance) signHeads(ctx context.Context) {
	ticker := time.NewTicker(headStep)
	defer ticker.Stop()
	for {
		if err := i.signHead(ctx, nil); err != nil && ctx.Err() == nil {
			i.log.Warn("audit head", slog.String("err_code", "audit.head_unsigned"))
			i.log.Debug("audit head", slog.Any("err", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// auditFault is what is wrong with the chain; nil when it is intact and as long
// as every signed head says.
func (i *instance) auditFault(ctx context.Context) (rows int64, heeded string, err error) {
	rows, broken, err := i.store.System().VerifyAudit(ctx)
	if err != nil {
		return rows, "", err
	}
	if broken > 0 {
		return rows, "", fmt.Errorf("the audit chain is broken at row %d: %d rows before it are intact", broken, rows)
	}
	if i.config.AuditHeads == "" {
		return rows, "No signed heads: FARWATCH_AUDIT_HEADS is not set, so that a chain written anew would not show.", nil
	}
	heeded, err = i.headsFault(ctx, rows)
	return rows, heeded, err
}

func (i *instance) headsFault(ctx context.Context, rows int64) (heeded string, err error) {
	f, err := heads.Read(i.config.AuditHeads, checker(i.keys, labelHead))
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("the file of signed heads %s is not there: put it back, or start the server once to begin a new one", i.config.AuditHeads)
	}
	if err != nil {
		return "", err
	}
	if len(f.Forged) > 0 {
		return "", fmt.Errorf("line %d of %s is no head of this instance: it was altered, cut short or signed with another key", f.Forged[0], i.config.AuditHeads)
	}
	seqs := make([]int64, 0, len(f.Heads))
	for _, h := range f.Heads {
		seqs = append(seqs, h.Seq)
	}
	macs, err := i.store.System().AuditMACs(ctx, seqs)
	if err != nil {
		return "", err
	}
	if h, missing := f.Missing(macs); missing {
		what := "was written anew"
		if h.Seq > rows {
			what = "is truncated"
		}
		return "", fmt.Errorf("the audit chain %s: it has %d rows, and row %d of the head signed at %s is not among them",
			what, rows, h.Seq, h.Time.Format(time.RFC3339))
	}
	heeded = fmt.Sprintf("%d signed heads bear it out.", len(f.Heads))
	if f.Restores > 0 {
		heeded += fmt.Sprintf(" %d restores took it back.", f.Restores)
	}
	return heeded, nil
}
