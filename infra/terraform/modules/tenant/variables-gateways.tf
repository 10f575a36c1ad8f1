variable "gateways" {
  description = <<-TEXT
    What is particular to a gateway (as4, api, people); those that are not named have the defaults.
    domain: its own name, the certificate of it, and for mutual TLS the truststore (s3://BUCKET/KEY). The default endpoint is then closed.
    allowed_cidrs: addresses that may call; empty: all. For as4 those of the partners.
    waf_acl_arn: web ACL of AWS WAF in the same region. rate and burst: requests a second, and at once.
    plans, of api alone: client id of a portal, and how often it may call: a second, at once, and a day. Each gets an API key, and nobody calls without.
  TEXT
  type = map(object({
    domain = optional(object({
      name               = string
      certificate_arn    = string
      truststore_uri     = optional(string)
      truststore_version = optional(string)
    }))
    allowed_cidrs = optional(list(string), [])
    waf_acl_arn   = optional(string)
    rate          = optional(number, 50)
    burst         = optional(number, 100)
    plans = optional(map(object({
      rate  = number
      burst = number
      a_day = optional(number)
    })), {})
  }))
  default  = {}
  nullable = false
  validation {
    condition     = alltrue([for g in values(var.gateways) : alltrue([for c in g.allowed_cidrs : can(cidrhost(c, 0))])])
    error_message = "Write allowed_cidrs as networks: \"192.0.2.17/32\" for one address, \"2001:db8::/48\" for a network."
  }
  validation {
    condition     = alltrue([for g in values(var.gateways) : g.rate >= 1 && g.burst >= 1 && floor(g.burst) == g.burst])
    error_message = "Write rate as a number from 1 and burst as a whole number from 1."
  }
  validation {
    condition     = alltrue(flatten([for g in values(var.gateways) : [for p in values(g.plans) : p.rate >= 1 && p.burst >= 1 && floor(p.burst) == p.burst && coalesce(p.a_day, 1) >= 1]]))
    error_message = "Write in plans a rate from 1, a burst that is a whole number from 1, and a_day from 1 or not at all."
  }
  validation {
    condition     = alltrue(flatten([for g in values(var.gateways) : [for client in keys(g.plans) : can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$", client))]]))
    error_message = "Write as the name of a plan the portal's client id: up to 63 letters, digits, full stops, hyphens and underscores."
  }
  validation {
    condition     = alltrue([for g in values(var.gateways) : can(regex("^arn:[a-z-]+:acm:", g.domain.certificate_arn)) if g.domain != null])
    error_message = "Write as certificate_arn the ARN of a certificate in AWS Certificate Manager, arn:aws:acm:REGION:ACCOUNT:certificate/ID."
  }
  validation {
    condition     = alltrue([for g in values(var.gateways) : startswith(g.domain.truststore_uri, "s3://") if try(g.domain.truststore_uri, null) != null])
    error_message = "Write truststore_uri as s3://BUCKET/KEY of a PEM file with the certificates that callers' certificates end in."
  }
}

variable "access_log" {
  description = "Whether gateways log each call, by the route's pattern and never by path or query. The account needs a role for that: module account."
  type        = bool
  default     = true
  nullable    = false
}

variable "more_binary_types" {
  description = "Media types that gateways treat as binary beside those of functions.yaml: emulators do not know */*."
  type        = list(string)
  default     = []
  nullable    = false
}
