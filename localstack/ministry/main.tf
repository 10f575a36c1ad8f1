# What a ministry has before a hardened tenant of it is made, as far as an emulator takes
# it: a web ACL, or certificates. Mutual TLS is left out: LocalStack makes a name with it and
# forgets it. The output is the rest of the tenant file.
terraform {
  required_version = ">= 1.6"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "with" {
  description = "What the emulator takes: waf, a web ACL before each gateway; names, a name of each gateway's own, and a plan of a portal."
  type        = set(string)
}

resource "aws_wafv2_web_acl" "ministry" {
  count = contains(var.with, "waf") ? 1 : 0

  name  = "ministry"
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  visibility_config {
    cloudwatch_metrics_enabled = false
    metric_name                = "ministry"
    sampled_requests_enabled   = false
  }
}

resource "aws_acm_certificate" "gateway" {
  for_each = contains(var.with, "names") ? local.gateways : []

  domain_name       = "${each.key}.interior.example"
  validation_method = "DNS"
}

locals {
  gateways = toset(["as4", "api", "people"])
}

output "tenant" {
  value = {
    gateways = { for g in local.gateways : g => {
      waf_acl_arn = one(aws_wafv2_web_acl.ministry[*].arn)
      domain      = one([for c in aws_acm_certificate.gateway : { name = c.domain_name, certificate_arn = c.arn } if c.domain_name == "${g}.interior.example"])
      plans       = g == "api" && contains(var.with, "names") ? { portal = { rate = 50, burst = 100, a_day = 100000 } } : {}
    } }
    disposable           = false
    audit_lock           = "COMPLIANCE"
    audit_lock_confirmed = "emulated"
  }
}
