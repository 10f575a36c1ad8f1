# Judged and described in ../modules/tenant; null is the default of there.
variable "region" {
  description = "AWS region, such as eu-central-1: where the ministry's data may lie."
  type        = string
}

variable "tags" {
  description = "Tags of everything, beside vienreiz-tenant."
  type        = map(string)
  default     = {}
}

variable "account_settings" {
  description = "Whether this stack gives the account's gateways their role to log; once in an account and region."
  type        = bool
  default     = true
}

variable "name" {
  description = "Name of the tenant."
  type        = string
}

variable "zips" {
  description = "Folder with the zips of the functions."
  type        = string
}

variable "architecture" {
  description = "arm64 or x86_64."
  type        = string
  default     = null
}

variable "queues" {
  description = "each or few."
  type        = string
  default     = null
}

variable "bucket_suffix" {
  description = "End of every bucket's name."
  type        = string
  default     = null
}

variable "disposable" {
  description = "A stack for trying out."
  type        = bool
  default     = null
}

variable "environment" {
  description = "More environment of every function."
  type        = map(string)
  default     = null
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds every role."
  type        = string
  default     = null
}

variable "audit_lock" {
  description = "GOVERNANCE or COMPLIANCE."
  type        = string
  default     = null
}

variable "audit_lock_confirmed" {
  description = "The tenant's name once more, with COMPLIANCE."
  type        = string
  default     = null
}

variable "point_in_time_recovery" {
  description = "Of the table."
  type        = bool
  default     = null
}

variable "keys" {
  description = "ARNs of KMS keys by use."
  type        = map(list(string))
  default     = null
}

variable "secrets" {
  description = "Secrets that are made empty, and their use."
  type        = map(string)
  default     = null
}

variable "parameters" {
  description = "SecureStrings of SSM that hold keys, and their use."
  type        = map(string)
  default     = null
}
