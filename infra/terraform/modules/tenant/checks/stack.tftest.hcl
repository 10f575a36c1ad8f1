# terraform test -var zips=FOLDER, as ../../../check.sh does.
mock_provider "aws" {
  source = "./checks/mocks"
}

variables {
  name = "lv-test"
}

run "a_tenant_has_everything_of_the_list" {
  command = apply

  assert {
    condition     = toset(keys(aws_lambda_function.function)) == toset(keys(local.list.functions))
    error_message = "A function of functions.yaml is not deployed."
  }
  assert {
    condition     = alltrue([for f in aws_lambda_function.function : f.runtime == "provided.al2023" && f.architectures == tolist(["arm64"])])
    error_message = "Functions are provided.al2023 on arm64."
  }
  assert {
    condition     = alltrue([for name, f in aws_lambda_function.function : f.timeout == local.list.functions[name].seconds && f.memory_size == local.list.functions[name].memory])
    error_message = "Time-outs and memory are those of functions.yaml."
  }
  assert {
    condition     = alltrue([for name, q in aws_sqs_queue.queue : q.visibility_timeout_seconds == local.list.queues[name].visibility && jsondecode(q.redrive_policy).maxReceiveCount == local.list.queues[name].receives])
    error_message = "Queues hide and give up as functions.yaml says."
  }
  assert {
    condition     = alltrue([for m in aws_lambda_event_source_mapping.queue : m.function_response_types == toset(["ReportBatchItemFailures"]) && m.scaling_config[0].maximum_concurrency >= 2])
    error_message = "An item that fails comes again alone, and nobody takes all of the account's concurrency."
  }
  assert {
    condition     = aws_cloudwatch_event_rule.schedule["clock"].schedule_expression == "rate(1 minute)"
    error_message = "The clock strikes every minute."
  }
  assert {
    condition     = toset(keys(module.gateway)) == toset(["as4", "api", "people"])
    error_message = "Each audience has a gateway of its own."
  }
}

run "a_function_is_told_what_functions_cloud_reads" {
  command = apply

  assert {
    condition = alltrue([for f in aws_lambda_function.function : alltrue([
      f.environment[0].variables.VIENREIZ_TABLE == "lv-test-state",
      toset(keys(jsondecode(f.environment[0].variables.VIENREIZ_QUEUES))) == toset(keys(local.list.queues)),
      toset(keys(jsondecode(f.environment[0].variables.VIENREIZ_BUCKETS))) == toset(concat(keys(local.list.buckets), ["configuration"])),
    ])])
    error_message = "The environment lacks something."
  }
}

run "evidence_leaves_nothing_behind" {
  command = apply

  assert {
    condition     = toset(keys(aws_s3_bucket_versioning.bucket)) == toset(["journal", "configuration"])
    error_message = "Buckets of evidence have no versions; journal and configuration have."
  }
  assert {
    condition     = alltrue([for name in ["evidence", "outbox"] : contains([for r in aws_s3_bucket_lifecycle_configuration.bucket[name].rule : try(r.expiration[0].days, 0)], 2)])
    error_message = "What 24 hours leave is gone after two days."
  }
  assert {
    condition     = alltrue([for b in aws_s3_bucket_public_access_block.bucket : b.block_public_acls && b.block_public_policy && b.ignore_public_acls && b.restrict_public_buckets])
    error_message = "No bucket is public."
  }
}

run "the_journal_is_write_once" {
  command = apply

  assert {
    condition     = toset([for b in keys(aws_s3_bucket_object_lock_configuration.bucket) : b]) == toset(["journal"]) && aws_s3_bucket.bucket["journal"].object_lock_enabled
    error_message = "The journal has Object Lock."
  }
  assert {
    condition     = aws_s3_bucket_object_lock_configuration.bucket["journal"].rule[0].default_retention[0].mode == "GOVERNANCE" && aws_s3_bucket_object_lock_configuration.bucket["journal"].rule[0].default_retention[0].days == 1
    error_message = "A pilot locks for a day, by GOVERNANCE."
  }
  assert {
    condition     = toset([for s in jsondecode(aws_s3_bucket_policy.bucket["journal"].policy).Statement : s.Sid]) == toset(["TLSOnly", "WriteOnce", "NoDeleteMarkers"])
    error_message = "Nobody hides an entry behind a version or a delete marker."
  }
  assert {
    condition     = [for s in jsondecode(aws_s3_bucket_policy.bucket["evidence"].policy).Statement : s.Sid] == ["TLSOnly"]
    error_message = "Evidence is deleted when it is confirmed."
  }
}

