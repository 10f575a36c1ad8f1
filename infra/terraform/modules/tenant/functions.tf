resource "aws_lambda_function" "function" {
  for_each = local.functions

  function_name    = "${var.name}-${each.key}"
  description      = "Vienreiz ${each.key} of ${var.name}"
  role             = aws_iam_role.function[each.key].arn
  filename         = "${var.zips}/${each.key}.zip"
  source_code_hash = try(filebase64sha256("${var.zips}/${each.key}.zip"), null) # guard.tf says which are missing
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  architectures    = [var.architecture]
  memory_size      = each.value.memory
  timeout          = each.value.seconds

  environment {
    variables = merge(var.environment, local.environment)
  }

  # By the fixed addresses of the NAT gateways.
  dynamic "vpc_config" {
    for_each = local.in_network[each.key] ? module.network : []
    content {
      subnet_ids         = values(vpc_config.value.private_subnets)
      security_group_ids = aws_security_group.calling[*].id
    }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.function[each.key].name
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  # A function that starts before it may do anything logs nothing but refusals.
  depends_on = [aws_iam_role_policy.function, terraform_data.guard]
}

resource "aws_cloudwatch_log_group" "function" {
  for_each = local.functions

  name              = "/aws/lambda/${var.name}-${each.key}"
  retention_in_days = var.log_days
}

# What functions/cloud reads.
locals {
  environment = {
    VIENREIZ_NAME    = var.name
    VIENREIZ_METRICS = local.all ? "all" : "few" # each series has its price; queries of the log find the rest
    VIENREIZ_TABLE   = aws_dynamodb_table.state.name
    VIENREIZ_QUEUES  = jsonencode(local.places)
    VIENREIZ_BUCKETS = jsonencode({ for name, b in aws_s3_bucket.bucket : name => b.bucket })
    VIENREIZ_TENANT  = var.tenant_document
  }
}
