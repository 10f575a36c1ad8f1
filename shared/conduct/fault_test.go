package conduct_test

import (
	"testing"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
)

func TestAtWhomItLay(t *testing.T) {
	t.Parallel()
	one, two := []string{"1"}, []string{"1", "2"}
	for name, c := range map[string]struct {
		x      exchange.Exchange
		detail string
		want   conduct.Fault
	}{
		"evidence was confirmed":                  {exchange.Exchange{State: exchange.Confirmed}, "", conduct.None},
		"the person declined":                     {exchange.Exchange{State: exchange.Declined}, "", conduct.None},
		"the person gave up":                      {exchange.Exchange{State: exchange.Cancelled}, "", conduct.None},
		"nothing was found":                       {exchange.Exchange{State: exchange.Unmatched}, "", conduct.None},
		"the partner takes no message":            {exchange.Exchange{State: exchange.Undelivered, Code: "EBMS:0301"}, "", conduct.Others},
		"the directory has nobody":                {exchange.Exchange{State: exchange.Refused, Code: "vienreiz:nobody"}, "", conduct.None},
		"the directory wants an answer":           {exchange.Exchange{State: exchange.Refused, Code: "DSD:ERR:0005"}, "", conduct.None},
		"the directory's answer is not signed":    {exchange.Exchange{State: exchange.Refused, Code: "signature.missing"}, "", conduct.Others},
		"our question to it was wrong":            {exchange.Exchange{State: exchange.Refused, Code: "DSD:ERR:0003"}, "", conduct.Ours},
		"our request breaks a rule":               {exchange.Exchange{State: exchange.Refused, Code: "vienreiz:invalid"}, "", conduct.Ours},
		"the partner says it does":                {exchange.Exchange{State: exchange.Refused, Code: "EDM:ERR:0003", Requests: one}, "", conduct.Ours},
		"the partner's registry is down":          {exchange.Exchange{State: exchange.Refused, Code: "EDM:ERR:0008", Requests: one}, "", conduct.Others},
		"the partner's answer breaks a rule":      {exchange.Exchange{State: exchange.Refused, Code: "vienreiz:incorrect", Requests: one}, "", conduct.Others},
		"we never asked":                          {exchange.Exchange{State: exchange.Expired}, "", conduct.Ours},
		"the partner never answered":              {exchange.Exchange{State: exchange.Expired, Requests: one}, "", conduct.Others},
		"the person never went to the preview":    {exchange.Exchange{State: exchange.Expired, Requests: one, PreviewLink: "l"}, "", conduct.None},
		"no evidence came after the preview":      {exchange.Exchange{State: exchange.Expired, Requests: two, PreviewLink: "l"}, "", conduct.Others},
		"the portal never fetched it":             {exchange.Exchange{State: exchange.Expired, Requests: two, PreviewLink: "l", Accepted: 1}, "", conduct.None},
		"we answered":                             {exchange.Exchange{Role: exchange.Provider, State: exchange.Answered}, "", conduct.None},
		"we refused a request that breaks a rule": {exchange.Exchange{Role: exchange.Provider, State: exchange.Refused, Code: "EDM:ERR:0003"}, "", conduct.None},
		"our registry is down":                    {exchange.Exchange{Role: exchange.Provider, State: exchange.Refused, Code: "EDM:ERR:0008"}, "registry.status: later", conduct.Others},
		"we failed":                               {exchange.Exchange{Role: exchange.Provider, State: exchange.Refused, Code: "EDM:ERR:0008"}, "later", conduct.Ours},
		"we did not match in time":                {exchange.Exchange{Role: exchange.Provider, State: exchange.Expired, Requests: one}, "", conduct.Ours},
		"the person never came":                   {exchange.Exchange{Role: exchange.Provider, State: exchange.Expired, Requests: one, PreviewLink: "l"}, "", conduct.None},
		"the person never decided":                {exchange.Exchange{Role: exchange.Provider, State: exchange.Expired, Requests: two, PreviewLink: "l"}, "", conduct.None},
		"request 2 never came":                    {exchange.Exchange{Role: exchange.Provider, State: exchange.Expired, Requests: one, PreviewLink: "l", Accepted: 1}, "", conduct.Others},
		"we did not build the accepted in time":   {exchange.Exchange{Role: exchange.Provider, State: exchange.Expired, Requests: two, PreviewLink: "l", Accepted: 1}, "", conduct.Ours},
	} {
		if c.x.Role == "" {
			c.x.Role = exchange.Requester
		}
		if got := (&conduct.Record{Exchange: c.x, Detail: c.detail}).Fault(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
