# The statements of each role: words of functions.yaml, on resources of this tenant.
locals {
  log_statements = { for name, f in local.functions : name => [{
    Effect   = "Allow"
    Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    Resource = "${aws_cloudwatch_log_group.function[name].arn}:*"
  }] }

  state_statements = { for name, f in local.listed : name => [for word in f.state : {
    Effect   = "Allow"
    Action   = local.state_words[word]
    Resource = word == "byTime" ? "${aws_dynamodb_table.state.arn}/index/byTime" : aws_dynamodb_table.state.arn
  }] }

  queue_statements = { for name, f in local.listed : name => [for q, words in f.queues : {
    Effect   = "Allow"
    Action   = flatten([for word in words : local.queue_words[word]])
    Resource = aws_sqs_queue.queue[q].arn
  }] }

  bucket_statements = { for name, f in local.listed : name => concat(
    [{
      Effect   = "Allow"
      Action   = "s3:ListBucket"
      Resource = [for b in keys(f.buckets) : aws_s3_bucket.bucket[b].arn]
    }],
    [for b, actions in local.object_actions[name] : {
      Effect   = "Allow"
      Action   = actions
      Resource = "${aws_s3_bucket.bucket[b].arn}/*"
    } if length(actions) > 0], # IAM takes no statement without
  ) }

  object_actions = { for name, f in local.listed : name => { for b, words in f.buckets : b =>
    distinct(flatten([for word in words : local.buckets[b].lock == null ? local.object_words[word] : local.locked_words[word]]))
  } }

  # X-Ray knows no resources.
  trace_statements = var.tracing ? [{
    Effect   = "Allow"
    Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
    Resource = "*"
  }] : []
}
