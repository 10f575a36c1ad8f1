variable "name" {
  description = "Name of the REST API."
  type        = string
}

variable "routes" {
  description = "Path → the function that answers it, and the ARN that the gateway calls it by."
  type        = map(object({ function = string, invoke_arn = string }))
}

variable "functions" {
  description = "Function → its name in AWS Lambda."
  type        = map(string)
}

variable "binary_types" {
  description = "Media types whose octets are not read as text."
  type        = list(string)
}

variable "refusals" {
  description = "Form of the gateway's own refusals: text, problem or page."
  type        = string
  validation {
    condition     = contains(["text", "problem", "page"], var.refusals)
    error_message = "Write text, problem or page."
  }
}

variable "domain" {
  description = "Its own name, or null."
  type = object({
    name               = string
    certificate_arn    = string
    truststore_uri     = optional(string)
    truststore_version = optional(string)
  })
}

variable "allowed_cidrs" {
  description = "Networks that may call; empty: all."
  type        = list(string)
}

variable "waf_acl_arn" {
  description = "Web ACL, or null."
  type        = string
}

variable "rate" {
  description = "Requests a second."
  type        = number
}

variable "burst" {
  description = "Requests at once."
  type        = number
}

variable "plans" {
  description = "Client → how often it may call; where there is any, nobody calls without a key."
  type = map(object({
    rate  = number
    burst = number
    a_day = optional(number)
  }))
}

variable "access_log" {
  description = "Whether calls are logged."
  type        = bool
}

variable "log_days" {
  description = "Days for which that log is kept."
  type        = number
}

variable "tracing" {
  description = "Whether calls are traced."
  type        = bool
}
