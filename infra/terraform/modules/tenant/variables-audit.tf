variable "audit_lock" {
  description = "Object Lock of the journal. GOVERNANCE locks for one day, and an administrator may break it: for pilots. COMPLIANCE locks for as long as functions.yaml says, 12 months, and nobody can break it, AWS and the ministry included."
  type        = string
  default     = "GOVERNANCE"
  nullable    = false
  validation {
    condition     = contains(["GOVERNANCE", "COMPLIANCE"], var.audit_lock)
    error_message = "Write GOVERNANCE for a pilot or COMPLIANCE for production."
  }
}

variable "audit_lock_confirmed" {
  description = "With audit_lock = COMPLIANCE: the tenant's name once more, by which you say that what is journalled cannot be deleted for 12 months, and is paid for that long."
  type        = string
  default     = ""
  nullable    = false
}
