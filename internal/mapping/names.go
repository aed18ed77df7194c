package mapping

// names that headers give to fields; folded.
var headers = map[string]string{
	"external_id":       "id,case id,incident id,record id,identifier,case no,case number,ref no,event id,numero,código,код",
	"title":             "headline,name of incident,incident,case,case title,subject,titre,título,titel,başlık,название,заголовок",
	"summary":           "description,narrative,notes,details,what happened,account,incident description,case description,resumen,descripción,résumé,beschreibung,özet,açıklama,описание",
	Note:                "comment,comments,remarks,internal note,internal notes,observations,примечание",
	"origin_country":    "origin,origin state,country of origin,perpetrator country,perpetrating country,accused state,accused country,responsible state,origin country,home country,targeting country,state responsible,pays d origine,país de origen,herkunftsland,страна происхождения,menşe ülke",
	"origin_entity":     "agency,body responsible,origin entity,entity",
	"host_country":      "host,host state,country,country of residence,location country,country of incident,where,host country,residence,pays,pays hôte,país,país de residencia,land,aufenthaltsland,страна,страна пребывания,ülke",
	"host_admin1":       "region,province,state province,admin1,adm1,governorate,state or province",
	"host_locality":     "city,town,locality,place,location,ville,ciudad,stadt,город,şehir",
	"proxy_country":     "third country,proxy country,country of relatives",
	"occurred":          "date,event date,incident date,date of incident,when,date of event,occurred,fecha,fecha del incidente,datum,date de l incident,дата,tarih,date of occurrence",
	"occurred_earliest": "start date,date from,from,date start,first date,begin date",
	"occurred_latest":   "end date,date to,to,until,date end,last date",
	"ongoing":           "is ongoing,still ongoing",
	"repeated":          "repeated incident",
	"first_reported":    "reported,report date,date reported,date of report,publication date,first reported,reported on",
	"communities":       "community,target group,group,ethnicity,victim group,target community,targeted group,diaspora,ethnic group,communauté,comunidad,gruppe,сообщество,topluluk,assoc actor 2",
	"target_roles":      "role,profession,occupation,victim role,target role,victim type,target type,victim profile,profil,роль",
	"target_responses":  "response of target,target response,reaction",
	"persons_min":       "victims,number of victims,number of persons,number of targets,count,persons,nombre de victimes,número de víctimas",
	"genders":           "gender,sex,victim gender,sexe,sexo,género,geschlecht,пол,cinsiyet",
	"age_bands":         "age group,age band,age",
	"methods":           "method,tactic,tactics,type,incident type,type of incident,form,violation,act,category,type of tnr,tnr type,method of repression,event type,méthode,método,methode,метод,yöntem",
	"channels":          "channel,means,medium,means of contact,contact channel,canal",
	"perpetrator_types": "perpetrator,perpetrator type,actor,actor1,perpetrators,auteur,perpetrador,täter",
	"inducements":       "offer,offers,inducement,offered,what was offered",
	"demands":           "demand,demanded,what was demanded,asked",
	"harms":             "harm,consequence,outcome,impact,effects",
	"police_reported":   "reported to police,police,police report,reported to the police",
	"host_responses":    "host response,government response,host state response,response of host",
	"origin_responses":  "origin response,accused state response",
	"evidence_kinds":    "evidence,evidence type,proof",
	"source_urls":       "source,sources,url,link,links,source url,source link,reference,references,fuente,quelle,источник,kaynak",
	"source_publisher":  "publisher,outlet,source name,media,newspaper,organisation source,media outlet",
	"source_title":      "source title,article title,article",
	"sensitivity":       "confidentiality,classification",
	"attribution_basis": "attribution,basis of attribution",
	"consent":           "consent level,consent given",
	"discovery_route":   "how discovered,discovery",
}

// hxl tags of our own files, and the usual ones.
var hxl = map[string]string{
	"#event+id": "external_id", "#date+occurred+start": "occurred_earliest", "#date+occurred+end": "occurred_latest", "#date+reported": "first_reported",
	"#date": "occurred", "#date+occurred": "occurred", "#country+code+origin": "origin_country", "#country+origin": "origin_country",
	"#country+code+host": "host_country", "#country+host": "host_country", "#country": "host_country", "#country+code": "host_country",
	"#country+name": "host_country", "#adm1+name+host": "host_admin1", "#adm1+name": "host_admin1", "#adm1": "host_admin1", "#loc": "host_locality",
	"#loc+name": "host_locality", "#group+targeted": "communities", "#group": "communities", "#affected+persons+min": "persons_min",
	"#affected+persons+max": "persons_max", "#affected": "persons_min", "#event+type": "methods", "#event": "methods", "#channel": "channels",
	"#meta+source+url": "source_urls", "#meta+source": "source_urls", "#meta+url": "source_urls", "#description": "summary", "#meta+title": "title",
}

// acled are the columns of files in ACLED's shape.
var acled = map[string]string{
	"event_id_cnty": "external_id", "event_date": "occurred", "sub_event_type": "methods", "country": "host_country", "admin1": "host_admin1",
	"location": "host_locality", "source": "source_publisher", "notes": "summary", "assoc_actor_1": "origin_country", "actor2": "communities",
}
