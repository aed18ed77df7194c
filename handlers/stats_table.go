package handlers

import (
	"cmp"
	"context"
	"time"

	"farwatch/api/spec"
	"farwatch/models"
)

// Bounds of a table of one's own, as the contract states them.
const (
	maxTableRows    = 200
	maxTableColumns = 60
)

// StatsTable answers a table by one or two fields of the one filter.
func (h *Handlers) StatsTable(ctx context.Context, r spec.StatsTableRequestObject) (spec.StatsTableResponseObject, error) {
	filter, err := h.incidentFilter(r.Params)
	if err != nil {
		return nil, err
	}
	rows, _ := models.FilterFieldNamed(string(r.Params.Rows)) // ring 1 knows the names
	q := models.TableQuery{
		Rows: &rows, Measure: models.Measure(cmp.Or(value(r.Params.Measure), spec.TableMeasureIncidents)),
		IncludeImplied: value(r.Params.IncludeImplied), MostRows: maxTableRows, MostColumns: maxTableColumns,
	}
	if r.Params.Columns != nil {
		columns, _ := models.FilterFieldNamed(string(*r.Params.Columns))
		q.Columns = &columns
	}
	view, err := h.reading(ctx, r.Params.Grant, "stats")
	if err != nil {
		return nil, err
	}
	t, err := view.Table(ctx, filter, q, h.Vocab)
	if err != nil {
		return nil, err
	}
	return spec.StatsTable200JSONResponse(statsTable(t, t.AsOf)), nil
}

func statsTable(t models.StatsTable, asOf time.Time) spec.StatsTable {
	out := spec.StatsTable{
		AsOf: asOf, RowsField: spec.TableField(t.Query.Rows.Name), Measure: spec.TableMeasure(t.Query.Measure),
		IncludeImplied: t.Query.IncludeImplied, Incidents: t.Incidents, Total: tableTotal(t.Total),
		Rows: each(t.Rows, tableHead), Columns: each(t.Columns, tableHead),
		Cells: each(t.Cells, func(c models.TableCell) spec.TableCell {
			return spec.TableCell{Row: c.Row, Column: c.Column, Count: c.Count, Max: c.Max, WithoutMax: c.WithoutMax}
		}),
		OmittedRows: t.OmittedRows, OmittedColumns: t.OmittedColumns,
	}
	if t.Query.Columns != nil {
		out.ColumnsField = &t.Query.Columns.Name
	}
	return out
}

func tableTotal(a models.Amounted) spec.TableTotal {
	return spec.TableTotal{Count: a.Count, Max: a.Max, WithoutMax: a.WithoutMax}
}

func tableHead(c models.TableCode) spec.TableHead {
	return spec.TableHead{Code: c.Code, Count: c.Count, Max: c.Max, WithoutMax: c.WithoutMax}
}

func statsPanels(p models.StatsPanels, asOf time.Time) *spec.StatsPanels {
	tables := map[string]spec.StatsTable{}
	for _, t := range p.Tables {
		tables[t.Key] = statsTable(t, asOf)
	}
	people := func(b models.PersonsBy) spec.PersonsBy {
		return spec.PersonsBy{Total: tableTotal(b.Total), Unknown: tableTotal(b.Unknown), Items: each(b.Items, tableHead)}
	}
	return &spec.StatsPanels{
		MethodsByCommunity: tables["methods_by_community"], OffersByDemands: tables["offers_by_demands"],
		PhysicalByYear: tables["physical_by_year"], HostResponsesByHost: tables["host_responses_by_host"],
		FamilyLever: breakdown(p.FamilyLever), EvidenceKinds: breakdown(p.EvidenceKinds), AccusedAsked: breakdown(p.AccusedAsked),
		PersonsByRole: people(p.PersonsByRole), PersonsByGender: people(p.PersonsByGender),
		Amounts: each(p.Amounts, func(a models.StatedAmount) spec.MoneyStated {
			return spec.MoneyStated{Currency: a.Currency, Period: a.Period, Min: a.Min, Max: a.Max, Text: a.Text, Count: a.Count}
		}),
		AmountsHidden: p.AmountsHidden, AmountsCut: p.AmountsCut,
		Coverage: each(p.Coverage, func(c models.Coverage) spec.Coverage {
			return spec.Coverage{Community: c.Community, HostCountry: c.HostCountry, Count: c.Count, Partner: c.Partner, OwnLanguage: c.OwnLanguage}
		}),
		CoverageOmitted: p.CoverageOmitted,
	}
}
