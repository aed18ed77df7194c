package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"farwatch/internal/vault"
	"farwatch/models"
)

// keyState is the one row of key_state.
type keyState struct {
	ActiveRoot  string
	LockedAt    *time.Time
	Generation  int64
	ScrubDue    bool
	Upgraded    bool
	RenewBefore *time.Time
	Recipient   string
	Offer       string
	RowKey      string
	Protected   []byte
	Vouched     bool
}

func (keyState) TableName() string { return "key_state" }

// keyCheck is sealed under the key of the installation: it opens with the right
// key file only.
type keyCheck struct{ Right string }

func (s *Store) keyState(tx *gorm.DB, lock string) (out keyState, err error) {
	if err := tx.Raw("SELECT * FROM key_state WHERE one = 1" + lock).Scan(&out).Error; err != nil {
		return out, fmt.Errorf("read state of keys: %w", err)
	}
	return out, nil
}

func setKeyState(tx *gorm.DB, set map[string]any) error {
	if err := tx.Model(&keyState{}).Where("one = 1").Updates(set).Error; err != nil {
		return fmt.Errorf("keep state of keys: %w", err)
	}
	return nil
}

// openKeys checks that the key file belongs to this database, tells the
// database which root key is in use, and reads the keys of the installation.
func (s *Store) openKeys(ctx context.Context) error {
	err := s.write(ctx, func(tx *gorm.DB) error {
		state, err := s.keyState(tx, "")
		if err == nil && (state.ActiveRoot != s.vault.Active() || state.Protected == nil) {
			// Only what is to change is locked: many writers hold it shared, one after
			// the other, and a command beside a busy server would wait for all of them.
			state, err = s.keyState(tx, s.lock())
		}
		if err != nil {
			return err
		}
		if state.ActiveRoot != "" && !s.vault.Holds(state.ActiveRoot) {
			return errors.New("the key file does not belong to this database, or is older than its newest key: put the right one in its place")
		}
		if state.ActiveRoot != s.vault.Active() {
			if err := setKeyState(tx, map[string]any{"active_root": s.vault.Active()}); err != nil {
				return err
			}
		}
		return s.serveInstance(tx, state)
	})
	if err != nil {
		return err
	}
	return s.upgradeKeys(ctx)
}

// serveInstance reads the keys of the installation, made if there is none.
func (s *Store) serveInstance(tx *gorm.DB, state keyState) error {
	current, err := s.currentKey(tx, owner{})
	if err != nil {
		return err
	}
	var rows []dataKeyRow
	if err := tx.Raw("SELECT * FROM data_keys WHERE COALESCE(incident_id, 0) = 0 AND organisation_id IS NULL AND wrapped IS NOT NULL").Scan(&rows).Error; err != nil {
		return fmt.Errorf("read keys of the installation: %w", err)
	}
	for _, r := range rows {
		k, err := s.unwrap(r)
		if err != nil {
			return err
		}
		s.vault.Serve(k, k.ID == current.ID)
	}
	if state.Protected != nil {
		var check keyCheck
		if err := s.open("key_state", state.RowKey, state.Protected, &check); err != nil {
			return fmt.Errorf("the key file does not belong to this database: %w", err)
		}
		return nil
	}
	key, err := s.rowKey()
	if err != nil {
		return err
	}
	sealed, err := s.seal("key_state", key, keyCheck{Right: "yes"})
	if err != nil {
		return err
	}
	return setKeyState(tx, map[string]any{"row_key": key, "protected": sealed})
}

// keyWatch is what a running server remembers between two looks at key_state.
type keyWatch struct {
	mailbox    *vault.Mailbox // nil: this program takes no keys from others
	generation int64
}

// ServeKeys begins to watch the keys for a server: it lifts a lock, for whoever
// starts the server has the keys, and tells other programs how to hand keys to
// it.
func (s *System) ServeKeys(ctx context.Context) error {
	mailbox, err := vault.NewMailbox()
	if err != nil {
		return err
	}
	return s.s.write(ctx, func(tx *gorm.DB) error {
		state, err := s.s.keyState(tx, s.s.lock())
		if err != nil {
			return err
		}
		s.s.keys = keyWatch{mailbox: mailbox, generation: state.Generation}
		return setKeyState(tx, map[string]any{"locked_at": nil, "recipient": mailbox.Recipient(), "offer": ""})
	})
}

