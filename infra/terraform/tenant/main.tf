provider "aws" {
  region = var.region

  default_tags {
    tags = merge({ vienreiz-tenant = var.name }, var.tags)
  }
}

# Of the account and region; false where somebody else has set it, or another tenant lives there.
module "account" {
  source = "../modules/account"
  count  = var.account_settings ? 1 : 0

  name                 = var.name
  permissions_boundary = var.permissions_boundary
}

module "tenant" {
  source = "../modules/tenant"

  name                 = var.name
  zips                 = var.zips
  architecture         = var.architecture
  queues               = var.queues
  bucket_suffix        = var.bucket_suffix
  disposable           = var.disposable
  environment          = var.environment
  permissions_boundary = var.permissions_boundary

  audit_lock             = var.audit_lock
  audit_lock_confirmed   = var.audit_lock_confirmed
  point_in_time_recovery = var.point_in_time_recovery

  keys    = var.keys
  secrets = var.secrets

  parameters = var.parameters

  gateways          = var.gateways
  access_log        = var.access_log
  more_binary_types = var.more_binary_types

  network          = var.network
  lane             = var.lane
  image_repository = var.image_repository

  alarms                 = var.alarms
  alarm_emails           = var.alarm_emails
  alarm_age_minutes      = var.alarm_age_minutes
  alarm_certificate_days = var.alarm_certificate_days
  dashboard              = var.dashboard
  budget                 = var.budget
  log_days               = var.log_days
  tracing                = var.tracing

  depends_on = [module.account]
}
