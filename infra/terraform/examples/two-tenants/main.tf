# Two ministries in one account and region. Nothing is shared but the account's
# own setting; where that is too much, give each an account, and the root tenant.
terraform {
  required_version = ">= 1.6"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

# A provider for each, so that everything carries its tenant's tag.
provider "aws" {
  alias  = "interior"
  region = "eu-central-1"
  default_tags {
    tags = { vienreiz-tenant = "lv-interior" }
  }
}

provider "aws" {
  alias  = "education"
  region = "eu-central-1"
  default_tags {
    tags = { vienreiz-tenant = "lv-education" }
  }
}

variable "zips" {
  description = "Folder with the zips of the functions."
  type        = string
}

module "account" {
  source    = "../../modules/account"
  providers = { aws = aws.interior }
}

module "interior" {
  source    = "../../modules/tenant"
  providers = { aws = aws.interior }

  name         = "lv-interior"
  zips         = var.zips
  alarm_emails = ["oots@interior.example"]

  audit_lock           = "COMPLIANCE"
  audit_lock_confirmed = "lv-interior"

  # Keys whose material the ministry has imported.
  keys = {
    sign    = ["arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-4111-8111-111111111111"]
    decrypt = ["arn:aws:kms:eu-central-1:123456789012:key/22222222-2222-4222-8222-222222222222"]
  }
  secrets = { sign-in = "sign-in", tokens = "tokens", population = "registries" }

  gateways = {
    as4 = {
      domain        = { name = "as4.interior.example", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/as4" }
      allowed_cidrs = ["192.0.2.17/32", "198.51.100.0/24"]
    }
    api = {
      domain = {
        name            = "api.interior.example"
        certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/api"
        truststore_uri  = "s3://interior-trust/portals.pem"
      }
    }
    people = {
      domain = { name = "evidence.interior.example", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/people" }
    }
  }

  depends_on = [module.account]
}

# A pilot: within what AWS gives free, as far as it goes.
module "education" {
  source    = "../../modules/tenant"
  providers = { aws = aws.education }

  name                   = "lv-education"
  zips                   = var.zips
  alarms                 = "few"
  dashboard              = false
  point_in_time_recovery = false
  log_days               = 30

  depends_on = [module.account]
}

output "register" {
  description = "What to register where, of each tenant."
  value = { for name, t in { interior = module.interior, education = module.education } : name => {
    as4    = t.as4_endpoint
    api    = t.api_base
    people = t.people_base
  } }
}
