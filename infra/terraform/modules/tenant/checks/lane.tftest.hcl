# The streaming lane, and the network of what calls out.
mock_provider "aws" {
  source = "./checks/mocks"
}

variables {
  name    = "lv-test"
  keys    = { sign = ["arn:aws:kms:eu-central-1:123456789012:key/sign"], decrypt = ["arn:aws:kms:eu-central-1:123456789012:key/decrypt"] }
  secrets = { sign-in = "sign-in", tokens = "tokens" }
  gateways = {
    as4 = { domain = { name = "as4.example", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/1" }, allowed_cidrs = ["192.0.2.0/24"] }
  }
  network = { zones = ["a", "b"] }
  lane    = { image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/lv-test-node@sha256:0000000000000000000000000000000000000000000000000000000000000000" }
}

run "a_tenant_has_one_lane" {
  command = apply

  assert {
    condition     = toset(keys(module.gateway)) == toset(["api", "people"]) && !contains(keys(aws_lambda_function.function), "as4-receive") && !contains(keys(aws_iam_role.function), "as4-receive")
    error_message = "With the lane there is no gateway of AS4, and no function that could receive."
  }
  assert {
    condition     = output.as4_endpoint == "https://as4.example/as4" && length(output.fixed_addresses.receiving) == 2 && length(output.fixed_addresses.sending) == 2
    error_message = "What to register is told."
  }
  assert {
    condition     = !contains(keys(aws_cloudwatch_metric_alarm.gateway), "as4")
    error_message = "An alarm looks at a gateway that is not there."
  }
}

run "the_task_may_what_the_receiver_may" {
  command = apply
  variables {
    tracing = true
  }

  assert {
    condition = toset(flatten([for s in local.statements["as4-receive"] : s.Action])) == toset([
      "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem", "dynamodb:BatchWriteItem",
      "sqs:SendMessage", "s3:ListBucket", "s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload", "s3:DeleteObject",
      "kms:GetPublicKey", "kms:Sign", "kms:Decrypt", "kms:DeriveSharedSecret", "kms:GenerateDataKey"
    ])
    error_message = "The task's role allows more or less than as4-receive of functions.yaml."
  }
}

run "only_what_calls_out_is_in_the_network" {
  command = apply

  assert {
    condition     = toset([for name, f in aws_lambda_function.function : name if length(f.vpc_config) > 0]) == toset([for name, f in local.list.functions : name if can(f.calls)])
    error_message = "Functions that have calls in functions.yaml call by fixed addresses, and no other is in the VPC."
  }
  assert {
    condition = toset([for name, p in aws_iam_role_policy.function : name if contains([
      for s in jsondecode(p.policy).Statement : try(s.Sid, "")
    ], "InterfacesForNobodyElse")]) == toset([for name, f in local.list.functions : name if can(f.calls)])
    error_message = "Only who is in the VPC has network interfaces, and by Lambda alone."
  }
  assert {
    condition     = [for r in aws_vpc_security_group_egress_rule.calling : r.from_port] == [443]
    error_message = "Calls go to the ports that are named."
  }
}

run "without_NAT_functions_stay_outside" {
  command = apply
  variables {
    network = { nat = "none", interface_endpoints = ["ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager", "sqs"] }
  }

  assert {
    condition     = alltrue([for f in aws_lambda_function.function : length(f.vpc_config) == 0]) && length(aws_security_group.calling) == 0 && output.fixed_addresses.sending == {}
    error_message = "A function in a VPC without a way out calls nobody."
  }
}

run "fixed_addresses_without_a_lane" {
  command = apply
  variables {
    lane = null
  }

  assert {
    condition     = contains(keys(module.gateway), "as4") && contains(keys(aws_lambda_function.function), "as4-receive") && output.fixed_addresses.receiving == null && length(output.fixed_addresses.sending) == 2
    error_message = "A tenant may send from fixed addresses and receive through the gateway."
  }
}

run "a_repository_for_the_image" {
  command = plan
  variables {
    lane             = null
    network          = null
    image_repository = true
  }

  assert {
    condition     = aws_ecr_repository.node[0].image_tag_mutability == "IMMUTABLE" && aws_ecr_repository.node[0].image_scanning_configuration[0].scan_on_push
    error_message = "A tag is one image for ever."
  }
}

run "an_image_by_its_tag" {
  command = plan
  variables {
    lane = { image = "node:latest" }
  }
  expect_failures = [var.lane]
}

run "more_tasks_at_least_than_at_most" {
  command = plan
  variables {
    lane = { image = "node@sha256:0000000000000000000000000000000000000000000000000000000000000000", tasks = { min = 2, max = 1 } }
  }
  expect_failures = [var.lane]
}

run "a_size_that_Fargate_has_not" {
  command = plan
  variables {
    lane = { image = "node@sha256:0000000000000000000000000000000000000000000000000000000000000000", cpu = 256, memory = 4096 }
  }
  expect_failures = [terraform_data.guard]
}

run "ciphers_of_yesterday" {
  command = plan
  variables {
    lane = { image = "node@sha256:0000000000000000000000000000000000000000000000000000000000000000", tls_policy = "ELBSecurityPolicy-2016-08" }
  }
  expect_failures = [var.lane]
}

run "a_port_that_is_none" {
  command = plan
  variables {
    network = { ports = [443, 70000] }
  }
  expect_failures = [var.network]
}

run "a_lane_without_its_name" {
  command = plan
  variables {
    gateways = {}
  }
  expect_failures = [terraform_data.guard]
}

run "a_web_ACL_that_the_lane_cannot_have" {
  command = plan
  variables {
    gateways = {
      as4 = { domain = { name = "as4.example", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/1" }, waf_acl_arn = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/l/1" }
    }
  }
  expect_failures = [terraform_data.guard]
}

run "partners_by_IPv6" {
  command = plan
  variables {
    gateways = {
      as4 = { domain = { name = "as4.example", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/1" }, allowed_cidrs = ["2001:db8::/48"] }
    }
  }
  expect_failures = [terraform_data.guard]
}

run "an_address_for_one_zone_of_two" {
  command = plan
  variables {
    lane = { image = "node@sha256:0000000000000000000000000000000000000000000000000000000000000000", allocation_ids = ["eipalloc-0a"] }
  }
  expect_failures = [terraform_data.guard]
}

run "a_lane_that_reaches_no_queue" {
  command = plan
  variables {
    network = { nat = "none" }
  }
  expect_failures = [terraform_data.guard]
}
