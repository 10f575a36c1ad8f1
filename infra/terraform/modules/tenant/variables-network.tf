variable "network" {
  description = <<-TEXT
    A VPC from which the functions that call out (calls in functions.yaml) do so by fixed addresses; null: none, and no fixed addresses.
    nat: each (a NAT gateway and an address in each zone), one (for all zones) or none (functions stay outside; for a lane alone, with interface_endpoints).
    allocation_ids: Elastic IPs that are there already, for the NAT gateways. ports: where partners, directory and registries may be called.
    interface_endpoints: AWS services called through the VPC instead of NAT, each paid by the hour. cidr and zones: see module network.
  TEXT
  type = object({
    cidr                = optional(string)
    zones               = optional(list(string))
    nat                 = optional(string, "each")
    allocation_ids      = optional(list(string), [])
    interface_endpoints = optional(set(string), [])
    ports               = optional(set(number), [443])
  })
  default = null
  validation {
    condition     = var.network == null || try(length(var.network.ports) > 0 && alltrue([for p in var.network.ports : p >= 1 && p <= 65535 && floor(p) == p]), false)
    error_message = "Write as ports those of the URLs that are called, such as [443, 8443]."
  }
  validation {
    condition     = var.network == null || contains(["each", "one", "none"], try(var.network.nat, ""))
    error_message = "Write nat as \"each\", \"one\" or \"none\"."
  }
}

variable "lane" {
  description = <<-TEXT
    The streaming lane: as4-receive as containers on Fargate behind a load balancer with fixed addresses, in the place of gateway as4, whose domain and
    allowed_cidrs it has. It takes messages of every size that AS4 allows here; the gateway ends at 6 MB a call. null: gateway and Lambda. It needs network.
    image: the container image by its digest. tasks: how many run. cpu and memory: pairs that Fargate has.
    allocation_ids: Elastic IPs that are there already, one for each zone. tls_policy: of Elastic Load Balancing, TLS 1.2 and 1.3 with forward secrecy.
  TEXT
  type = object({
    image          = string
    tasks          = optional(object({ min = number, max = number }), { min = 1, max = 4 })
    cpu            = optional(number, 256)
    memory         = optional(number, 512)
    allocation_ids = optional(list(string), [])
    tls_policy     = optional(string, "ELBSecurityPolicy-TLS13-1-2-Res-2021-06")
  })
  default = null
  validation {
    condition     = var.lane == null || can(regex("^[^ @]+@sha256:[0-9a-f]{64}$", var.lane.image))
    error_message = "Write lane.image with its digest, such as \"123456789012.dkr.ecr.eu-central-1.amazonaws.com/lv-interior-node@sha256:…\"; `make image` prints it."
  }
  validation {
    condition     = var.lane == null || try(var.lane.tasks.min >= 1 && var.lane.tasks.max >= var.lane.tasks.min, false)
    error_message = "Write lane.tasks with min from 1 and max not below it, such as { min = 1, max = 4 }."
  }
  validation {
    condition     = var.lane == null || try(alltrue([for id in var.lane.allocation_ids : can(regex("^eipalloc-[0-9a-z]+$", id))]), false)
    error_message = "Write as allocation_ids those of Elastic IPs, such as \"eipalloc-0123456789abcdef0\"."
  }
  validation {
    condition     = var.lane == null || can(regex("^ELBSecurityPolicy-TLS13-", var.lane.tls_policy))
    error_message = "Write a policy that knows TLS 1.3, such as \"ELBSecurityPolicy-TLS13-1-2-Res-2021-06\"."
  }
}

variable "image_repository" {
  description = "Whether a repository for the lane's image is made in Amazon ECR. Push the image there before lane names it."
  type        = bool
  default     = false
  nullable    = false
}
