package models

import (
	"strings"
	"unicode/utf8"
)

// Most characters of a campaign's texts.
const (
	maxCampaignTitle   = 300
	maxCampaignSummary = 5000
)

// Normalize brings the texts to the form that is kept.
func (c *Campaign) Normalize() {
	c.Title = strings.TrimSpace(NormalizeText(c.Title))
	if c.Summary == nil {
		return
	}
	text := strings.TrimSpace(NormalizeText(*c.Summary))
	c.Summary = &text
	if text == "" {
		c.Summary = nil
	}
}

// Validate tells what is wrong with a normalised campaign.
func (c *Campaign) Validate() error {
	var fields []FieldError
	check := func(pointer, text string, most int) {
		fault := TextFault(text)
		if fault == "" && utf8.RuneCountInString(text) > most {
			fault = "too_long"
		}
		if fault != "" {
			fields = append(fields, FieldError{Pointer: pointer, Code: fault})
		}
	}
	check("#/title", c.Title, maxCampaignTitle)
	if c.Title == "" {
		fields = append(fields, FieldError{Pointer: "#/title", Code: "required"})
	}
	if c.Summary != nil {
		check("#/summary", *c.Summary, maxCampaignSummary)
	}
	if len(fields) > 0 {
		return Invalid(fields)
	}
	return nil
}
