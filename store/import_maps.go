package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"farwatch/models"
)

type importMapRow struct {
	ID             string
	OrganisationID int64
	UserID         string
	At             time.Time
	RowKey         string
	Protected      []byte
}

func (importMapRow) TableName() string { return "import_maps" }

type protectedImportMap struct {
	Name string
	Plan []byte
}

// maxImportMaps bounds what an organisation keeps.
const maxImportMaps = 200

// ImportMaps are those of the organisation, the newest first.
func (v *View) ImportMaps(ctx context.Context) (out []models.ImportMap, err error) {
	err = v.read(ctx, func(tx *gorm.DB) error {
		var rows []struct {
			Row      importMapRow `gorm:"embedded"`
			UserName string
		}
		err := tx.Raw("SELECT m.*, u.user_name FROM import_maps m JOIN users u ON u.id = m.user_id WHERE m.organisation_id = ? ORDER BY m.at DESC, m.id LIMIT ?",
			v.p.OrganisationID, maxImportMaps).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("list maps: %w", err)
		}
		for _, r := range rows {
			var hidden protectedImportMap
			if err := v.s.openIn(tx, ofOrganisation(r.Row.OrganisationID), "import_maps", r.Row.RowKey, r.Row.Protected, &hidden); err != nil {
				return err
			}
			out = append(out, models.ImportMap{ID: r.Row.ID, Name: hidden.Name, UserName: r.UserName, At: r.Row.At, Plan: hidden.Plan})
		}
		return nil
	})
	return out, err
}

// SaveImportMap keeps a map under a name. Errors: import_map.too_many.
func (v *View) SaveImportMap(ctx context.Context, name string, plan []byte) (out models.ImportMap, err error) {
	err = v.write(ctx, func(tx *gorm.DB) error {
		var held int
		if err := tx.Raw("SELECT COUNT(*) FROM import_maps WHERE organisation_id = ?", v.p.OrganisationID).Scan(&held).Error; err != nil {
			return fmt.Errorf("count maps: %w", err)
		}
		if held >= maxImportMaps {
			return models.Fail(models.KindConflict, "import_map.too_many", "Your organisation keeps 200 maps. Delete one first.")
		}
		row := importMapRow{ID: uuid.NewString(), OrganisationID: v.p.OrganisationID, UserID: v.p.UserID, At: v.s.now()}
		if row.RowKey, err = v.s.rowKey(); err != nil {
			return err
		}
		if row.Protected, err = v.s.sealIn(tx, ofOrganisation(row.OrganisationID), "import_maps", row.RowKey, protectedImportMap{name, plan}); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("insert map: %w", err)
		}
		out = models.ImportMap{ID: row.ID, Name: name, UserName: v.p.UserName, At: row.At, Plan: plan}
		return v.audit(ctx, tx, "import_map.save", row.ID, nil)
	})
	return out, err
}

// DropImportMap deletes a map of the organisation. Errors: import_map.not_found.
func (v *View) DropImportMap(ctx context.Context, id string) error {
	return v.write(ctx, func(tx *gorm.DB) error {
		done := tx.Exec("DELETE FROM import_maps WHERE id = ? AND organisation_id = ?", id, v.p.OrganisationID)
		if done.Error != nil {
			return fmt.Errorf("delete map: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return models.NotFound("import_map")
		}
		return v.audit(ctx, tx, "import_map.delete", id, nil)
	})
}
