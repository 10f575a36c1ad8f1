variable "name" {
  description = "Prefix of the role's name."
  type        = string
  default     = "vienreiz"
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds the role, or null."
  type        = string
  default     = null
}
