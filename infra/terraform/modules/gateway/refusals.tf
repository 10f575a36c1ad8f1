# What the gateway itself refuses, it explains: which limit, and what to do next.
locals {
  large = "The gateway takes 10 MB and a function 6 MB with base64, which is 4.4 MB of a message."

  refused = merge(local.always, length(var.plans) > 0 ? local.planned : {})

  planned = {
    INVALID_API_KEY = { status = 403, title = "No API key", detail = "Send the key that this node's operator has for you in the header x-api-key." }
    QUOTA_EXCEEDED  = { status = 429, title = "Too many requests today", detail = "Your plan's requests of this day are used up. Try again tomorrow, or ask the operator for another plan." }
  }

  always = {
    REQUEST_TOO_LARGE            = { status = 413, title = "The request is too large", detail = "${local.large} Larger messages need the streaming lane of this node; ask its operator." }
    THROTTLED                    = { status = 429, title = "Too many requests", detail = "This gateway takes ${var.rate} requests a second and ${var.burst} at once. Try again later." }
    MISSING_AUTHENTICATION_TOKEN = { status = 404, title = "There is nothing here", detail = "No operation has this path." }
    ACCESS_DENIED                = { status = 403, title = "Not from this address", detail = "This gateway answers listed networks alone; ask its operator to list yours." }
    INTEGRATION_TIMEOUT          = { status = 504, title = "No answer in time", detail = "The node had 29 seconds. Try again; what was done is not done twice." }
    DEFAULT_5XX                  = { status = null, title = "The node failed", detail = "Try again; what was done is not done twice. If a large message fails each time: ${local.large}" }
  }

  forms = {
    text = {
      type = "text/plain; charset=utf-8"
      body = { for kind, r in local.refused : kind => "${r.title}. ${r.detail} Request: $context.requestId" }
    }
    problem = {
      type = "application/problem+json"
      body = { for kind, r in local.refused : kind => jsonencode(merge(
        { title = r.title, detail = r.detail, rule = "gateway.${lower(kind)}", instance = "urn:request:$context.requestId" },
        r.status == null ? {} : { status = r.status },
      )) }
    }
    page = {
      type = "text/html; charset=utf-8"
      body = { for kind, r in local.refused : kind => "<!DOCTYPE html><html lang=\"en\"><title>${r.title}</title><h1>${r.title}</h1><p>${r.detail}</p><p>$context.requestId</p></html>" }
    }
  }

  form = local.forms[var.refusals]
}

resource "aws_api_gateway_gateway_response" "refusal" {
  for_each = local.refused

  rest_api_id         = aws_api_gateway_rest_api.api.id
  response_type       = each.key
  status_code         = each.value.status
  response_parameters = { "gatewayresponse.header.Content-Type" = "'${local.form.type}'" }
  response_templates  = { "application/json" = local.form.body[each.key] }
}
