package api

// referenceExample shows one operation in several languages.
type referenceExample struct {
	Title, Operation string
	Texts            []referenceText
}

type referenceText struct{ Language, Text string }

// examples ask this very server.
func examples(base string) []referenceExample {
	list := []struct{ title, operation, address string }{
		{"Records of one accused state, five members each", "listIncidents", "/api/v1/incidents?origin_country=CHN&fields=ref,title,host_country,methods,updated_at&limit=100"},
		{"One record", "readIncident", "/api/v1/incidents/FW-4F7K-Q2ME"},
		{"Keep a copy: everything, then what changed", "listChanges", "/api/v1/changes?limit=200"},
		{"Numbers by year, method and country", "stats", "/api/v1/stats?event_year__gte=2020"},
		{"All that matches as a table", "exportIncidentsCsv", "/api/v1/exports/incidents.csv?level=public&host_country=GBR"},
	}
	var out []referenceExample
	for _, x := range list {
		address := base + x.address
		out = append(out, referenceExample{Title: x.title, Operation: x.operation, Texts: []referenceText{
			{"curl", `curl -sS -H "Authorization: Bearer $FARWATCH_TOKEN" "` + address + `"`},
			{"R", rExample(x.operation, address)},
			{"Python", pythonExample(x.operation, address)},
		}})
	}
	return out
}

func rExample(operation, address string) string {
	read := "answer <- jsonlite::fromJSON(httr2::resp_body_string(httr2::req_perform(request)))"
	if operation == "exportIncidentsCsv" {
		read = "table <- read.csv(text = httr2::resp_body_string(httr2::req_perform(request)))"
	}
	return `request <- httr2::req_auth_bearer_token(
  httr2::request("` + address + `"),
  Sys.getenv("FARWATCH_TOKEN"))
` + read
}

func pythonExample(operation, address string) string {
	read := "answer = json.load(response)"
	imports := "import json, os, urllib.request"
	if operation == "exportIncidentsCsv" {
		imports = "import csv, io, os, urllib.request"
		read = "rows = list(csv.DictReader(io.TextIOWrapper(response, encoding=\"utf-8-sig\", newline=\"\")))"
	}
	return imports + `

request = urllib.request.Request(
    "` + address + `",
    headers={"Authorization": "Bearer " + os.environ["FARWATCH_TOKEN"]})
with urllib.request.urlopen(request) as response:
    ` + read
}
