# The streaming lane in the place of gateway as4: a party has one URL.
module "lane" {
  source = "../lane"
  count  = var.lane == null ? 0 : 1

  name                 = var.name
  image                = var.lane.image
  architecture         = var.architecture
  tasks                = var.lane.tasks
  cpu                  = var.lane.cpu
  memory               = var.lane.memory
  statements           = local.statements["as4-receive"]
  environment          = merge(var.environment, local.environment)
  permissions_boundary = var.permissions_boundary

  vpc_id          = module.network[0].vpc_id
  public_subnets  = module.network[0].public_subnets
  private_subnets = module.network[0].private_subnets

  allocation_ids      = var.lane.allocation_ids
  certificate_arn     = local.as4.domain.certificate_arn
  tls_policy          = var.lane.tls_policy
  allowed_cidrs       = local.as4.allowed_cidrs
  deletion_protection = !var.disposable

  alarms        = local.few
  alarm_actions = aws_sns_topic.alarms[*].arn
  log_days      = var.log_days

  depends_on = [terraform_data.guard]
}

# An image is named by its digest: a tag that is there is never another image.
resource "aws_ecr_repository" "node" {
  count = var.image_repository ? 1 : 0

  name                 = "${var.name}-node"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = var.disposable

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "AES256"
  }
}

locals {
  as4 = merge(local.no_settings, try(var.gateways.as4, {}))

  # Memory that Fargate has for each cpu, up to what a receiver may need.
  fargate = { "256" = [512, 1024, 2048], "512" = [1024, 2048, 3072, 4096], "1024" = [2048, 3072, 4096, 5120, 6144, 7168, 8192] }
}
