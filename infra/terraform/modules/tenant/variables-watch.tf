variable "alarms" {
  description = "few: dead letters, age of the oldest item, certificates that end, less than 98 % served, and calls that failed by our own fault; other measurements are in the log only. all: those, errors and throttles of each function, 5xx of each gateway, the outbox; every measurement is a metric. none: as few, without the alarms."
  type        = string
  default     = "all"
  nullable    = false
  validation {
    condition     = contains(["all", "few", "none"], var.alarms)
    error_message = "Write all, few or none."
  }
}

variable "alarm_emails" {
  description = "Addresses that alarms are sent to; each gets a message to confirm first."
  type        = set(string)
  default     = []
  nullable    = false
  validation {
    condition     = alltrue([for a in var.alarm_emails : can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", a))])
    error_message = "Write e-mail addresses, such as \"oots-duty@ministry.example\"."
  }
}

variable "alarm_age_minutes" {
  description = "Age of the oldest item in a queue that is an alarm. The user waits: the timers of an exchange are 5 to 62 minutes."
  type        = number
  default     = 5
  nullable    = false
  validation {
    condition     = var.alarm_age_minutes >= 1 && var.alarm_age_minutes <= 1440
    error_message = "Write minutes from 1 to 1440."
  }
}

variable "alarm_certificate_days" {
  description = "Days before its end at which a certificate is an alarm."
  type        = number
  default     = 30
  nullable    = false
  validation {
    condition     = var.alarm_certificate_days >= 1 && var.alarm_certificate_days <= 365
    error_message = "Write days from 1 to 365."
  }
}

variable "dashboard" {
  description = "Whether a CloudWatch dashboard of the tenant is made."
  type        = bool
  default     = true
  nullable    = false
}

variable "budget" {
  description = "US dollars a month of what carries the tag vienreiz-tenant, and whom AWS tells at 80 % and when more is forecast; null: no budget. The tag must be activated for cost allocation."
  type = object({
    usd    = number
    emails = list(string)
  })
  default = null
  validation {
    condition     = var.budget == null || try(var.budget.usd > 0 && length(var.budget.emails) > 0, false)
    error_message = "Write usd above 0 and at least one address in emails, or null for no budget."
  }
}
