variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "cidr" {
  description = "Addresses of the VPC: a private network of 16 to 24 bits, such as 10.64.0.0/20. Nothing is routed to it from elsewhere, so it may be used twice."
  type        = string
  default     = "10.64.0.0/20"
  nullable    = false
  validation {
    condition     = can(cidrhost(var.cidr, 0)) && can(regex("^(10|172\\.(1[6-9]|2[0-9]|3[01])|192\\.168)\\..*/(1[6-9]|2[0-4])$", var.cidr))
    error_message = "Write a private IPv4 network with a prefix of 16 to 24 bits, such as \"10.64.0.0/20\"."
  }
}

variable "zones" {
  description = "Letters of the availability zones, such as a and b for eu-central-1a and eu-central-1b. One that is left out later takes its addresses with it."
  type        = list(string)
  default     = ["a", "b"]
  nullable    = false
  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 4 && length(distinct(var.zones)) == length(var.zones) && alltrue([for z in var.zones : can(regex("^[a-z]$", z))])
    error_message = "Write two to four different letters of availability zones, such as [\"a\", \"b\"]."
  }
}

variable "nat" {
  description = "NAT gateways, by whose fixed addresses everything in the VPC calls out. each: one in each zone; one: one for all, cheaper, and down with its zone; none: nothing calls out."
  type        = string
  default     = "each"
  nullable    = false
  validation {
    condition     = contains(["each", "one", "none"], var.nat)
    error_message = "Write each, one or none."
  }
}

variable "allocation_ids" {
  description = "Elastic IPs for the NAT gateways that are there already, one for each; empty: they are made. Addresses that partners have listed outlive a stack in this way."
  type        = list(string)
  default     = []
  nullable    = false
  validation {
    condition     = alltrue([for id in var.allocation_ids : can(regex("^eipalloc-[0-9a-z]+$", id))])
    error_message = "Write the allocation id of each Elastic IP, such as \"eipalloc-0123456789abcdef0\"."
  }
}

variable "interface_endpoints" {
  description = "AWS services that are called through the VPC instead of NAT, such as sqs, kms, secretsmanager, logs, ecr.api and ecr.dkr. Each costs by the hour and zone. S3 and DynamoDB have free endpoints always."
  type        = set(string)
  default     = []
  nullable    = false
  validation {
    condition     = alltrue([for s in var.interface_endpoints : can(regex("^[a-z0-9][a-z0-9.-]*$", s)) && !contains(["s3", "dynamodb"], s)])
    error_message = "Write names of AWS services as PrivateLink calls them, such as \"sqs\" or \"ecr.dkr\"; s3 and dynamodb are there always."
  }
}
