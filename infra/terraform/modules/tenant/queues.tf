resource "aws_sqs_queue" "queue" {
  for_each = local.queues

  name                       = "${var.name}-${each.key}"
  visibility_timeout_seconds = each.value.visibility
  message_retention_seconds  = 4 * 86400
  receive_wait_time_seconds  = 20
  sqs_managed_sse_enabled    = true
  policy                     = local.queue_policies[each.key]
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[each.key].arn
    maxReceiveCount     = each.value.receives
  })
}

# Two weeks to see what was wrong, and to give the items back.
resource "aws_sqs_queue" "dead" {
  for_each = local.queues

  name                      = "${var.name}-${each.key}-dead"
  message_retention_seconds = 14 * 86400
  sqs_managed_sse_enabled   = true
  policy                    = local.queue_policies["${each.key}-dead"]
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.queue_arns[each.key]]
  })
}

locals {
  # Written out, so that a queue can say in one step what it and its dead letters allow.
  queue_arns = { for q in flatten([for name in keys(local.queues) : [name, "${name}-dead"]]) :
    q => "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.name}-${q}"
  }

  queue_policies = { for q, arn in local.queue_arns : q => jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TLSOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  }) }
}