// WatchKeys looks once at what other programs did to the keys: it drops them
// when they are locked, takes new ones, and overwrites what was deleted. A
// server calls it every second.
func (s *System) WatchKeys(ctx context.Context) error {
	var state keyState
	err := s.s.read(ctx, func(tx *gorm.DB) (err error) {
		state, err = s.s.keyState(tx, "")
		return err
	})
	if err != nil {
		return err
	}
	if state.Generation != s.s.keys.generation {
		s.s.held.clear() // something was destroyed
		s.s.keys.generation = state.Generation
	}
	if state.LockedAt != nil && state.Offer == "" && !s.s.vault.Locked() {
		s.s.vault.Lock()
		s.s.held.clear()
	}
	if state.Offer != "" && s.s.keys.mailbox != nil {
		if err := s.s.takeKeys(ctx, state.Offer); err != nil {
			return err
		}
	}
	if state.ScrubDue && !s.s.vault.Locked() {
		return s.Scrub(ctx)
	}
	return nil
}

// takeKeys takes the root keys that somebody who has the key file hands over.
func (s *Store) takeKeys(ctx context.Context, offer string) error {
	roots, err := s.keys.mailbox.Read(offer)
	if err != nil {
		return err
	}
	if err := s.vault.Unlock(roots); err != nil {
		return err
	}
	s.held.clear()
	return s.write(ctx, func(tx *gorm.DB) error {
		state, err := s.keyState(tx, s.lock())
		if err != nil {
			return err
		}
		if err := s.serveInstance(tx, state); err != nil {
			return err
		}
		return setKeyState(tx, map[string]any{"offer": "", "locked_at": nil})
	})
}

// LockKeys has every running server drop its keys.
func (s *System) LockKeys(ctx context.Context) error {
	return s.s.write(ctx, func(tx *gorm.DB) error {
		if err := setKeyState(tx, map[string]any{"locked_at": s.s.now(), "offer": ""}); err != nil {
			return err
		}
		return s.s.appendAudit(ctx, tx, auditRow{Action: "keys.lock", Object: "keys"})
	})
}

// OfferKeys hands root keys to the running server: to one that is locked, or
// before another root key is put to use. It tells whether a server is there to
// take them.
func (s *System) OfferKeys(ctx context.Context, roots []models.RootKey) (server bool, err error) {
	err = s.s.write(ctx, func(tx *gorm.DB) error {
		state, err := s.s.keyState(tx, s.s.lock())
		if err != nil || state.Recipient == "" {
			return err
		}
		server = true
		offer, err := vault.Offer(state.Recipient, roots)
		if err != nil {
			return err
		}
		if err := setKeyState(tx, map[string]any{"offer": offer}); err != nil {
			return err
		}
		return s.s.appendAudit(ctx, tx, auditRow{Action: "keys.offer", Object: "keys"})
	})
	return server, err
}

// KeysTaken tells whether the running server has taken what was offered.
func (s *System) KeysTaken(ctx context.Context) (taken bool, err error) {
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		state, err := s.s.keyState(tx, "")
		taken = state.Offer == ""
		return err
	})
	return taken, err
}

// LeaveKeys ends what ServeKeys began.
func (s *System) LeaveKeys(ctx context.Context) error {
	return s.s.write(ctx, func(tx *gorm.DB) error { return setKeyState(tx, map[string]any{"recipient": "", "offer": ""}) })
}

// KeyStatus is what `farwatch keys status` tells.
type KeyStatus struct {
	Active       string         // root key in use
	Locked       bool           // by `farwatch keys lock`
	Records      int            // keys of records
	Shared       int            // keys of organisations and of the installation
	ByRoot       map[string]int // keys by the root that wraps them
	Renewing     bool           // a rotation of data keys was interrupted
	FirstVersion bool           // values of the first version may be left
}

// KeyStatus counts keys.
func (s *System) KeyStatus(ctx context.Context) (out KeyStatus, err error) {
	out.ByRoot = map[string]int{}
	err = s.s.read(ctx, func(tx *gorm.DB) error {
		state, err := s.s.keyState(tx, "")
		if err != nil {
			return err
		}
		out.Active, out.Locked, out.Renewing, out.FirstVersion = state.ActiveRoot, state.LockedAt != nil, state.RenewBefore != nil, !state.Upgraded
		var rows []struct {
			RootKeyID string
			Records   int
			Total     int
		}
		err = tx.Raw("SELECT root_key_id, COUNT(incident_id) AS records, COUNT(*) AS total FROM data_keys WHERE wrapped IS NOT NULL GROUP BY root_key_id").Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("count keys: %w", err)
		}
		for _, r := range rows {
			out.ByRoot[r.RootKeyID] = r.Total
			out.Records, out.Shared = out.Records+r.Records, out.Shared+r.Total-r.Records
		}
		return nil
	})
	return out, err
}
