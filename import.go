package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"farwatch/api/spec"
	"farwatch/handlers"
	"farwatch/internal/country"
	"farwatch/internal/intake"
	"farwatch/internal/mapping"
	"farwatch/models"
)

// tableWords knows codes and countries as people write them in tables.
func tableWords(v *models.Vocabulary) *mapping.Words {
	countries := intake.CountryWords()
	for _, c := range country.All() {
		countries[c.Name], countries[c.Code], countries[c.Alpha2] = c.Code, c.Code, c.Code
		if c.Numeric != "" {
			countries[c.Numeric] = c.Code
		}
	}
	return mapping.NewWords(v, countries)
}

// importStepTime is how long an import waits at most for the next look.
const importStepTime = 15 * time.Second

// workImports checks, runs and takes back imports until the context is done. An
// import that was cut off goes on where it stood.
func (i *instance) workImports(ctx context.Context, h *handlers.Handlers) {
	ticker := time.NewTicker(importStepTime)
	defer ticker.Stop()
	for {
		worked, err := i.workImport(ctx, h)
		if err != nil && ctx.Err() == nil {
			i.log.Warn("import", slog.String("err_code", "import.failed"))
			i.log.Debug("import", slog.Any("err", err))
		}
		if worked && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-h.Waiting:
		case <-ticker.C:
		}
	}
}

// workImport works the import that has waited longest; worked is false when none
// waits.
func (i *instance) workImport(ctx context.Context, h *handlers.Handlers) (worked bool, err error) {
	id, state, p, found, err := i.store.System().NextImport(ctx)
	if err != nil || !found {
		return false, err
	}
	return true, h.WorkImport(ctx, id, state, p)
}

const importUsage = `farwatch import -user NAME [-map FILE] [-check] FILE
       farwatch import -user NAME -undo ID`

// importCommand is `farwatch import`: everything that the screen does with a
// table, from the shell, as a person who may log incidents.
func importCommand(ctx context.Context, p program) (err error) {
	flags := flag.NewFlagSet("import", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	user := flags.String("user", "", "who imports")
	mapFile := flags.String("map", "", "file with format and map, as -check prints it")
	check := flags.Bool("check", false, "check every row and print the map; write nothing")
	undo := flags.String("undo", "", "id of an import to take back")
	if flags.Parse(p.args) != nil || *user == "" || (*undo == "") != (flags.NArg() == 1) {
		return fmt.Errorf("%w: %s", errUsage, importUsage)
	}
	p.args = nil
	i, err := open(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.store.Close()) }()
	who, err := i.store.System().ActAs(ctx, *user)
	if err != nil {
		return fmt.Errorf("user %q: %w", *user, err)
	}
	if !who.May("incidents:create") {
		return fmt.Errorf("user %q may not log incidents: give the role caseworker", *user)
	}
	h, err := i.handlers()
	if err != nil {
		return err
	}
	desk := importDesk{i: i, h: h, ctx: handlers.WithPrincipal(ctx, who), out: p.stdout}
	if *undo != "" {
		return desk.undo(*undo)
	}
	return desk.bring(flags.Arg(0), *mapFile, *check)
}

// importDesk takes one import through its steps.
type importDesk struct {
	i   *instance
	h   *handlers.Handlers
	ctx context.Context //nolint:containedctx // one command, one context
	out io.Writer
}

func (d importDesk) bring(file, mapFile string, check bool) error {
	item, err := d.upload(file)
	if err != nil {
		return err
	}
	if mapFile != "" {
		if item, err = d.plan(item, mapFile); err != nil {
			return err
		}
	}
	if item.State == models.ImportFailed {
		return fmt.Errorf("the file cannot be read: %s", *item.Failure)
	}
	if check {
		if err := d.printPlan(item); err != nil {
			return err
		}
	}
	if item, err = d.step(item.ImportId, spec.ImportStepStepCheck); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "checked %d rows: %d to create, %d to update, %d unchanged, %d refused\n", item.RowsDone, item.Created, item.Updated, item.Unchanged, item.Refused)
	if err := d.printRefused(item.ImportId); err != nil || check {
		return err
	}
	if item, err = d.step(item.ImportId, spec.ImportStepStepImport); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "import %s %s: %d created, %d updated, %d unchanged, %d refused\n", item.ImportId, item.State, item.Created, item.Updated, item.Unchanged, item.Refused)
	if item.State != spec.ImportStateDone {
		return fmt.Errorf("the import ended as %s", item.State)
	}
	return nil
}

