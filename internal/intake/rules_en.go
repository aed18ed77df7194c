package intake

// frame says how a rule's words must be meant.
type frame int

const (
	done    frame = iota // said to have happened: not asked for, not offered, not denied
	asked                // demanded of the target
	offered              // promised to the target
	any                  // in whatever frame
)

// rules are lines code|expression. KIN, PERSON, POLICE and MONEY stand for the
// word lists below; every expression ignores case.
type rules struct {
	field string
	frame frame
	lines string
}

var words = map[string]string{
	"KIN":    `(?:famil(?:y|ies)|relatives?|mother|father|mum|dad|parents?|brothers?|sisters?|siblings?|sons?|daughters?|wife|husband|child(?:ren)?|grandmother|grandfather|grandparents|uncles?|aunts?|cousins?|nephews?|nieces?|in-laws|loved ones)`,
	"OWN":    `(?:his|her|their|your|my|the activist's|the man's|the woman's)`,
	"POLICE": `(?:police|officers?|agents?|officials?|security services?|intelligence|state security|authorities)`,
	"MONEY":  `(?:\b(?:money|cash|pounds?|dollars?|euros?|francs?|kronor|yuan|renminbi|lira|rubles?|roubles?)\b|[£$€¥]\s?\d[\d,.]*)`,
	"EVENT":  `(?:protests?|demonstrations?|rall(?:y|ies)|marches|gatherings?|vigils?|meetings?|services?|festivals?)`,
}