run "production_locks_for_twelve_months" {
  command = apply
  variables {
    audit_lock           = "COMPLIANCE"
    audit_lock_confirmed = "lv-test"
  }

  assert {
    condition     = aws_s3_bucket_object_lock_configuration.bucket["journal"].rule[0].default_retention[0].mode == "COMPLIANCE" && aws_s3_bucket_object_lock_configuration.bucket["journal"].rule[0].default_retention[0].days == 366
    error_message = "12 months, a leap year included."
  }
}

run "few_alarms_are_few" {
  command = plan
  variables {
    alarms = "few"
    queues = "few"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.dead) + length(aws_cloudwatch_metric_alarm.age) + length(aws_cloudwatch_metric_alarm.certificates) + length(aws_cloudwatch_metric_alarm.success) + length(aws_cloudwatch_metric_alarm.failures) <= 10 && length(aws_cloudwatch_metric_alarm.function) + length(aws_cloudwatch_metric_alarm.gateway) + length(aws_cloudwatch_metric_alarm.outbox) == 0
    error_message = "AWS gives ten alarms free."
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.certificates) == 1 && length(aws_cloudwatch_metric_alarm.success) == 1 && length(aws_cloudwatch_metric_alarm.failures) == 1
    error_message = "A pilot too learns that a certificate ends, that it does not serve what it is asked, and that a queue or a key is gone."
  }
  assert {
    condition     = alltrue([for f in aws_lambda_function.function : f.environment[0].variables.VIENREIZ_METRICS == "few"])
    error_message = "Each series has its price; a pilot measures what its alarms look at."
  }
}

run "what_the_functions_measure_is_watched" {
  command = apply

  assert {
    condition = alltrue([for a in concat(aws_cloudwatch_metric_alarm.certificates, aws_cloudwatch_metric_alarm.failures, aws_cloudwatch_metric_alarm.outbox) :
      a.namespace == "Vienreiz" && a.dimensions == tomap({ tenant = "lv-test" })
    ])
    error_message = "An alarm looks at the tenant's own measurements."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.success[0].threshold == 98 && toset([for q in aws_cloudwatch_metric_alarm.success[0].metric_query : q.id]) == toset(["percent", "counted", "succeeded"])
    error_message = "98 % of what tells of us is served."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.certificates[0].threshold == 30 && aws_cloudwatch_metric_alarm.certificates[0].statistic == "Minimum"
    error_message = "The first certificate to end is an alarm thirty days before."
  }
  assert {
    condition     = alltrue([for f in aws_lambda_function.function : f.environment[0].variables.VIENREIZ_NAME == "lv-test" && f.environment[0].variables.VIENREIZ_METRICS == "all"])
    error_message = "Functions do not know whose measurements theirs are."
  }
  assert {
    condition     = length([for w in jsondecode(aws_cloudwatch_dashboard.tenant[0].dashboard_body).widgets : w if strcontains(try(w.properties.query, ""), "exchange ended")]) == 1
    error_message = "The dashboard does not compute what was served."
  }
  assert {
    condition = toset(flatten([for s in jsondecode(aws_iam_role_policy.function["health"].policy).Statement : s.Action])) == toset([
      "logs:CreateLogStream", "logs:PutLogEvents", "dynamodb:GetItem", "sqs:GetQueueAttributes", "s3:ListBucket", "s3:GetObject", "kms:Decrypt"
    ])
    error_message = "Who asks how things are changes nothing."
  }
}

# later/later.tftest.hcl has a list with such a function.
run "nobody_waits_for_a_measurement_that_nobody_makes" {
  command = apply

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.unsequenced) == length([for f in local.list.functions : f if try(f.trigger.queue, "") == "log"])
    error_message = "Entries are sequenced without an alarm, or there is one and nobody sequences."
  }
}

run "a_budget_is_of_this_tenant" {
  command = plan
  variables {
    budget = { usd = 30, emails = ["money@ministry.example"] }
  }

  assert {
    condition     = flatten([for f in aws_budgets_budget.tenant[0].cost_filter : f.values])[0] == "user:vienreiz-tenant$lv-test"
    error_message = "The budget counts what carries the tenant's tag."
  }
}
