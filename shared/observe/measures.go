package observe

// The dimensions. Tests hold the closed sets to the lists of the specifications
// and of the code that they come from.
var (
	function    = Dimension{Name: "function"}
	certificate = Dimension{Name: "certificate"} // owner's party, use and the first octets of its digest
	source      = Dimension{Name: "registry"}

	role  = Dimension{"role", []string{"requester", "provider"}}
	state = Dimension{"state", []string{"confirmed", "unmatched", "deferred", "undelivered", "cancelled", "answered", "declined", "refused", "expired"}}
	// code is an EDM error code, why there was nobody to ask, or why a message did not go.
	code = Dimension{"code", []string{
		"none",
		"EDM:ERR:0001", "EDM:ERR:0002", "EDM:ERR:0003", "EDM:ERR:0004", "EDM:ERR:0005", "EDM:ERR:0006", "EDM:ERR:0007", "EDM:ERR:0008",
		"EB:ERR:0001", "EB:ERR:0002", "EB:ERR:0003", "EB:ERR:0004", "EB:ERR:0005", "EB:ERR:0006", "EB:ERR:0007",
		"DSD:ERR:0001", "DSD:ERR:0002", "DSD:ERR:0003", "DSD:ERR:0004", "DSD:ERR:0005", "DSD:ERR:0006",
		"vienreiz:choose", "vienreiz:step-up", "vienreiz:nobody", "vienreiz:invalid", "vienreiz:subject", "vienreiz:incorrect",
		"EBMS:0202", "EBMS:0301",
	}}
	// ebmsCode is one of the error table of ebMS 3.0 Core §6.7 and AS4.
	ebmsCode = Dimension{"code", []string{
		"EBMS:0001", "EBMS:0002", "EBMS:0003", "EBMS:0004", "EBMS:0005", "EBMS:0006", "EBMS:0007", "EBMS:0008", "EBMS:0009", "EBMS:0010", "EBMS:0011",
		"EBMS:0101", "EBMS:0102", "EBMS:0103", "EBMS:0201", "EBMS:0202", "EBMS:0301", "EBMS:0302", "EBMS:0303",
	}}
	outcome = Dimension{"outcome", []string{"acknowledged", "refused", "again", "probably-delivered"}}
	final   = Dimension{"state", []string{"acknowledged", "refused", "undelivered", "probably-delivered"}}
	result  = Dimension{"result", []string{"right", "unreachable", "slow", "erring", "bad-answer", "misconfigured"}}
)

// The metrics. UnsequencedEntries is none of them, as no function sequences the journal
// here; the Terraform has an alarm on it from the moment at which functions.yaml has one
// that takes from the queue log, and a test wants the metric then.
var (
	Calls      = Metric{Name: "Calls", Unit: Count, Dimensions: []Dimension{function}}
	Errors     = Metric{Name: "Errors", Unit: Count, Dimensions: []Dimension{function}}
	Duration   = Metric{Name: "Duration", Unit: Milliseconds, Dimensions: []Dimension{function}}
	ColdStarts = Metric{Name: "ColdStarts", Unit: Count, Dimensions: []Dimension{function}}

	// Failures are errors that no dead letter tells of: of whole calls, in the tenant.
	// Nothing is measured where there are none.
	Failures = Metric{Name: "Failures", Unit: Count, Alarm: true}

	ExchangesStarted = Metric{Name: "ExchangesStarted", Unit: Count, Dimensions: []Dimension{role}}
	ExchangesEnded   = Metric{Name: "ExchangesEnded", Unit: Count, Dimensions: []Dimension{role, state, code}}
	// Counted are the exchanges that tell of us: served or failed, outside
	// maintenance. Succeeded are those of them that were served.
	Counted   = Metric{Name: "ExchangesCounted", Unit: Count, Alarm: true}
	Succeeded = Metric{Name: "ExchangesSucceeded", Unit: Count, Alarm: true}

	MessagesReceived = Metric{Name: "MessagesReceived", Unit: Count}
	MessagesRefused  = Metric{Name: "MessagesRefused", Unit: Count, Dimensions: []Dimension{ebmsCode}}
	MessagesSent     = Metric{Name: "MessagesSent", Unit: Count, Dimensions: []Dimension{final}} // that will not be pushed again
	Pushes           = Metric{Name: "Pushes", Unit: Count, Dimensions: []Dimension{outcome}}

	RegistryCalls    = Metric{Name: "RegistryCalls", Unit: Count, Dimensions: []Dimension{source, result}}
	RegistryDuration = Metric{Name: "RegistryDuration", Unit: Milliseconds, Dimensions: []Dimension{source}}

	// OutboxAge is that of the oldest command that reaches no queue, OutboxUncleared
	// how many were sent again as nobody had carried them out.
	OutboxAge       = Metric{Name: "OutboxAge", Unit: Seconds, Alarm: true}
	OutboxUncleared = Metric{Name: "OutboxUncleared", Unit: Count}

	CertificateDaysLeft = Metric{Name: "CertificateDaysLeft", Unit: None, Dimensions: []Dimension{certificate}, Whole: true, Alarm: true}
)

// Metrics are all of them.
var Metrics = []Metric{
	Calls, Errors, Duration, ColdStarts, Failures, ExchangesStarted, ExchangesEnded, Counted, Succeeded, MessagesReceived, MessagesRefused, MessagesSent, Pushes,
	RegistryCalls, RegistryDuration, OutboxAge, OutboxUncleared, CertificateDaysLeft,
}