// familyEN are relatives as the ones who suffer, for methods that need them.
var english = []rules{
	{"methods", done, `killing|\b(?:was|were|been|being) (?:\w+ ){0,2}(?:shot dead|killed|murdered|assassinated|stabbed to death|gunned down|strangled)|\b(?:assassination|murder|killing) of\b|\bshot and killed\b|\bfound (?:dead|strangled|hanged)|\b(?:shot|stabbed|hacked|beat) (?:him|her|them) (?:dead|to death)|\bgunm[ae]n (?:shot|killed)|\bmurdered (?:him|her|the|an?|outside|in)\b|\bdied (?:after being|of) poison
attempted_killing|\b(?:attempt\w*|tried|trying|plot\w*|plan\w*|conspir\w*|scheme) (?:\w+ ){0,3}?(?:to|of) (?:\w+ ){0,2}?(?:kill|murder|assassinat\w+)|\b(?:murder|assassination|assassin) (?:plot|attempt|plan)|\bsurvived (?:an? |the )?(?:\w+ ){0,3}(?:attack|poisoning|shooting|stabbing|assassination)|\bwas poisoned\b|\bmurder-for-hire\b|\bhit ?m[ae]n\b|\bcontract to kill
assault|\b(?:was|were|been) (?:\w+ ){0,2}(?:beaten|punched|assaulted|kicked|stabbed|attacked|dragged|clubbed|struck|headbutted)|\b(?:beat|punched|kicked|assaulted|slapped|stabbed|attacked) (?:him|her|them|the (?:man|woman|activist|journalist|protesters?|demonstrators?)|protesters|demonstrators)|\bstabbing (?:of|attack)|\bassault on\b|\battack left (?:him|her|them)|\bbroke (?:his|her|their) (?:jaw|nose|arm|ribs?|leg)|\bpulled a protester\b
abduction_rendition|\b(?:was|were|been) (?:\w+ ){0,2}(?:abducted|kidnapped|snatched|bundled|seized by|forcibly flown|spirited)|\b(?:abducted|kidnapped|snatched|seized) (?:him|her|them|the|an?|from|in|outside)\b|\b(?:abduction|kidnapping|rendition) of\b|\bflown (?:back )?(?:to \w+ )?against (?:his|her|their) will|\bforced (?:him|her|them) into a (?:car|van|plane)
attempted_abduction|\b(?:attempt\w*|tried|trying|plot\w*|plan\w*|conspir\w*|scheme) (?:\w+ ){0,3}?(?:to|of) (?:\w+ ){0,2}?(?:kidnap|abduct|seize)|\b(?:kidnap\w*|abduction) (?:plot|attempt|plan)|\b(?:escaped|foiled) (?:\w+ ){0,4}(?:kidnap\w*|abduction)
enforced_disappearance|\bforcibly disappeared\b|\benforced disappearance\b|\b(?:vanished|disappeared|went missing) (?:in|from|after|while|on|shortly)\b|\b(?:has|have|had) not been (?:seen|heard from)|\bwhereabouts (?:are|is|remain|remained) unknown
luring|\blured?\b|\bluring\b|\benticed\b|\btricked (?:him|her|them) into (?:travel|fly|com)|\bunder (?:a )?false pretext|\bpretext of a (?:job|meeting|wedding)
attack_on_property|\b(?:set (?:on )?(?:fire|alight|ablaze)|arson|torched|firebomb\w*|petrol bomb|molotov)|\b(?:home|house|flat|office|car|shop|newsroom|restaurant|studio|premises|windows?|bookshop|mosque|centre)\b.{0,40}\b(?:burgled|ransacked|vandali[sz]ed|smashed|broken into|damaged|torched|daubed|sprayed)|\b(?:burgled|ransacked|vandali[sz]ed|smashed|broke into|daubed)\b.{0,40}\b(?:home|house|flat|office|car|shop|newsroom|windows?|bookshop|premises)|\bshots (?:were )?fired at\b
unlawful_deportation|\bdeport(?:ed|ation|ing)\b|\brefoul\w*|\bforcibly (?:returned|repatriated|sent back)|\bhanded (?:him|her|them) over to\b|\bwas handed over\b|\bsent (?:him|her|them) back\b
extradition_request|\bextradition (?:request|demand|hearing|case|proceeding|bid)|\brequest\w* (?:the |his |her |their )?extradition|\b(?:seek|seeks|seeking|sought|demand\w*) (?:\w+ ){0,3}extradition|\bto extradite\b|\bfacing extradition\b
interpol_notice|\binterpol\b|\bred notices?\b
passport_cancelled|\bpassports?\b.{0,40}\b(?:cancel\w*|revok\w*|annul\w*|confiscat\w*|invalid\w*|seized|taken away|withdrawn|reported (?:as )?(?:lost|stolen))|\b(?:cancel\w*|revok\w*|annul\w*|confiscat\w*|invalidat\w*|withdrew)\b.{0,40}\bpassports?\b
passport_refused|\b(?:refus\w*|den(?:y|ied)|declin\w*|reject\w*|would not|will not)\b.{0,40}\b(?:renew\w*|issue|extend|issuing)\b.{0,40}\bpassports?\b|\bpassport (?:renewal|application)\b.{0,40}\b(?:refus\w*|reject\w*|den(?:y|ied))|\brefused (?:him|her|them)? ?(?:a )?(?:new )?passport|\b(?:renewal|renew)\b.{0,30}\bpassport\b.{0,30}\b(?:refused|rejected|denied)
consular_service_denied|\b(?:embassy|consulate)\b.{0,80}\b(?:refus\w*|denied|turned (?:him|her|them) away|only if|unless)\b.{0,60}\b(?:document|certificate|service|help|stamp|papers?|sign)
citizenship_stripped|\b(?:strip\w*|revok\w*|remov\w*|withdr\w*|depriv\w*|cancel\w*)\b.{0,40}\b(?:citizenship|nationality)|\b(?:citizenship|nationality)\b.{0,30}\b(?:stripped|revoked|removed|withdrawn|taken away)
exit_ban_relatives|\bKIN\b.{0,60}\b(?:exit ban|banned from leaving|not allowed to leave|cannot leave|barred from leaving|travel ban)|\b(?:exit ban|travel ban)\b.{0,60}\bKIN\b
entry_ban|\b(?:banned|barred|refused) (?:\w+ ){0,3}(?:from )?(?:entry|entering|returning)\b|\bturned back at the airport
persuasion_to_return|\b(?:pressur\w*|urg\w*|persuad\w*|coerc\w*|forc\w*|press\w*|convinc\w*|tried to get|demand\w*|order\w*|told)\b.{0,60}\b(?:to return|to come back|to go back|to go home|to come home|come home|return to (?:china|the country|face)|into returning)|\bfox ?hunt\b|\breturn (?:home )?voluntarily
threat_of_death|\bdeath threats?\b|\bthreat\w*\b.{0,20}\bto (?:kill|murder|behead|shoot|execute)|\b(?:you|he|she|they|we) (?:will|would|shall|were going to|are going to|should) (?:all )?(?:be )?(?:kill\w*|die|dead|murdered|shot|beheaded)\b|\b(?:will|would) be (?:killed|murdered|beheaded|executed)|\byou are (?:a )?dead|\bbullets? (?:in|with|and|was|were|came|arrived)|\bcut (?:his|her|your|their) (?:throat|head)|\bend up like khashoggi|\bdrawing of a coffin
threat_general|\bthreat(?:s|ened|ening|ens)?\b
warning_contact|\bwarned (?:him|her|them|that (?:he|she|they)|the (?:man|woman|student|activist|journalist))\b|\b(?:told|advised) (?:him|her|them) to (?:be careful|watch|think of|stop|keep quiet|stay away|shut)|\bwe know (?:who|where|what|every)|\b(?:they|we) (?:are|were) (?:being )?watch(?:ing|ed)
in_person_harassment|\bconfront(?:s|ed|ing)?\b|\bharass(?:es|ed|ing|ment)?\b|\bintimidat(?:ed|ing)\b|\bsurrounded (?:him|her|them|by)|\bshout(?:ed|ing) (?:at|insults|abuse|slogans at)|\bspat (?:at|on)\b|\bblocked (?:his|her|their) (?:way|path|car)|\bfilmed (?:him|her|them) (?:at close|up close|from a metre)
stalking|\bstalk(?:ed|ing|er)\b|\bfollow(?:ed|ing|s)? (?:an? |the )?(?:\w+ ){1,4}home\b|\bfollow(?:ed|ing) (?:him|her|them) (?:home|repeatedly|for|through|everywhere|to (?:work|school)|on)|\b(?:was|were|been|being) followed (?:home|repeatedly|for|through|several|on)|\bwait(?:ed|ing) outside (?:his|her|their) (?:home|house|flat|office|school)
bounty_or_wanted_list|\bbount(?:y|ies)\b|\breward (?:of|for)\b|\bwanted (?:list|poster|notice)s?\b
threat_to_family|\bthreat\w*\b.{0,70}\bKIN\b|\b(?:KIN)\b.{0,40}\bthreat\w*|\bKIN\b.{0,60}\b(?:would|will|could|might) (?:\w+ )?(?:suffer|be harmed|be arrested|be detained|be jailed|be punished|be killed|disappear|pay|face|burn|lose|go to|be sent|be (?:next|in (?:danger|trouble)))|\bblackmail\w*|\bthink of (?:your|his|her|their) KIN|\b(?:harm|hurt|kill|arrest|jail|detain) (?:his|her|their|your) KIN\b
family_questioned|\b(?:questioned|interrogated|summoned|visited|called on) (?:the )?(?:\w+ )?KIN of\b|\bKIN\b.{0,80}\b(?:questioned|interrogated|summoned|visited by|called in|taken in for questioning)|\b(?:questioned|interrogated|summoned|visited|called on) (?:his|her|their|the (?:man|woman|student|activist|journalist)'s) (?:\w+ )?KIN\b
family_detained|\bKIN (?:detained|arrested|jailed|imprisoned|sentenced)\b|\bKIN\b.{0,90}\b(?:(?:was|were|been|being) (?:\w+ )?(?:detained|arrested|jailed|imprisoned|taken away|held|sent to a camp|sentenced|locked up))\b|\b(?:detained|arrested|jailed|imprisoned|rounded up) (?:\w+ ){0,2}?KIN\b|\b(?:detained|arrested|jailed|imprisoned|rounded up) (?:\w+ ){0,2}?(?:of )?(?:his|her|their|the (?:man|woman|student|activist|journalist|singer)'s) (?:\w+ )?KIN\b
family_punished|\bKIN\b.{0,60}\b(?:lost (?:his|her|their) (?:job|post|pension|house|work)|(?:was|were) (?:\w+ )?(?:dismissed|fired|sacked|expelled|evicted|fined)|pension (?:was )?(?:cut|stopped)|passports? (?:was|were) (?:taken|confiscated))
family_used_as_messenger|\b(?:made|forced|ordered|had|got|pressured|instructed|told) (?:his|her|their) (?:\w+ )?KIN (?:to )?(?:call|ring|phone|write|record|appear|plead|beg|tell|persuade)|\bKIN\b.{0,30}\b(?:was|were|been) (?:made|forced|ordered|told|pressured|instructed) to (?:call|ring|phone|write|record|appear|plead|beg|tell|persuade)|\bKIN\b.{0,40}\b(?:begged|pleaded with|urged) (?:him|her|them) to (?:stop|return|come|be quiet|keep)
associate_pressured|\b(?:employer|landlord|colleague|classmate|friend|business partner|boss)s?\b.{0,60}\b(?:pressur\w*|threaten\w*|warned|questioned|visited|contacted by)
forced_public_statement|\b(?:forced|made|pressured|coerced|pressed)\b.{0,50}\b(?:apologi[sz]e|confess\w*|retract|denounce|recant|deny (?:it|his|her|the)|read a statement)|\b(?:forced|televised) (?:confession|apology)
intermediary_recruitment|\bprivate (?:investigator|detective|eye)s?\b|\bhired (?:an? |former )?(?:investigator|detective|police officer)|\bemployees?\b.{0,50}\b(?:paid|bribed|recruited) by\b|\bbribed (?:an? )?(?:officer|official|employee|clerk)|\bpaid (?:an? )?(?:police officer|employee|clerk) (?:for|to)
physical_surveillance|\bunder surveillance\b|\bsurveillance (?:of|on) (?:his|her|their|the (?:man|woman|activist|journalist|home|house))|\b(?:kept|keeping) watch (?:on|over)|\bwatched (?:his|her|their) (?:home|house|flat|movements)|\bphotograph(?:ed|ing) (?:his|her|their) (?:home|house|flat|car|front door)|\b(?:gps )?track(?:er|ing device)|\b(?:men|car|van)\b.{0,30}\bparked (?:outside|in front)|\bfollowed by (?:men|two|three|a car|unknown|strangers)
event_monitoring|\b(?:film|photograph|videotap)(?:ed|ing)\b.{0,20}\bEVENT\b|\b(?:filmed|photographed|videotaped|recorded) (?:at|during|outside) (?:a|an|the) (?:\w+ )?EVENT\b|\b(?:film|photograph|videotap|record)(?:ed|ing|s)?\b.{0,50}\b(?:protesters?|demonstrators?|participants|attendees|worshippers|marchers|faces|everyone who|people (?:at|who))|\b(?:protesters?|demonstrators?|participants|attendees|worshippers|marchers)\b.{0,40}\b(?:were|was|being) (?:filmed|photographed|recorded|counted|identified)
community_infiltration|\b(?:informants?|moles?|spy|spies|agents?) (?:inside|within|among|in) (?:the |his |her |their )?(?:\w+ )?(?:community|group|diaspora|association|movement|exiles)|\b(?:spied|spying) on (?:the |his |her |their |fellow |exiled |members|dissidents|refugees|activists|\w+ (?:refugees|exiles|dissidents|activists))|\b(?:passed|passing|sent|supplied|gave) (?:\w+ ){0,4}?(?:information|details|names|reports) (?:\w+ ){0,3}?(?:about|on|of) (?:\w+ ){0,3}?(?:refugees|exiles|dissidents|activists|community|members|compatriots)
communications_monitoring|\b(?:intercept\w*|monitor\w*|tapp\w*|listen\w* (?:in )?to)\b.{0,40}\b(?:calls?|phone|messages?|chats?|e-?mails?|conversations?)
personal_data_leak_use|\b(?:leaked|stolen|bought|illegally (?:obtained|accessed)|looked up|searched)\b.{0,50}\b(?:data|database|register|records|addresses|files)\b|\baccessed (?:the )?(?:personal )?(?:data|records|files)
spyware|\bspyware\b|\bpegasus\b|\bpredator\b|\bfinfisher\b|\bcandiru\b|\b(?:phone|device|laptop)s?\b.{0,30}\b(?:hacked|infected|compromised|bugged)|\b(?:malware|trojan)\b
account_compromise|\bphish\w*|\bhack\w*\b.{0,30}\b(?:accounts?|e-?mails?|inbox)|\b(?:accounts?|e-?mails?|inbox)\b.{0,30}\b(?:hacked|compromised|taken over|broken into)|\bfake log-?in
online_harassment|\btrolls?\b|\bbot(?:s|net)? accounts?\b|\bcoordinated (?:online )?(?:abuse|attack|harassment)|\bflood(?:ed|s|ing)?\b.{0,40}\b(?:messages|comments|abuse|insults)|\bonline (?:abuse|harassment|mob)|\b(?:thousands|hundreds|wave|barrage) of (?:abusive|hateful|insulting|threatening|anonymous)
gendered_online_abuse|\brape threats?\b|\bdeepfake\b|\bfaked? (?:nude|intimate|sexual|porn)\w*|\bsexuali[sz]ed\b|\bintimate (?:images?|photos?|pictures?|videos?)|\b(?:sexist|misogyn\w*)\b|\bcalled (?:her|them) (?:a )?(?:whore|prostitute)
doxxing|\bdoxx?(?:ed|ing)\b|\b(?:published|posted|shared|leaked|circulated|printed)\b.{0,30}\b(?:home )?(?:address(?:es)?|phone numbers?|personal details|private details)
smear_disinformation|\bsmear\w*|\bdisinformation\b|\bdefamat\w+|\bfalsely (?:claim\w*|accus\w*|portray\w*)|\bfake (?:news|articles?|stor(?:y|ies))|\b(?:to )?discredit\b|\b(?:portray|paint|describ)\w* (?:him|her|them) as (?:a )?(?:criminal|terrorist|traitor|fraud|agent)
impersonation|\bpos(?:ed|ing) as\b|\bpretend(?:ed|ing) to be\b|\bimpersonat\w+|\bfake (?:profiles?|accounts?) (?:of|in|under)|\bin (?:his|her|their) name
site_disruption|\bddos\b|\bdenial.of.service\b|\b(?:website|site|channel|stream|server|broadcast)\b.{0,40}\b(?:knocked offline|taken (?:down|offline)|went down|attacked|jammed|mass.reported|blocked)
extraterritorial_charges|\b(?:arrest )?warrants? (?:for|against|was|were|has)\b|\bcharged (?:him|her|them|\w+ )?(?:\w+ ){0,6}?(?:with|under)\b|\bindict(?:ed|ment)\b|\bcriminal (?:case|proceedings|investigation) (?:against|was|were|has)|\bopened a case against
trial_in_absentia|\bin absentia\b|\bin (?:his|her|their) absence\b
terrorism_designation|\b(?:designat|label|brand|declar|list|plac)\w*\b.{0,50}\b(?:terrorists?|extremists?|undesirable|foreign agents?)
vexatious_lawsuit|\blawsuits?\b|\bsued\b|\bsuing\b|\blibel (?:case|suit|action|claim)|\bslapp\b
asset_freeze|\b(?:froze|frozen|freez\w*|seiz\w*|confiscat\w*)\b.{0,30}\b(?:assets?|bank accounts?|property|properties|savings|land|apartment|house)
livelihood_pressure|\bscholarship\b.{0,40}\b(?:cancel\w*|withdr\w*|stopp\w*|cut|revok\w*)|\b(?:cancel\w*|withdr\w*|stopp\w*|cut|revok\w*)\b.{0,40}\bscholarship|\blost (?:his|her) (?:job|post|place|scholarship|funding)\b
event_cancellation_pressure|\b(?:cancel\w*|call off|called off|drop|dropped|withdr\w*|remove|scrap\w*|pull\w*)\b.{0,60}\b(?:event|screening|exhibition|concert|lecture|talk|conference|performance|film|panel|invitation|festival)\b
overseas_police_station|\b(?:police|service) (?:service )?(?:stations?|centres?|posts?)\b.{0,80}\b(?:secret|undeclared|unofficial|covert|overseas|illegal|unaccredited)|\b(?:secret|undeclared|unofficial|covert|overseas|illegal|unaccredited)\b.{0,60}\b(?:police|service) (?:service )?(?:stations?|centres?|posts?)
organisation_capture|\b(?:took|taken|taking) (?:over|control of) (?:the |a )?(?:\w+ )?(?:association|mosque|union|society|church|newspaper|board|temple)|\breplaced the (?:board|imam|editor|leadership)
collective_intimidation|\btold (?:the |an )?(?:audience|congregation|crowd|worshippers|guests|everyone|meeting)\b|\b(?:whole|entire) (?:\w+ )?community\b|\b(?:congregation|worshippers|attendees|audience|everyone present|members of the community)\b.{0,80}\b(?:told|warned|threat\w*|named)|\bread out (?:the )?names`},
	{"methods", any, `informant_recruitment|\b(?:to )?(?:spy|spying) (?:for|on)\b|\bbecom(?:e|ing) (?:an? )?(?:informant|informer|spy|agent)|\brecruit\w*\b.{0,50}\b(?:informants?|informers?|spy|spies|to inform)|\b(?:inform|report) on (?:his|her|their|fellow|other|the|community|exiled|people|members|compatriots|friends)|\b(?:ask\w*|want\w*|told|press\w*|offer\w*|order\w*|demand\w*|promis\w*|task\w*|instruct\w*|persuad\w*)\b.{0,140}\b(?:names? of|who (?:had |was |were |has |would )?(?:attend\w*|took part|takes part|sings?|organi[sz]\w*|spoke|speaks|came|comes)|information (?:about|on)|list of (?:the )?(?:participants|members|names|those|people|activists)|report (?:back|who|about|on)|inform (?:him|them|us|the))|\bwork (?:for|with) (?:chinese |iranian |russian |the )?(?:intelligence|security service|state security|secret service)|\bcollaborat\w* with (?:the )?(?:intelligence|security|regime|authorities)|\bpass on (?:information|names)|\bkeep (?:an eye|tabs) on (?:fellow|other|the community)`},
	{"methods", asked, `infiltration_tasking|\b(?:to|by|and|into) (?:regularly )?(?:attend\w*|join\w*|infiltrat\w*|becom\w* a member|get\w* (?:a )?(?:job|work)|tak\w* part in|apply\w* (?:for|to))\b
influence_recruitment|\b(?:praise|speak well of|write (?:positive|favourable|good)|promote|post (?:positive|pro-)|spread (?:positive|propaganda)|defend (?:the )?(?:government|party|regime))`},
	{"methods", offered, `contact_controlled|\b(?:speak|talk|call|calls|video call|contact|phone|see)\b.{0,30}\b(?:OWN) (?:\w+ )?KIN\b|\b(?:calls?|contact|video calls?) with (?:OWN )?(?:\w+ )?KIN`},
	{"methods", done, `contact_controlled|\bcut (?:off )?(?:all )?(?:contact|communication|calls)\b.{0,30}\bKIN\b|\bstaged (?:video )?calls?\b`},
	{"demands", asked, `attend_events|\battend\w*\b.{0,60}\bEVENT\b|\bgo(?:ing)? to (?:\w+ )?EVENT\b
report_attendees|\bwho (?:had |was |were |has |would |else )?(?:attend\w*|took part|takes part|sings?|organi[sz]\w*|came|comes|went|goes|joined|is (?:there|going))|\bnames? of (?:the )?(?:\w+ )?(?:those|people|participants|everyone|protesters|members|guests|organisers|organizers|singers|activists)|\blist of (?:the )?(?:participants|members|names|those|people|guests|attendees)|\breport who|\bwrite down who|\bnote who
identify_media_sources|\b(?:spoke|spoken|talk\w*|interview\w*|gave interviews)\b.{0,30}\b(?:journalists?|reporters?|media|press)\b
report_group_plans|\bwhat\b.{0,60}\b(?:planning|plans|planned|preparing)|\bplans of\b|\b(?:upcoming|next) (?:protest|action|event|demonstration)s?
report_on_person|\b(?:spy|inform|report|information) (?:on|about) (?:an? |the )?(?:fellow|certain|named|particular|well-known|prominent|leading)? ?(?:editor|leader|activist|pastor|imam|singer|journalist|lawyer|him|her|friend|roommate|colleague)\b
provide_personal_data|\b(?:home )?address(?:es)?\b|\b(?:phone|telephone) numbers?\b|\bcopies of (?:\w+ )?(?:documents|passports)|\bpassport (?:copy|number|details)
provide_images|\b(?:photos?|photographs?|pictures?|videos?|footage|recordings?)\b|\b(?:film|photograph|record)\b
join_organisation|\bjoin\w* (?:the |a |an )?(?:\w+ ){0,2}(?:group|association|organi[sz]ation|congress|party|union|choir|club|committee)|\bbecome a member|\binfiltrat\w*|\bget (?:a )?(?:job|work) (?:at|in|with)
stop_activism|\b(?:stop|cease|quit|end|give up|drop|delete|shut (?:down|up)?|close|take down|refrain from)\b.{0,60}\b(?:activism|activit\w*|speaking|talking|posting|posts?|writing|protest\w*|campaign\w*|channel|broadcast\w*|articles?|reporting|work|criticis\w*|criticiz\w*|show|programme|videos?|shop)|\b(?:keep|stay|be) (?:quiet|silent)|\bnot (?:to )?(?:speak|talk|testify|protest|publish)
retract_or_apologise|\b(?:retract|apologi[sz]e|recant|confess|take back|withdraw (?:his|her|their) (?:statement|article|words))
public_praise|\bpraise\b|\bspeak well of\b|\b(?:positive|favourable) (?:articles?|posts?|things)
withdraw_legal_claim|\bwithdraw\b.{0,40}\b(?:testimony|complaint|case|claim|asylum|lawsuit|statement to (?:the )?police)|\bdrop (?:the|his|her|their) (?:case|complaint|lawsuit|claim|charges)
return_to_origin|\b(?:to|must|should) (?:return|come back|go back|come home|go home)\b|\breturn(?:ing)? (?:to|home)
meet_official|\b(?:meet|come to|visit|report to|go to|appear at)\b.{0,40}\b(?:officials?|officers?|embassy|consulate|police|in person|diplomat|mission)
pay_money|\bpay\b.{0,40}(?:MONEY|\b(?:tax|per ?cent|ransom|fine|contribution))|\b(?:two|2) per ?cent
recruit_others|\brecruit (?:others|friends|more|people|fellow)|\bbring (?:others|friends) in
keep_contact_secret|\btell (?:no one|nobody|no-one)|\bnot (?:to )?tell\b|\bkeep\b.{0,25}\b(?:secret|to (?:himself|herself|themselves))
general_information|\b(?:comprehensive |any |more |some )?information\b|\bfind out\b|\btell us everything`},
	{"inducements", offered, `money_recurring|MONEY.{0,30}\b(?:a|per|every|each) (?:month|week|year)|\b(?:monthly|weekly|regular) (?:pay\w*|salary|sum|allowance|fee|stipend)|\bsalary\b|\b(?:month|week) in pay
money_one_off|\b(?:offer\w*|promis\w*|pay|paid|receive|get)\b.{0,40}MONEY
expenses_paid|\b(?:flights?|travel|hotel|trip|expenses|tickets?|holiday)\b.{0,20}\b(?:paid|free|covered)|\bfree (?:trip|flights?|holiday|travel)|\bpaid (?:trip|holiday|travel)
job_or_business|\bjobs?\b.{0,20}\bavailable\b|\b(?:good |easy |well-paid |clean )*jobs?\b|\bbusiness (?:deal|opportunit\w+|licen[cs]e|permit)|\bcontracts? (?:for|at|with) (?:his|her|a|the)|\bpost at
family_contact|\b(?:speak|talk|call|calls|video calls?|contact|phone)\b.{0,30}\b(?:OWN )?(?:\w+ )?KIN\b
family_reunion|\b(?:reunit\w*|join (?:you|him|her|them)|bring\w*\b.{0,30}KIN|send\w*\b.{0,20}KIN|KIN\b.{0,40}\b(?:allowed to (?:leave|travel|visit|join)|could (?:leave|travel|visit|join|come)|exit (?:permit|visa)|passports?))
family_release|\b(?:releas\w*|freed?|let out|set free|get out)\b.{0,50}\b(?:KIN|them|him|her)\b|\bKIN\b.{0,60}\b(?:releas\w*|freed|let (?:out|go)|leaves? the camp|set free|come out|get out)
family_safety|\b(?:KIN)\b.{0,50}\b(?:left alone|be safe|be protected|normal life|treated (?:well|better)|not be harmed|be fine)|\bnormal life
documents|\bpassports?\b|\bvisas?\b|\bresidence permits?\b|\bconsular\b|\btravel documents?
safe_return|\bsafe(?:ly)? (?:return|passage)|\breturn safely|\bcharges\b.{0,25}\bdropped|\bdrop the charges|\bamnesty\b|\bpardon\w*
property_restored|\b(?:property|house|land|pension|shop|business|savings)\b.{0,25}\b(?:back|returned|restored)|\b(?:restor\w*|return\w*|give back)\b.{0,30}\b(?:property|house|land|pension|shop)
education_or_medical|\bscholarship\b|\bstudy place|\buniversity place|\bmedic(?:al|ine)\b|\btreatment\b|\bsurgery\b
status_or_honour|\b(?:medal|title|honou?r|seat in|position in the|government post|post in the)\b`},
	{"channels", any, `phone_call|\b(?:phone|telephone)(?:d)? ?calls?\b|\bphon(?:ed|ing)\b|\btelephoned\b|\brang\b|\bby (?:phone|telephone)\b|\bphone (?:recording|conversation)|\bon the phone\b|\bcalled (?:him|her|them) (?:on|from|at|up|several|twice|every|and)|\bcaller\b|\bcalls? from (?:an?|his|her|their|the) (?:unknown|unlisted|foreign|officer|number|man|woman)
video_call|\bvideo ?calls?\b
voice_message|\bvoice ?(?:message|mail|note)s?\b
sms|\btext messages?\b|\bsms\b|\btexted\b
wechat|\bwechat\b|\bweixin\b
whatsapp|\bwhatsapp\b
telegram|\btelegram\b
signal|\bon signal\b|\bsignal message
other_messaging|\b(?:viber|imo|line app|kakao\w*|facebook messenger|skype)\b
email|\be-?mails?\b
social_media_public|\b(?:posted|post|published|video) on (?:twitter|x|facebook|instagram|tiktok|youtube|social media)|\bon social media\b
social_media_private|\bdirect messages?\b|\bprivate messages?\b|\b(?:instagram|facebook|twitter) messages?|\bmessages? on (?:instagram|facebook|twitter)
letter_or_parcel|\bletters?\b|\bparcels?\b|\benvelope\b|\bpackage\b|\bnote (?:under|at|in|left)
in_person_host|\b(?:approached|visited|met|confronted|knocked|came to (?:his|her|their)|stopped) (?:him|her|them)\b|\bat (?:his|her|their) (?:door|home|workplace|flat|house|office)\b|\bsat down (?:at|beside|next)|\bface to face\b|\bin person\b
through_relative|\bthrough (?:his|her|their) (?:\w+ )?KIN\b|\bKIN (?:called|rang|phoned|wrote|passed on)
through_mission|\b(?:at|by|from|to|in) the (?:\w+ )?(?:embassy|consulate)\b|\bembassy (?:staff|officials?|employees?)|\bconsular official
through_community|\bthrough (?:a|an) (?:friend|acquaintance|community member|fellow|countryman)|\b(?:acquaintance|countryman|fellow (?:student|countryman|refugee)) (?:approached|asked|told|invited)
official_notice|\bofficial (?:notice|letter|gazette)|\barrest warrant|\bwarrants?\b
court|\bcourt (?:papers|summons|order)|\bsummons\b
state_media|\bstate (?:media|television|tv|broadcaster|newspaper)|\bstate-run
device_or_network|\bspyware\b|\bmalware\b|\b(?:phone|device|laptop|account|e-?mail)s?\b.{0,20}\bhacked|\bphish\w*`},
	{"evidence", any, `audio_phone_recording|\b(?:phone |audio |secret )?recordings?\b(?: of (?:the|a) (?:phone )?call)?|\brecorded the (?:call|conversation)|\baudio of the call
video|\bvideo (?:footage|shows|recording|of the attack|seen)|\bfootage\b|\bcctv\b
photograph|\bphotos? (?:show|of the|seen|taken)|\bphotographs? (?:show|of the|seen)
screenshot_message|\bscreenshots?\b|\bmessages? (?:seen|reviewed) by
official_document|\b(?:official|government) documents? (?:seen|obtained|show)|\bdocument seen by
court_record|\bcourt (?:documents?|records?|filings?|papers show)|\bindictment\b|\bcomplaint unsealed
police_report|\bpolice report\b|\bcrime number
medical_record|\bmedical (?:records?|report|certificate)|\bhospital report
forensic_report|\bforensic (?:analysis|report|examination)|\bcitizen lab\b|\bsecurity lab\b
leaked_document|\bleaked (?:documents?|files?|database|papers)
financial_record|\bbank (?:statements?|records?)|\bpayment records?`},
	{"evidence", any, `target_testimony|\b(?:man|woman|activist|student|journalist|blogger|dissident|exile|refugee|singer|writer|poet|campaigner|baker|nurse|victim|target|defector|editor|presenter|lawyer) (?:said|says|told|recalled|recounted|described)\b|\b(?:he|she) (?:told|recalled|recounted)\b|\b(?:told|in an interview with) (?:the )?(?:bbc|guardian|reporters|journalists|this newspaper|radio)\b`},
	{"repeated", any, `true|\b(?:phone|video|threatening|repeated|several|many|more|further|daily|weekly|nightly|the) (?:phone )?(?:calls|messages|visits|threats)\b|\b(?:repeatedly|again and again|several times|many times|time and again|over and over|dozens of times|every (?:day|week|month|night)|on (?:several|many) occasions|a series of)\b`},
	{"police_reported", any, `yes|\b(?:reported|report) (?:it|this|the (?:\w+ )?(?:call|incident|threats?|attack|messages?|matter|case)|them|him|her)?\s?(?:immediately )?to (?:the )?(?:\w+ )?police|\bwent to (?:the )?police\b|\b(?:filed|made|lodged) (?:a|an) (?:police )?(?:report|complaint)|\btold (?:the )?police\b|\bcontacted (?:the )?police (?:after|the|and|who)|\bpolice (?:were|was) informed|\bcalled the police
no|\b(?:did not|didn't|has not|have not|never) (?:go to|report\w*|tell|told|contact\w*|inform\w*|gone to)\b.{0,40}\bpolice|\bafraid to (?:go to|tell|report to) (?:the )?police`},
	{"host_response", any, `report_refused_or_dismissed|\bpolice\b.{0,60}\b(?:dismissed|did not take|refused to|said (?:there was )?nothing|could do nothing|no further action|laughed)
investigation_opened|\bpolice\b.{0,60}\b(?:are|is|have|has|opened|began|launched)\b.{0,25}\binvestigat\w*|\b(?:opened|launched|began) an? (?:\w+ )?investigation|\bprosecutors? (?:are|is) investigating
arrest_or_charge|\b(?:police|prosecutors|fbi|authorities)\b.{0,40}\b(?:arrested|charged|indicted) (?:two|three|four|five|a|an|the|one|\d+)|\b(?:was|were) (?:arrested|charged|indicted)\b.{0,60}\b(?:spying|acting as (?:an )?(?:unregistered )?agents?|stalking|conspir\w+|harassment)
conviction|\b(?:was|were) (?:convicted|found guilty|sentenced)\b.{0,60}\b(?:spying|agents?|stalking|murder|conspir\w+|harassment|attack|espionage)
protection_given|\bpolice\b.{0,40}\b(?:protection|panic button|safety advice|moved (?:him|her|them))|\bunder police protection
specific_condemnation|\b(?:foreign|interior|prime) minist\w+\b.{0,60}\b(?:condemn\w*|unacceptable)\b
diplomatic_protest|\b(?:summoned|called in) the (?:\w+ )?(?:ambassador|charg)|\bambassador was summoned
expulsion|\bexpel\w*\b.{0,40}\bdiplomats?|\bdiplomats?\b.{0,40}\b(?:expelled|declared persona non grata)
sanctions|\bsanction(?:s|ed)\b|\bvisa bans?
asylum_granted|\bgranted (?:him|her|them )?(?:\w+ )?(?:asylum|refugee status)
general_statement|\b(?:home office|foreign office|state department|interior ministry|foreign ministry|government|ministry)\b.{0,60}\b(?:said|says|takes?|taking|condemns?|does not comment)\b
cooperated_with_perpetrator|\bat the request of\b|\bon behalf of (?:beijing|tehran|moscow|ankara)`},
	{"origin_response", any, `denial_blanket|\b(?:embassy|ministry|spokes\w+|government|consulate|officials?)\b.{0,200}\b(?:denied any (?:wrongdoing|involvement)|no truth|pure fabrication|groundless|baseless|all (?:such )?allegations)
denial_specific|\b(?:embassy|ministry|spokes\w+|government|consulate|tehran|beijing|moscow|ankara|kremlin|officials?)\b.{0,100}\b(?:denied|denies|rejected|rejects|dismissed)\b
no_reply|\b(?:embassy|ministry|consulate|government|officials?)\b.{0,60}\b(?:did not (?:respond|reply|answer)|has not (?:responded|replied|answered)|no (?:reply|answer|comment from))|\bdid not respond to (?:a|requests?|several)
counter_accusation|\b(?:embassy|ministry|spokes\w+|government|state media)\b.{0,80}\b(?:called (?:him|her|them) (?:a )?(?:terrorist|traitor|criminal|liar)|accused (?:him|her|them) of)
justification|\b(?:embassy|ministry|spokes\w+|government|consulate)\b.{0,80}\b(?:legitimate|lawful|fight against (?:crime|corruption|terror)|volunteers|to help (?:citizens|overseas))
admission|\b(?:admitted|acknowledged)\b.{0,40}\b(?:operation|carried out|responsib)`},
	{"response", any, `refused|\b(?:refused|declined|rejected (?:it|the (?:offer|proposal|money|demand|approach))|said no|turned (?:it|them|him|the offer) down|hung up|did not agree|would not do|cannot do that|could not accept|ended the call)\b
complied|\b(?:agreed to (?:report|inform|cooperate|spy)|did as (?:he|she|they) was told|complied)\b
stalled|\b(?:blocked (?:the|his|her) (?:number|account)|stopped answering|changed (?:his|her|their) (?:number|phone)|cut contact|played for time)\b`},
	{"roles", any, `activist|\bactivists?\b|\bcampaigners?\b|\bhuman rights defenders?\b|\bdissidents?\b
journalist|\bjournalists?\b|\breporters?\b|\beditors?\b|\bpresenters?\b|\bbroadcasters?\b|\bbloggers?\b
academic|\bacademics?\b|\bprofessors?\b|\bresearchers?\b|\blecturers?\b|\bscholars?\b
student|\bstudents?\b
lawyer|\blawyers?\b|\battorneys?\b|\bsolicitors?\b|\bbarristers?\b
politician_exiled|\b(?:exiled|former) (?:\w+ )?(?:politicians?|lawmakers?|legislators?|opposition leaders?|ministers?)\b
former_insider|\bformer (?:\w+ )?(?:officers?|officials?|diplomats?|spy|soldiers?|prosecutors?)\b|\bdefectors?\b|\bwhistle-?blowers?\b
religious_figure|\b(?:imams?|pastors?|priests?|monks?|nuns?|clerics?|practitioners?|bishops?)\b
artist|\b(?:singers?|artists?|poets?|writers?|film-?makers?|novelists?|cartoonists?|musicians?|actors?|actress)\b
business_person|\b(?:businessm[ae]n|businesswom[ae]n|entrepreneurs?|shop ?owners?|tycoons?)\b
witness_or_survivor|\b(?:survivors?|camp survivor|testified)\b
community_leader|\bcommunity leaders?\b|\bheads? of the (?:\w+ )?(?:association|community|congress)`},
	{"evidence_access", any, `held_by_publisher|\b(?:recordings?|video|footage|messages?|screenshots?|documents?|photos?|letters?)\b.{0,40}\b(?:obtained|seen|reviewed|heard|verified|viewed|examined) (?:exclusively )?by\b|\b(?:played|showed|shared|gave)\b.{0,50}\b(?:recordings?|video|footage|messages?|screenshots?|documents?)\b.{0,30}\b(?:with|to)\b|\b(?:has|have) (?:heard|seen|reviewed|obtained)\b.{0,30}\b(?:recordings?|video|footage|messages?|screenshots?|documents?)`},
	{"perpetrators", any, `intelligence_service|\b(?:ministry of (?:state )?(?:security|intelligence)|intelligence (?:service|agency|ministry|officers?|agents?)|secret service|state security (?:service|committee)|security service|revolutionary guards?|irgc|mossad|fsb|gru|kgb|mss|vevak|gru|mukhabarat|national security (?:service|committee|agency))\b
police|\bpolice (?:officers?|called|phoned|rang|from|in|told|summoned|detained|visited)\b|\bpublic security (?:bureau|officers?)
diplomatic_mission|\b(?:embassy|consulate|ambassador|consul|diplomats?|consular (?:staff|officials?|officers?))\b.{0,40}\b(?:told|asked|called|refused|phoned|photographed|filmed|threatened|summoned|demanded|warned|approached|sent)\b|\b(?:at|from|by|inside) (?:the|an?|his|her|their) (?:\w+ )?(?:embassy|consulate)
state_media|\bstate (?:media|television|tv|broadcaster|newspaper)\b
proxy_organised_crime|\b(?:gang|mafia|criminal (?:group|network|gang)|hired (?:criminals|gunmen|killers|thugs)|hitm[ae]n|bikers?)\b
proxy_private_company|\b(?:private (?:investigators?|detectives?)|detective agency|surveillance (?:firm|company|vendor))\b
cyber_actor|\b(?:state-(?:linked|backed|sponsored) hackers?|hacking group|hackers)\b
unidentified_official|\b(?:suspected|alleged|apparent|unknown|unnamed|a man who said he was an?|claiming to be an?|said he was from) (?:\w+ ){0,3}?(?:officers?|officials?|agents?|operatives?)\b`},
}
