// Package vocab holds the vocabulary file that every record is coded under.
package vocab

import (
	_ "embed"

	"farwatch/models"
)

//go:embed vocabulary.json
var file []byte

// JSON is the vocabulary as it is published; the caller must not change it.
func JSON() []byte { return file }

// Load parses the embedded vocabulary. knownCountry decides about countries,
// which the file does not list.
func Load(knownCountry func(string) bool) (*models.Vocabulary, error) {
	return models.ParseVocabulary(file, knownCountry)
}
