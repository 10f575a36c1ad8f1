# terraform test -test-directory=later -var zips=FOLDER -var functions=FILE, as
# ../../../check.sh does. FILE is functions.yaml with one entry more: the function
# sequence and its queue log. All that it needs follows from that entry.
mock_provider "aws" {
  source = "./checks/mocks"
}

variables {
  name = "lv-test"
}

run "a_function_that_comes_later_is_one_entry_more" {
  command = apply
  variables {
    queues = "each"
  }

  assert {
    condition     = aws_lambda_function.function["sequence"].timeout == 45 && aws_lambda_function.function["sequence"].memory_size == 256
    error_message = "The function is not there."
  }
  assert {
    condition     = aws_cloudwatch_log_group.function["sequence"].name == "/aws/lambda/lv-test-sequence"
    error_message = "Its log is not there, or has another name."
  }
  assert {
    condition = aws_lambda_function.function["sequence"].role == aws_iam_role.function["sequence"].arn && toset(flatten([for s in jsondecode(aws_iam_role_policy.function["sequence"].policy).Statement : s.Action])) == toset([
      "logs:CreateLogStream", "logs:PutLogEvents", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
      "dynamodb:ConditionCheckItem", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes", "sqs:SendMessage", "s3:ListBucket", "s3:GetObject",
      "s3:GetObjectRetention", "kms:Decrypt"
    ])
    error_message = "Its role may do something else than the entry says."
  }
  assert {
    condition     = aws_sqs_queue.queue["log"].visibility_timeout_seconds == 60 && jsondecode(aws_sqs_queue.queue["log"].redrive_policy) == { deadLetterTargetArn = aws_sqs_queue.dead["log"].arn, maxReceiveCount = 8 }
    error_message = "Its queue is not there, or has no dead letters."
  }
  assert {
    condition     = alltrue([for f in aws_lambda_function.function : contains(keys(jsondecode(f.environment[0].variables.VIENREIZ_QUEUES)), "log")])
    error_message = "Functions are not told of its queue."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.queue["sequence"].event_source_arn == aws_sqs_queue.queue["log"].arn && aws_lambda_event_source_mapping.queue["sequence"].scaling_config[0].maximum_concurrency == 2
    error_message = "Nothing calls it with what lies in its queue."
  }
  assert {
    condition     = alltrue([for alarm in ["sequence-errors", "sequence-throttles"] : contains(keys(aws_cloudwatch_metric_alarm.function), alarm)]) && contains(keys(aws_cloudwatch_metric_alarm.dead), "log") && contains(keys(aws_cloudwatch_metric_alarm.age), "log")
    error_message = "Its errors, its dead letters or what waits for it is no alarm."
  }
}

run "entries_that_are_not_sequenced_are_an_alarm" {
  command = apply

  assert {
    condition = alltrue([for a in [aws_cloudwatch_metric_alarm.unsequenced["sequence"]] :
      a.namespace == "Vienreiz" && a.metric_name == "UnsequencedEntries" && a.dimensions == tomap({ tenant = "lv-test" }) && a.threshold == 0 && a.period == 60
    ])
    error_message = "The alarm looks at something else than the tenant's unsequenced entries."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.unsequenced["sequence"].treat_missing_data == "breaching"
    error_message = "A sequencer that is silent looks well."
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.unsequenced) == 1 && strcontains(aws_cloudwatch_metric_alarm.unsequenced["sequence"].alarm_description, "lv-test-sequence")
    error_message = "The alarm does not say whose log tells why."
  }
}

run "a_pilot_has_that_alarm_too" {
  command = apply
  variables {
    alarms = "few"
    queues = "few"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.unsequenced) == 1
    error_message = "That the journal's order cannot be proved is for nobody to miss."
  }
  assert {
    condition     = !contains(keys(aws_lambda_event_source_mapping.queue), "sequence") && contains(keys(aws_sqs_queue.queue), "log")
    error_message = "A queue is polled whose items travel in another, or is not there for what still lies in it."
  }
  assert {
    condition = contains(flatten([
      for s in jsondecode(aws_iam_role_policy.function["exchange"].policy).Statement : s.Resource if contains(flatten([s.Action]), "lambda:InvokeFunction")
    ]), "arn:aws:lambda:eu-central-1:123456789012:function:lv-test-sequence")
    error_message = "Nobody may hand it what travels in another queue."
  }
}

run "who_wants_no_alarms_has_none" {
  command = plan
  variables {
    alarms = "none"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.unsequenced) == 0
    error_message = "There is an alarm although none were asked for."
  }
}
