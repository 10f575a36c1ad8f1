variable "name" {
  description = "Name of the tenant: the prefix of every name that is made. It cannot be changed later."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "Write a name of 3 to 24 lower-case letters, digits and hyphens that begins with a letter, such as \"lv-vdaa\"."
  }
}

variable "zips" {
  description = "Folder with FUNCTION.zip for every function of functions.yaml; each holds an executable called bootstrap. `make zip` makes it."
  type        = string
  validation {
    condition     = length(fileset(var.zips, "*.zip")) > 0
    error_message = "There is no .zip in this folder: run `make zip` first, and write the path of the folder that it fills."
  }
}

variable "functions" {
  description = "functions.yaml of the release that the zips are of; null: the one beside this module."
  type        = string
  default     = null
}

variable "architecture" {
  description = "Processor that the zips were built for. arm64 costs a fifth less; x86_64 is for emulators on such machines."
  type        = string
  default     = "arm64"
  nullable    = false
  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "Write arm64 or x86_64: AWS Lambda has no other processors."
  }
}

variable "tenant_document" {
  description = "Object of the tenant document in the configuration bucket."
  type        = string
  default     = "tenant.yaml"
  nullable    = false
  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._/-]*\\.ya?ml$", var.tenant_document))
    error_message = "Write the key of a YAML object in the configuration bucket, such as \"tenant.yaml\"."
  }
}

variable "queues" {
  description = "each: every queue is polled, as AWS charges for. few: those that functions.yaml folds are not; their items travel in another, whose function hands them on and waits, for tenants with few exchanges. It may be changed on a running stack."
  type        = string
  default     = "each"
  nullable    = false
  validation {
    condition     = contains(["each", "few"], var.queues)
    error_message = "Write each, or few for a pilot."
  }
}

variable "bucket_suffix" {
  description = "End of every bucket's name, as those are unique in the whole of AWS; null: the number of the account."
  type        = string
  default     = null
  validation {
    condition     = var.bucket_suffix == null || can(regex("^[a-z0-9][a-z0-9-]{0,18}[a-z0-9]$", var.bucket_suffix))
    error_message = "Write 2 to 20 lower-case letters, digits and hyphens, or null for the number of the account."
  }
}

variable "log_days" {
  description = "Days for which the logs of functions and gateways are kept. They hold no personal data; the journal is what is kept for long."
  type        = number
  default     = 90
  nullable    = false
  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 or 731 days: write one of these."
  }
}

variable "tracing" {
  description = "Whether AWS X-Ray traces functions and gateways."
  type        = bool
  default     = false
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds every role that is made, where the ministry's account wants one."
  type        = string
  default     = null
  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::[0-9a-z]+:policy/.+$", var.permissions_boundary))
    error_message = "Write the ARN of a policy, such as arn:aws:iam::123456789012:policy/boundary, or null."
  }
}

variable "disposable" {
  description = "A stack for trying out: table and unlocked buckets may be deleted with what is in them. Never for a ministry's real stack."
  type        = bool
  default     = false
  nullable    = false
}

variable "point_in_time_recovery" {
  description = "Whether the table can be set back to any second of the last 35 days."
  type        = bool
  default     = true
  nullable    = false
}

variable "environment" {
  description = "More environment of every function, such as settings of the AWS SDK. The names VIENREIZ_… are the module's."
  type        = map(string)
  default     = {}
  nullable    = false
  validation {
    condition     = length([for name in keys(var.environment) : name if startswith(name, "VIENREIZ_")]) == 0
    error_message = "Names that begin with VIENREIZ_ are set by the module: write other ones."
  }
}
