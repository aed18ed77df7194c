package store

import (
	"fmt"
	"strings"

	"farwatch/models"
)

// amounts lists money as stated. Equal statements stand together with the
// number of their incidents; superseded ones are left out. The figures of
// restricted and sealed records are encrypted and only counted.
func (p panelReader) amounts() error {
	said := ""
	if !p.implied {
		said = " AND n.explicitness = 'explicit'"
	}
	from := ` FROM amounts a JOIN inducements n ON n.incident_id = a.incident_id AND n.local_id = a.inducement
		JOIN incidents i ON i.id = a.incident_id WHERE a.standing <> 'superseded'` + said + " AND a.incident_id IN (SELECT id FROM m) AND i.sensitivity "
	err := p.tx.Raw(p.matching()+"SELECT COUNT(*)"+from+"NOT IN ('open', 'partner')", p.args()...).Scan(&p.out.AmountsHidden).Error
	if err != nil {
		return fmt.Errorf("count hidden amounts: %w", err)
	}
	var rows []struct {
		Currency, Period, Text string
		Min, Max               *float64
		Count                  int
	}
	err = p.tx.Raw(p.matching()+`SELECT a.currency_as_stated AS currency, a.period, a.amount_min AS min, a.amount_max AS max,
		MIN(a.amount_text) AS text, COUNT(DISTINCT a.incident_id) AS count`+from+`IN ('open', 'partner')
		GROUP BY a.currency_as_stated, a.period, a.amount_min, a.amount_max, CASE WHEN a.amount_min IS NULL AND a.amount_max IS NULL THEN a.amount_text ELSE '' END
		ORDER BY a.currency_as_stated, a.period, COALESCE(a.amount_min, a.amount_max), a.amount_max, text LIMIT ?`, p.args(panelAmounts+1)...).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("list stated amounts: %w", err)
	}
	if len(rows) > panelAmounts {
		rows, p.out.AmountsCut = rows[:panelAmounts], true
	}
	for _, r := range rows {
		p.out.Amounts = append(p.out.Amounts, models.StatedAmount{Currency: r.Currency, Period: r.Period, Min: r.Min, Max: r.Max, Text: r.Text, Count: r.Count})
	}
	return nil
}

// coverage tells for each community in each host country whether anything came
// through a partner or in a language of the community.
func (p panelReader) coverage() error {
	const through = "(i.discovery_route = 'partner_referral' OR EXISTS (SELECT 1 FROM sources s WHERE s.incident_id = i.id AND s.kind = 'partner_submission'))"
	var rows []struct {
		Community, HostCountry string
		Count, Partner         int
	}
	err := p.tx.Raw(p.matching()+`SELECT f.code AS community, i.host_country, COUNT(*) AS count, SUM(CASE WHEN `+through+` THEN 1 ELSE 0 END) AS partner
		FROM incident_facets f JOIN incidents i ON i.id = f.incident_id
		WHERE f.facet = 'communities' AND f.code NOT IN ? AND +f.incident_id IN (SELECT id FROM m)
		GROUP BY f.code, i.host_country ORDER BY count DESC, f.code, i.host_country`, p.args(unknownCodes)...).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("count coverage: %w", err)
	}
	if len(rows) > panelCoverage {
		p.out.CoverageOmitted = len(rows) - panelCoverage
		rows = rows[:panelCoverage]
	}
	var languages []struct{ Community, HostCountry, Language string }
	err = p.tx.Raw(p.matching()+`SELECT DISTINCT f.code AS community, i.host_country, s.language
		FROM incident_facets f JOIN incidents i ON i.id = f.incident_id JOIN sources s ON s.incident_id = i.id AND s.language IS NOT NULL
		WHERE f.facet = 'communities' AND +f.incident_id IN (SELECT id FROM m)`, p.args()...).Scan(&languages).Error
	if err != nil {
		return fmt.Errorf("list languages of coverage: %w", err)
	}
	read := map[[2]string][]string{}
	for _, l := range languages {
		base, _, _ := strings.Cut(strings.ToLower(l.Language), "-")
		key := [2]string{l.Community, l.HostCountry}
		read[key] = append(read[key], base)
	}
	spoken := map[string]map[string]bool{}
	for _, r := range rows {
		if spoken[r.Community] == nil {
			spoken[r.Community] = p.vocab.LanguagesOf(r.Community)
		}
		c := models.Coverage{Community: r.Community, HostCountry: r.HostCountry, Count: r.Count, Partner: r.Partner}
		if len(spoken[r.Community]) > 0 {
			own := false
			for _, base := range read[[2]string{r.Community, r.HostCountry}] {
				own = own || spoken[r.Community][base]
			}
			c.OwnLanguage = &own
		}
		p.out.Coverage = append(p.out.Coverage, c)
	}
	return nil
}
