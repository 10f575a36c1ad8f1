# What more than one variable must agree on. It fails the plan, before anything is made.
resource "terraform_data" "guard" {
  lifecycle {
    precondition {
      condition     = var.audit_lock != "COMPLIANCE" || var.audit_lock_confirmed == var.name
      error_message = "audit_lock is COMPLIANCE, which nobody can undo: write audit_lock_confirmed = \"${var.name}\" if the journal shall be locked for 12 months."
    }
    precondition {
      condition     = var.audit_lock != "COMPLIANCE" || !var.disposable
      error_message = "A stack that is disposable cannot have audit_lock = \"COMPLIANCE\": write disposable = false, or GOVERNANCE."
    }
    precondition {
      condition     = length(local.zips_missing) == 0
      error_message = "In ${var.zips} there is no zip of ${join(", ", local.zips_missing)}: run `make zip` of the same release as this module."
    }
    precondition {
      condition     = length(setsubtract(keys(var.gateways), keys(local.list.gateways))) == 0
      error_message = "gateways names one that is not in functions.yaml: write ${join(", ", keys(local.list.gateways))}."
    }
    precondition {
      condition     = alltrue([for g, settings in var.gateways : g == "api" || length(settings.plans) == 0])
      error_message = "Partners and people have no API keys: write plans under gateways.api alone."
    }
    precondition {
      condition     = alltrue([for use in ["sign", "decrypt", "sign-in", "tokens"] : length(try(var.keys[use], [])) > 0 || contains(concat(values(var.secrets), values(var.parameters)), use)])
      error_message = "Each of sign, decrypt, sign-in and tokens needs a key: write an ARN in keys, or one of that use in secrets or parameters."
    }
    precondition {
      condition     = var.lane == null || var.network != null
      error_message = "A lane runs in a network: write network = {} for one with the defaults."
    }
    precondition {
      condition     = var.lane == null || local.as4.domain != null
      error_message = "A lane speaks TLS by its own name: write gateways.as4.domain with name and certificate_arn."
    }
    precondition {
      condition     = var.lane == null || local.as4.waf_acl_arn == null && try(local.as4.domain.truststore_uri, null) == null
      error_message = "The lane's load balancer knows neither AWS WAF nor mutual TLS: write gateways.as4 without waf_acl_arn and truststore_uri; signatures say who sends."
    }
    precondition {
      condition     = var.lane == null || alltrue([for c in local.as4.allowed_cidrs : can(cidrnetmask(c))])
      error_message = "The lane has IPv4 addresses only: write gateways.as4.allowed_cidrs without IPv6 networks."
    }
    precondition {
      condition     = try(contains(local.fargate[tostring(var.lane.cpu)], var.lane.memory), var.lane == null)
      error_message = "Fargate has certain pairs only: write lane.cpu 256 with memory 512, 1024 or 2048; 512 with 1024 to 4096; 1024 with 2048 to 8192, in steps of 1024."
    }
    precondition {
      condition     = contains([0, try(length(module.network[0].public_subnets), 0)], try(length(var.lane.allocation_ids), 0))
      error_message = "The lane has an address in each zone: write as many lane.allocation_ids as network.zones has letters, or none."
    }
    precondition {
      condition     = var.lane == null || try(var.network.nat != "none", false) || length(setsubtract(local.lane_services, try(var.network.interface_endpoints, []))) == 0
      error_message = "Without NAT the lane reaches AWS through the VPC only: write interface_endpoints with ${join(", ", local.lane_services)}."
    }
  }
}

locals {
  lane_services = ["ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager", "sqs"]

  zips_missing = setsubtract(keys(local.functions), [for file in fileset(var.zips, "*.zip") : trimsuffix(file, ".zip")])
}
