variable "network" {
  description = "VPC with fixed addresses for what calls out."
  type = object({
    cidr                = optional(string)
    zones               = optional(list(string))
    nat                 = optional(string, "each")
    allocation_ids      = optional(list(string), [])
    interface_endpoints = optional(set(string), [])
    ports               = optional(set(number), [443])
  })
  default = null
}

variable "lane" {
  description = "The streaming lane, in the place of gateway as4."
  type = object({
    image          = string
    tasks          = optional(object({ min = number, max = number }), { min = 1, max = 4 })
    cpu            = optional(number, 256)
    memory         = optional(number, 512)
    allocation_ids = optional(list(string), [])
    tls_policy     = optional(string, "ELBSecurityPolicy-TLS13-1-2-Res-2021-06")
  })
  default = null
}

variable "image_repository" {
  description = "Whether a repository for the lane's image is made."
  type        = bool
  default     = null
}
