package demo

// physicalOrigins are the published totals by accused state, 2014 to 2025: the
// ten highest; the other 311 of the 1,219 are spread over restOrigins.
var physicalOrigins = []share{
	{"CHN", 272},
	{"TUR", 157},
	{"TJK", 92},
	{"RUS", 86},
	{"EGY", 57},
	{"KHM", 55},
	{"TKM", 53},
	{"UZB", 47},
	{"IRN", 47},
	{"BLR", 42},
}

// restOrigins sum to 311, an invented spread.
var restOrigins = []share{
	{"RWA", 28},
	{"VNM", 24},
	{"SAU", 22},
	{"AZE", 18},
	{"ERI", 16},
	{"KAZ", 14},
	{"THA", 14},
	{"SYR", 13},
	{"PAK", 12},
	{"VEN", 12},
	{"IND", 11},
	{"ARE", 10},
	{"BHR", 9},
	{"KGZ", 9},
	{"LAO", 9},
	{"ETH", 8},
	{"NIC", 8},
	{"MMR", 7},
	{"SSD", 7},
	{"BDI", 6},
	{"GNQ", 6},
	{"PRK", 6},
	{"DZA", 5},
	{"IRQ", 5},
	{"UGA", 5},
	{"CUB", 4},
	{"JOR", 4},
	{"KWT", 4},
	{"LBY", 4},
	{"QAT", 4},
	{"SDN", 4},
	{"BGD", 3},
}

// Published totals over the 1,219.
const (
	detentions   = 503
	deportations = 241
	withHostHelp = 780
	journalists  = 124
)

// heldAndDeported is the invented overlap of the two host methods. With it
// 503 + 241 - 60 = 684 incidents have one, all of them with host help; the
// other 96 with host help are renditions.
const heldAndDeported = 60

// otherPhysical are the methods of the 535 without a detention or deportation,
// an invented spread.
var otherPhysical = []share{
	{"abduction_rendition", 230},
	{"assault", 120},
	{"attempted_abduction", 50},
	{"attempted_killing", 45},
	{"enforced_disappearance", 45},
	{"killing", 40},
	{"sexual_violence", 5},
}

// physicalPlan fixes of one record what enters a published total.
type physicalPlan struct {
	origin     string
	methods    []string // the physical ones
	hostHelped bool
	journalist bool
}

func physicalPlans(d dice) []physicalPlan {
	plans := methodPlans(d)
	origins := deal(d, append(append([]share{}, physicalOrigins...), restOrigins...))
	for i := range plans {
		plans[i].origin = origins[i]
	}
	for _, i := range d.Perm(len(plans))[:journalists] {
		plans[i].journalist = true
	}
	return plans
}

func methodPlans(d dice) []physicalPlan {
	var plans []physicalPlan
	add := func(n int, methods ...string) {
		for range n {
			plans = append(plans, physicalPlan{methods: methods, hostHelped: true})
		}
	}
	add(detentions-heldAndDeported, "detention_abroad")
	add(heldAndDeported, "detention_abroad", "unlawful_deportation")
	add(deportations-heldAndDeported, "unlawful_deportation")
	helped := withHostHelp - len(plans)
	for _, method := range deal(d, otherPhysical) {
		p := physicalPlan{methods: []string{method}}
		if method == "abduction_rendition" && helped > 0 {
			p.hostHelped = true
			helped--
		}
		plans = append(plans, p)
	}
	return plans
}

// everydayOrigins sum to 400.
var everydayOrigins = []share{
	{"CHN", 130},
	{"IRN", 44},
	{"RUS", 36},
	{"TUR", 28},
	{"EGY", 20},
	{"BLR", 18},
	{"TJK", 16},
	{"ERI", 14},
	{"SAU", 14},
	{"VNM", 14},
	{"AZE", 10},
	{"RWA", 10},
	{"KHM", 8},
	{"TKM", 8},
	{"UZB", 8},
	{"IND", 6},
	{"PAK", 6},
	{"MMR", 5},
	{"NIC", 5},
}

// Topics of the everyday set.
const (
	topicRecruitment = "recruitment"
	topicFamily      = "family"
	topicWarning     = "warning"
	topicWatching    = "watching"
	topicDigital     = "digital"
	topicDocuments   = "documents"
	topicLegal       = "legal"
	topicCommunity   = "community"
)

// topics sum to 400; recruitment leads, so that charts of offers and demands
// have something to show.
var topics = []share{
	{topicRecruitment, 160},
	{topicFamily, 70},
	{topicDigital, 50},
	{topicWarning, 40},
	{topicWatching, 30},
	{topicDocuments, 20},
	{topicLegal, 15},
	{topicCommunity, 15},
}

// everydayPlan fixes of one record who did it and what it is about. A text in
// another script replaces title and summary.
type everydayPlan struct {
	origin string
	topic  string
	text   *ownScript
}

func everydayPlans(d dice) []everydayPlan {
	origins, about := deal(d, everydayOrigins), deal(d, topics)
	plans := make([]everydayPlan, len(origins))
	for i := range plans {
		plans[i] = everydayPlan{origin: origins[i], topic: about[i]}
	}
	for i := range ownScripts {
		giveText(plans, &ownScripts[i])
	}
	return plans
}

// giveText words the first plan that the text fits.
func giveText(plans []everydayPlan, text *ownScript) {
	for i := range plans {
		p := &plans[i]
		if p.text == nil && p.origin == text.origin && p.topic == text.topic {
			p.text = text
			return
		}
	}
}
