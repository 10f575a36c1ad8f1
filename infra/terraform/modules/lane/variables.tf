variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "image" {
  description = "The container image by its digest: REGISTRY/NAME@sha256:…; what runs is then what was looked at."
  type        = string
  validation {
    condition     = can(regex("^[^ @]+@sha256:[0-9a-f]{64}$", var.image))
    error_message = "Write the image with its digest, such as \"123456789012.dkr.ecr.eu-central-1.amazonaws.com/lv-interior-node@sha256:…\"; `make image` prints it."
  }
}

variable "architecture" {
  description = "Processor: arm64 or x86_64."
  type        = string
}

variable "tasks" {
  description = "How many run: at least and at most."
  type        = object({ min = number, max = number })
}

variable "cpu" {
  description = "Thousandths of a processor times 1.024, as Fargate counts: 256 is a quarter."
  type        = number
}

variable "memory" {
  description = "MB of a task."
  type        = number
}

variable "statements" {
  description = "What the receiver may do, as statements of a policy without the log."
  type        = any
}

variable "environment" {
  description = "What functions/cloud reads, and settings of the AWS SDK."
  type        = map(string)
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds its roles, or null."
  type        = string
}

variable "vpc_id" {
  description = "Id of the VPC."
  type        = string
}

variable "public_subnets" {
  description = "Zone → subnet of the load balancer."
  type        = map(string)
}

variable "private_subnets" {
  description = "Zone → subnet of the tasks."
  type        = map(string)
}

variable "allocation_ids" {
  description = "Elastic IPs of the load balancer that are there already, in the order of the zones; empty: they are made."
  type        = list(string)
}

variable "certificate_arn" {
  description = "ARN of its certificate in AWS Certificate Manager."
  type        = string
}

variable "tls_policy" {
  description = "Policy of Elastic Load Balancing for TLS versions and cipher suites."
  type        = string
}

variable "allowed_cidrs" {
  description = "Networks that may call; empty: all."
  type        = list(string)
}

variable "deletion_protection" {
  description = "Whether the load balancer can be deleted only after somebody has allowed it."
  type        = bool
}

variable "alarms" {
  description = "Whether there are any."
  type        = bool
}

variable "alarm_actions" {
  description = "Topics that alarms are published to."
  type        = list(string)
}

variable "log_days" {
  description = "Days for which the log is kept."
  type        = number
}
