# A tenant for whom few queues are polled.
mock_provider "aws" {
  source = "./checks/mocks"
}

variables {
  name   = "lv-test"
  queues = "few"
  alarms = "few"
}

override_resource {
  target = aws_sqs_queue.queue["inbound"]
  values = { arn = "arn:aws:sqs:eu-central-1:123456789012:lv-test-inbound", url = "https://sqs/lv-test-inbound" }
}

override_resource {
  target = aws_sqs_queue.queue["requests"]
  values = { arn = "arn:aws:sqs:eu-central-1:123456789012:lv-test-requests", url = "https://sqs/lv-test-requests" }
}

override_resource {
  target = aws_sqs_queue.dead["requests"]
  values = { arn = "arn:aws:sqs:eu-central-1:123456789012:lv-test-requests-dead", url = "https://sqs/lv-test-requests-dead" }
}

override_resource {
  target = aws_sqs_queue.dead["provide"]
  values = { arn = "arn:aws:sqs:eu-central-1:123456789012:lv-test-provide-dead", url = "https://sqs/lv-test-provide-dead" }
}

run "two_queues_are_polled_and_all_are_there" {
  command = apply

  assert {
    condition     = toset(keys(aws_lambda_event_source_mapping.queue)) == toset(["as4-send", "exchange"])
    error_message = "Each mapping polls day and night, and is paid for."
  }
  assert {
    condition     = toset(keys(aws_sqs_queue.queue)) == toset(keys(local.list.queues)) && toset(keys(aws_sqs_queue.dead)) == toset(keys(local.list.queues))
    error_message = "A queue that is not polled stays, with what lies in it."
  }
  assert {
    condition     = alltrue([for name, q in aws_sqs_queue.queue : jsondecode(q.redrive_policy).maxReceiveCount == local.list.queues[name].receives])
    error_message = "Queues give up as functions.yaml says."
  }
  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.dead)) == toset(keys(local.list.queues)) && toset(keys(aws_cloudwatch_metric_alarm.age)) == toset(["outbound", "inbound"])
    error_message = "Dead letters of each queue are an alarm; nothing grows old in one that is swept each minute."
  }
  assert {
    condition = sum([for list in [
      aws_cloudwatch_metric_alarm.dead, aws_cloudwatch_metric_alarm.age, aws_cloudwatch_metric_alarm.certificates, aws_cloudwatch_metric_alarm.success, aws_cloudwatch_metric_alarm.failures,
      aws_cloudwatch_metric_alarm.function, aws_cloudwatch_metric_alarm.gateway, aws_cloudwatch_metric_alarm.outbox
    ] : length(list)]) <= 10
    error_message = "AWS gives ten alarms free."
  }
}

run "whoever_waits_has_longer_than_whom_it_waits_for" {
  command = apply

  assert {
    condition     = aws_lambda_function.function["exchange"].timeout == 105 && aws_sqs_queue.queue["inbound"].visibility_timeout_seconds == 120
    error_message = "resolve may take 90 s: exchange has 15 s more, and its item is hidden for 15 s more than that."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.queue["exchange"].batch_size == 1 && aws_lambda_event_source_mapping.queue["exchange"].scaling_config[0].maximum_concurrency == 5
    error_message = "Of several items each would wait for the one before; and each call of exchange may be two."
  }
  assert {
    condition     = alltrue([for name, f in aws_lambda_function.function : f.timeout == local.list.functions[name].seconds if name != "exchange"]) && aws_lambda_event_source_mapping.queue["as4-send"].scaling_config[0].maximum_concurrency == 10
    error_message = "Nothing else changes."
  }
}

