package mapping

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"farwatch/models"
)

// Words resolves what people write in cells to codes.
type Words struct {
	vocab *models.Vocabulary
	lists map[string]map[string]string // list → folded word → code
}

// NewWords learns the labels of the vocabulary, the usual words for its codes,
// and names of countries: written name → alpha-3 code.
func NewWords(vocab *models.Vocabulary, countries map[string]string) *Words {
	w := &Words{vocab: vocab, lists: map[string]map[string]string{}}
	for _, f := range fields {
		if f.List == "" || w.lists[f.List] != nil {
			continue
		}
		words := map[string]string{}
		for _, code := range vocab.Codes(f.List) {
			term, _ := vocab.Term(f.List, code)
			if term.Status == "retired" {
				continue
			}
			words[fold(code)], words[fold(term.Label)] = code, code
		}
		for line := range strings.Lines(usual[f.List]) {
			code, names, _ := strings.Cut(strings.TrimSpace(line), ":")
			for name := range strings.SplitSeq(names, ",") {
				if _, ok := vocab.Term(f.List, code); ok && fold(name) != "" {
					words[fold(name)] = code
				}
			}
		}
		w.lists[f.List] = words
	}
	for i, names := range vocab.CommunityNames() {
		code := vocab.Codes(models.ListCommunities)[i]
		for _, name := range names {
			w.lists[models.ListCommunities][fold(name)] = code
			w.lists[models.ListCommunities][fold(strings.TrimSuffix(name, "s"))] = code
		}
	}
	w.lists[shapeCountry] = map[string]string{}
	for name, code := range countries {
		w.lists[shapeCountry][fold(name)] = code
	}
	return w
}

// fold makes words comparable: case, marks, white space and punctuation do not
// count.
func fold(s string) string {
	var out strings.Builder
	space := false
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if space && out.Len() > 0 {
				out.WriteByte(' ')
			}
			space = false
			out.WriteRune(r)
		default:
			space = true
		}
	}
	return out.String()
}

// code finds the code of a word in a list.
func (w *Words) code(list, word string) (string, bool) {
	words := w.lists[list]
	key := fold(word)
	if code, ok := words[key]; ok {
		return code, true
	}
	for _, end := range []string{"s", "es"} {
		if short := strings.TrimSuffix(key, end); short != key {
			if code, ok := words[short]; ok {
				return code, true
			}
		}
	}
	if list == shapeCountry {
		for _, prefix := range []string{"the ", "republic of ", "the republic of ", "kingdom of ", "state of ", "government of ", "people s republic of ", "islamic republic of "} {
			if code, ok := words[strings.TrimPrefix(key, prefix)]; ok {
				return code, true
			}
		}
		for _, end := range []string{" government", " state", " authorities", " regime"} {
			if code, ok := words[strings.TrimSuffix(key, end)]; ok && strings.HasSuffix(key, end) {
				return code, true
			}
		}
	}
	return "", false
}

// usual are words that other people's files use for our codes.
var usual = map[string]string{
	"methods": `killing:assassination,murder,killed,extrajudicial killing,homicide
attempted_killing:attempted assassination,assassination attempt,attempted murder
assault:physical attack,attack,beating,physical violence,battery
abduction_rendition:rendition,kidnapping,abduction,kidnap,extraordinary rendition,forced return
attempted_abduction:attempted kidnapping,kidnapping attempt,attempted rendition
enforced_disappearance:disappearance
detention_abroad:detention,arrest,detained
unlawful_deportation:deportation,unlawful deportation,refoulement,expulsion
extradition_request:extradition
interpol_notice:red notice,interpol abuse,interpol,interpol red notice
passport_cancelled:passport revocation,passport confiscation,passport revoked
passport_refused:passport denial,passport refusal,document denial
citizenship_stripped:citizenship revocation,denaturalisation,denaturalization
threat_to_family:threats to family,family threats,threatening family,coercion by proxy,proxy punishment,threats against relatives
threat_of_death:death threats
threat_general:threat,threats,intimidation,verbal threat
in_person_harassment:harassment
family_questioned:family interrogated,interrogation of relatives
family_detained:family detention,detention of relatives,arrest of family
informant_recruitment:recruitment,recruitment attempt,attempted recruitment,recruited as informant,forced informant
physical_surveillance:surveillance,followed,tracking
event_monitoring:surveillance of protests,protest surveillance,filming protests
communications_monitoring:wiretapping,phone tapping,interception
spyware:digital surveillance,pegasus,malware
account_compromise:phishing,hacking,hacked
online_harassment:trolling,cyber harassment,digital harassment
smear_disinformation:smear campaign,defamation,disinformation
extraterritorial_charges:charges in absentia,arrest warrant
bounty_or_wanted_list:bounty,wanted list
persuasion_to_return:persuaded to return,pressured to return`,
	"gender": `woman:female,f,women,femme,mujer,kadın
man:male,m,men,homme,hombre,erkek
unknown:n/k,not known,not stated`,
	"target_role": `activist:human rights defender,hrd,campaigner,dissident,rights activist
journalist:reporter,media worker,blogger
politician_exiled:politician,opposition politician,opposition member
former_insider:defector,former official
religious_figure:cleric,imam,pastor
asylum_seeker_or_refugee:refugee,asylum seeker
ordinary_member:community member,diaspora member`,
	"channel": `phone_call:phone,call,telephone,telephone call,phone calls
sms:text message,text
email:e mail,mail
social_media_private:direct message,dm,private message
social_media_public:social media,twitter,facebook
in_person_host:in person,face to face
letter_or_parcel:letter,parcel`,
	"police_reported": `yes:y,true,1,reported
no:n,false,0,not reported
unknown:n/k,not known`,
	"perpetrator_type": `intelligence_service:intelligence,secret service,state security,security service
police:police officers
diplomatic_mission:embassy,consulate,diplomat
unknown:not known,unidentified`,
	"harm": `death:killed,dead,fatality
injury:injured,wounded
psychological:trauma,psychological harm
none_reported:none`,
	"source_kind": `primary_publisher:news,media,newspaper,news article
ngo_database:ngo,ngo report,ngo database`,
}

// nothing are words for an empty cell.
var nothing = map[string]bool{
	"": true, "null": true, "n a": true, "na": true, "none": true, "nil": true, "nan": true, "n d": true, "nd": true, "not available": true,
	"not applicable": true, "no data": true, "empty": true, "missing": true, "sans objet": true, "нет данных": true, "yok": true, "n v t": true,
}

// blank tells an empty cell, however it is written.
func blank(cell string) bool { return nothing[fold(cell)] }

var yes = map[string]bool{"yes": true, "y": true, "true": true, "1": true, "oui": true, "si": true, "ja": true, "да": true, "evet": true}

var no = map[string]bool{"no": true, "n": true, "false": true, "0": true, "non": true, "nein": true, "нет": true, "hayir": true, "hayır": true}
