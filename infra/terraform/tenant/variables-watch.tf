variable "alarms" {
  description = "all, few or none."
  type        = string
  default     = null
}

variable "alarm_emails" {
  description = "Addresses that alarms are sent to."
  type        = set(string)
  default     = null
}

variable "alarm_age_minutes" {
  description = "Age of the oldest item that is an alarm."
  type        = number
  default     = null
}

variable "alarm_certificate_days" {
  description = "Days before its end at which a certificate is an alarm."
  type        = number
  default     = null
}

variable "dashboard" {
  description = "Whether there is one."
  type        = bool
  default     = null
}

variable "budget" {
  description = "US dollars a month, and who is told."
  type = object({
    usd    = number
    emails = list(string)
  })
  default = null
}

variable "log_days" {
  description = "Days for which logs are kept."
  type        = number
  default     = null
}

variable "tracing" {
  description = "Whether AWS X-Ray traces."
  type        = bool
  default     = null
}
