variable "gateways" {
  description = "Names, networks, web ACLs and rates of the gateways."
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
  default = null
}

variable "access_log" {
  description = "Whether gateways log calls."
  type        = bool
  default     = null
}

variable "more_binary_types" {
  description = "For emulators."
  type        = list(string)
  default     = null
}