run "items_go_where_they_are_polled" {
  command = apply

  assert {
    condition = alltrue([for f in aws_lambda_function.function : jsondecode(f.environment[0].variables.VIENREIZ_QUEUES)["requests"] == {
      url = "https://sqs/lv-test-inbound", dead = "https://sqs/lv-test-requests-dead", idle = "https://sqs/lv-test-requests", function = "lv-test-resolve"
    }])
    error_message = "An item of requests travels in inbound."
  }
  assert {
    condition     = toset(keys(jsondecode(aws_lambda_function.function["portal"].environment[0].variables.VIENREIZ_QUEUES)["inbound"])) == toset(["url", "dead"])
    error_message = "A queue that is polled is folded into no other."
  }
}

run "exchange_alone_hands_on_and_to_nobody_else" {
  command = apply

  assert {
    condition = { for name, p in aws_iam_role_policy.function : name => toset(flatten([
      for s in jsondecode(p.policy).Statement : [for r in flatten([s.Resource]) : split(":function:", r)[1]] if contains(flatten([s.Action]), "lambda:InvokeFunction")
    ])) if strcontains(p.policy, "lambda:") } == { exchange = toset(["lv-test-resolve", "lv-test-provide"]) }
    error_message = "Who hands items on calls their functions, and nobody calls any other."
  }
  assert {
    condition = toset([for name, p in aws_iam_role_policy.function : name if strcontains(p.policy, "lv-test-requests-dead")]) == toset(["exchange"]) && toset(flatten([
      for s in jsondecode(aws_iam_role_policy.function["exchange"].policy).Statement : s.Action if contains(flatten([s.Resource]), "arn:aws:sqs:eu-central-1:123456789012:lv-test-requests-dead")
    ])) == toset(["sqs:SendMessage"])
    error_message = "Who hands items on buries those that failed each time."
  }
}

run "a_queue_that_nobody_polls_is_swept_by_the_clock_and_read_by_nobody_else" {
  command = apply

  assert {
    condition = { for name, p in aws_iam_role_policy.function : name => toset(flatten([
      for s in jsondecode(p.policy).Statement : s.Action if contains(flatten([s.Resource]), "arn:aws:sqs:eu-central-1:123456789012:lv-test-requests")
      ])) if strcontains(p.policy, "lv-test-requests\"") } == {
      clock  = toset(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"])
      health = toset(["sqs:GetQueueAttributes"])
    }
    error_message = "Nobody sends to a queue that is not polled, and the clock alone takes what lies there."
  }
  assert {
    condition = toset([for name, p in aws_iam_role_policy.function : name if contains(flatten([
      for s in jsondecode(p.policy).Statement : s.Action if contains(flatten([s.Resource]), "arn:aws:sqs:eu-central-1:123456789012:lv-test-inbound")
    ]), "sqs:ReceiveMessage")]) == toset(["exchange"])
    error_message = "exchange alone takes from inbound, whatever else travels there."
  }
}

run "every_queue_is_polled_by_default" {
  command = apply
  variables {
    queues = null
  }

  assert {
    condition     = length(aws_lambda_event_source_mapping.queue) == length(local.list.queues) && alltrue([for name, f in aws_lambda_function.function : f.timeout == local.list.functions[name].seconds])
    error_message = "A ministry's functions wait for no other."
  }
  assert {
    condition     = alltrue([for p in aws_iam_role_policy.function : !strcontains(p.policy, "lambda:")]) && length(aws_cloudwatch_metric_alarm.age) == length(local.list.queues)
    error_message = "Nobody may what nobody needs."
  }
  assert {
    condition     = alltrue([for q in jsondecode(aws_lambda_function.function["exchange"].environment[0].variables.VIENREIZ_QUEUES) : toset(keys(q)) == toset(["url", "dead"])])
    error_message = "No queue is folded."
  }
  assert {
    condition = toset(flatten([
      for s in jsondecode(aws_iam_role_policy.function["clock"].policy).Statement : s.Action if contains(flatten([s.Resource]), "arn:aws:sqs:eu-central-1:123456789012:lv-test-requests")
    ])) == toset(["sqs:SendMessage", "sqs:GetQueueAttributes"])
    error_message = "Nobody sweeps a queue that is polled."
  }
}
