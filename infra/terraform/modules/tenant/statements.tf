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

  queue_statements = { for name, f in local.listed : name => [for q, actions in local.queue_actions[name] : {
    Effect   = "Allow"
    Action   = distinct(flatten(actions))
    Resource = aws_sqs_queue.queue[q].arn
  }] }

  # What is sent to a folded queue goes to that in which its items travel. Nobody
  # receives from it but who sweeps it, which no queue needs that is polled.
  queue_actions = { for name, f in local.listed : name => { for pair in flatten([for q, words in f.queues : [for word in words : {
    queue   = word == "send" ? lookup(local.folded, q, q) : q
    actions = local.queue_words[word]
    } if word != (contains(keys(local.folded), q) ? "receive" : "sweep")]]) : pair.queue => pair.actions... }
  }

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
