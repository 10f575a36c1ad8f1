resource "aws_iam_role" "function" {
  for_each = local.functions

  name                 = "${var.name}-${each.key}"
  description          = "What ${each.key} of ${var.name} may do, and nothing else"
  permissions_boundary = var.permissions_boundary
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  for_each = local.functions

  name   = "functions-yaml"
  role   = aws_iam_role.function[each.key].id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements[each.key] })
}

locals {
  statements = { for name, f in local.listed : name => concat(
    try(local.log_statements[name], []), # of the lane: written by Fargate
    local.state_statements[name],
    local.queue_statements[name],
    local.hand_statements[name],
    local.bucket_statements[name],
    local.key_statements[name],
    local.secret_statements[name],
    local.parameter_statements[name],
    local.data_key_statements[name],
    [for s in local.trace_statements : s if contains(keys(local.functions), name)],
    local.network_statements[name],
  ) }
}