func (d importDesk) upload(name string) (item spec.Import, err error) {
	f, err := os.Open(name)
	if err != nil {
		return item, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return item, err
	}
	once := uuid.NewString()
	begun, err := d.h.BeginImport(d.ctx, spec.BeginImportRequestObject{
		Params: spec.BeginImportParams{IdempotencyKey: &once}, Body: &spec.ImportBegin{Name: filepath.Base(name), Bytes: info.Size()},
	})
	if err != nil {
		return item, err
	}
	made, ok := begun.(spec.BeginImport201JSONResponse)
	if !ok {
		return item, errors.New("the import was not begun")
	}
	item = spec.Import(made)
	for item.Received < info.Size() {
		part := io.NewSectionReader(f, item.Received, models.MaxPart)
		sent, err := d.h.SendImportPart(d.ctx, spec.SendImportPartRequestObject{ImportId: item.ImportId, Params: spec.SendImportPartParams{Offset: item.Received}, Body: part})
		if err != nil {
			return item, err
		}
		arrived, ok := sent.(spec.SendImportPart200JSONResponse)
		if !ok {
			return item, errors.New("the part did not arrive")
		}
		item = spec.Import(arrived)
	}
	return item, nil
}

func (d importDesk) plan(item spec.Import, file string) (spec.Import, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return item, err
	}
	var plan spec.ImportPlan
	if err := json.Unmarshal(data, &plan); err != nil {
		return item, fmt.Errorf("%s: %w", file, err)
	}
	answer, err := d.h.PlanImport(d.ctx, spec.PlanImportRequestObject{ImportId: item.ImportId, Body: &plan})
	if err != nil {
		return item, withField(err)
	}
	planned, ok := answer.(spec.PlanImport200JSONResponse)
	if !ok {
		return item, errors.New("the map was not taken")
	}
	return spec.Import(planned), nil
}

func (d importDesk) printPlan(item spec.Import) error {
	encoder := json.NewEncoder(d.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(spec.ImportPlan{Format: *item.Format, Map: item.Map})
}

// step does a step and works until it is done.
func (d importDesk) step(id string, step spec.ImportStepStep) (item spec.Import, err error) {
	if _, err := d.h.StepImport(d.ctx, spec.StepImportRequestObject{ImportId: id, Body: &spec.ImportStep{Step: step}}); err != nil {
		return item, withField(err)
	}
	for {
		if _, err := d.i.workImport(d.ctx, d.h); err != nil {
			return item, err
		}
		answer, err := d.h.ReadImport(d.ctx, spec.ReadImportRequestObject{ImportId: id})
		if err != nil {
			return item, err
		}
		read, ok := answer.(spec.ReadImport200JSONResponse)
		if !ok {
			return item, errors.New("the import is gone")
		}
		item = spec.Import(read)
		switch item.State {
		case spec.ImportStateChecking, spec.ImportStateRunning, spec.ImportStateUndoing:
			continue
		}
		return item, nil
	}
}

// mostPrinted is how many refused rows are printed; the screen has them all.
const mostPrinted = 20

func (d importDesk) printRefused(id string) error {
	limit := mostPrinted
	answer, err := d.h.ListImportRows(d.ctx, spec.ListImportRowsRequestObject{
		ImportId: id, Params: spec.ListImportRowsParams{Outcome: &[]spec.ListImportRowsParamsOutcome{spec.ListImportRowsParamsOutcomeRefused}, Limit: &limit},
	})
	if err != nil {
		return err
	}
	rows, ok := answer.(spec.ListImportRows200JSONResponse)
	if !ok {
		return errors.New("the rows cannot be read")
	}
	for _, row := range rows.Items {
		for _, f := range row.Faults {
			fmt.Fprintf(d.out, "  row %d, %s: %s %q\n", row.Number, f.Column, f.Code, f.Value)
		}
	}
	return nil
}

func (d importDesk) undo(id string) error {
	item, err := d.step(id, spec.ImportStepStepUndo)
	if err != nil {
		return err
	}
	kept := 0
	limit := models.MaxPage
	for after := 0; ; {
		answer, err := d.h.ListImportRows(d.ctx, spec.ListImportRowsRequestObject{
			ImportId: id, Params: spec.ListImportRowsParams{Outcome: &[]spec.ListImportRowsParamsOutcome{spec.ListImportRowsParamsOutcomeKept}, After: &after, Limit: &limit},
		})
		if err != nil {
			return err
		}
		rows, ok := answer.(spec.ListImportRows200JSONResponse)
		if !ok {
			return errors.New("the rows cannot be read")
		}
		for _, row := range rows.Items {
			kept++
			after = row.Number
			if row.Ref != nil {
				fmt.Fprintf(d.out, "  row %d: %s was edited since and stays\n", row.Number, *row.Ref)
			}
		}
		if !rows.More {
			break
		}
	}
	fmt.Fprintf(d.out, "import %s %s: %d records kept\n", id, item.State, kept)
	return nil
}

// withField adds the first field to an error that names some.
func withField(err error) error {
	var fault *models.Error
	if errors.As(err, &fault) && len(fault.Fields) > 0 {
		return fmt.Errorf("%w: %s is %s", err, fault.Fields[0].Pointer, fault.Fields[0].Code)
	}
	return err
}
