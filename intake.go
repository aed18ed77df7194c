package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"farwatch/internal/article"
	"farwatch/internal/country"
	"farwatch/internal/intake"
	"farwatch/internal/sheet"
	"farwatch/internal/vocab"
)

const intakeUsage = "farwatch intake read [FILE] | farwatch intake eval [FILE]"

// intakeCommand is `farwatch intake`: read prints what the rules suggest for a
// page, PDF, Word file, mail or text as JSON, eval prints how well they read
// labelled texts. Neither touches a database.
func intakeCommand(ctx context.Context, p program) error {
	if len(p.args) < 1 || len(p.args) > 2 {
		return fmt.Errorf("%w: %s", errUsage, intakeUsage)
	}
	v, err := vocab.Load(country.Known)
	if err != nil {
		return err
	}
	reader := intake.NewReader(v)
	switch p.args[0] {
	case "read":
		data, err := input(p, article.MaxBytes)
		if err != nil {
			return err
		}
		return readArticle(ctx, p.stdout, reader, data)
	case "eval":
		if len(p.args) == 1 {
			return evaluate(p.stdout, reader, nil)
		}
		data, err := input(p, 64<<20)
		if err != nil {
			return err
		}
		return evaluate(p.stdout, reader, data)
	}
	return fmt.Errorf("%w: %s", errUsage, intakeUsage)
}

// input is the file that is named, or standard input.
func input(p program, most int64) (data []byte, err error) {
	from := p.stdin
	if len(p.args) == 2 && p.args[1] != "-" {
		f, err := os.Open(p.args[1])
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	data, err = io.ReadAll(io.LimitReader(from, most+1))
	if err == nil && int64(len(data)) > most {
		return nil, fmt.Errorf("the file is larger than %d MiB", most>>20)
	}
	return data, err
}

func readArticle(ctx context.Context, out io.Writer, reader *intake.Reader, data []byte) error {
	d, err := article.Read(ctx, data, nil, sheet.String)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		Document article.Document
		Reading  intake.Reading
	}{d, reader.Read(d.Text)})
}

// evaluate judges the rules on a file of labelled texts; without one on the half
// of our own that no rule was tuned on.
func evaluate(out io.Writer, reader *intake.Reader, data []byte) error {
	var texts []intake.Labelled
	var err error
	if data == nil {
		_, texts, err = intake.Halves()
		fmt.Fprintln(out, "The half of our own texts that no rule was tuned on:")
	} else {
		texts, err = intake.ReadLabelled(data)
	}
	if err != nil {
		return err
	}
	if len(texts) == 0 {
		return errors.New("the file holds no labelled text; a line is accused state|host|communities|methods|text, codes joined by commas, - in the first place for no incident")
	}
	fmt.Fprintf(out, "%d texts\n%-16s %9s %9s %9s\n", len(texts), "field", "precision", "recall", "F1")
	for _, s := range reader.Evaluate(texts, nil) {
		fmt.Fprintf(out, "%-16s %9.2f %9.2f %9.2f\n", s.Field, s.Precision(), s.Recall(), s.F1())
	}
	return nil
}
