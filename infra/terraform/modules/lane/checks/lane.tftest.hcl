# terraform test, as ../../../check.sh does.
mock_provider "aws" {
  source = "../tenant/checks/mocks"
}

variables {
  name                 = "lv-test"
  image                = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/lv-test-node@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  architecture         = "arm64"
  tasks                = { min = 2, max = 6 }
  cpu                  = 256
  memory               = 512
  statements           = [{ Effect = "Allow", Action = ["dynamodb:GetItem"], Resource = "arn:aws:dynamodb:eu-central-1:123456789012:table/lv-test-state" }]
  environment          = { VIENREIZ_TABLE = "lv-test-state" }
  permissions_boundary = null
  vpc_id               = "vpc-1"
  public_subnets       = { a = "subnet-1", b = "subnet-2" }
  private_subnets      = { a = "subnet-3", b = "subnet-4" }
  allocation_ids       = []
  certificate_arn      = "arn:aws:acm:eu-central-1:123456789012:certificate/1"
  tls_policy           = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
  allowed_cidrs        = ["192.0.2.0/24"]
  deletion_protection  = true
  alarms               = true
  alarm_actions        = ["arn:aws:sns:eu-central-1:123456789012:t"]
  log_days             = 90
}

run "the_container_can_write_nothing_and_become_nobody" {
  command = apply

  assert {
    condition = alltrue([for c in jsondecode(aws_ecs_task_definition.lane.container_definitions) :
      c.readonlyRootFilesystem && c.user == "65532:65532" && c.linuxParameters.capabilities.drop == ["ALL"] && endswith(c.image, var.image)
    ])
    error_message = "The root file system is read-only, the user is nobody, and there are no capabilities."
  }
  assert {
    condition     = aws_ecs_task_definition.lane.runtime_platform[0].cpu_architecture == "ARM64" && !aws_ecs_service.lane.enable_execute_command
    error_message = "It runs on arm64, and nobody gets in."
  }
  assert {
    condition     = length(aws_ecs_task_definition.lane.volume) == 0
    error_message = "There is nothing to write to."
  }
}

run "the_task_may_what_the_list_says_and_nothing_else" {
  command = apply

  assert {
    condition     = jsondecode(aws_iam_role_policy.task.policy).Statement == var.statements
    error_message = "The role of the task is not the receiver's of functions.yaml."
  }
  assert {
    condition = toset(flatten([for s in jsondecode(aws_iam_role_policy.execution.policy).Statement : s.Action])) == toset([
      "logs:CreateLogStream", "logs:PutLogEvents", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", "ecr:GetAuthorizationToken"
    ])
    error_message = "What starts the task pulls its image and writes its log."
  }
  assert {
    condition     = contains([for s in jsondecode(aws_iam_role_policy.execution.policy).Statement : s.Resource], "arn:aws:ecr:eu-central-1:123456789012:repository/lv-test-node")
    error_message = "It pulls from this repository alone."
  }
}

run "an_image_from_elsewhere_needs_no_leave" {
  command = apply
  variables {
    image = "registry.interior.example/node@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  }

  assert {
    condition     = toset(flatten([for s in jsondecode(aws_iam_role_policy.execution.policy).Statement : s.Action])) == toset(["logs:CreateLogStream", "logs:PutLogEvents"])
    error_message = "Amazon ECR is not asked for an image of somebody else."
  }
}

run "partners_reach_the_balancer_and_it_alone_the_tasks" {
  command = apply

  assert {
    condition     = [for r in aws_vpc_security_group_ingress_rule.partners : "${r.cidr_ipv4}:${r.from_port}"] == ["192.0.2.0/24:443"]
    error_message = "Only listed networks call, by HTTPS."
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.task.referenced_security_group_id == aws_security_group.balancer.id && aws_vpc_security_group_ingress_rule.task.cidr_ipv4 == null && !aws_ecs_service.lane.network_configuration[0].assign_public_ip
    error_message = "Nobody goes around the load balancer."
  }
  assert {
    condition     = aws_lb_listener.tls.protocol == "TLS" && aws_lb_listener.tls.ssl_policy == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    error_message = "TLS 1.2 is the least."
  }
  assert {
    condition     = toset([for m in aws_lb.lane.subnet_mapping : m.subnet_id]) == toset(["subnet-1", "subnet-2"]) && alltrue([for m in aws_lb.lane.subnet_mapping : m.allocation_id != ""]) && length(output.addresses) == 2
    error_message = "There is a fixed address in each zone."
  }
}

run "everybody_where_nobody_is_listed" {
  command = apply
  variables {
    allowed_cidrs = []
  }

  assert {
    condition     = [for r in aws_vpc_security_group_ingress_rule.partners : r.cidr_ipv4] == ["0.0.0.0/0"]
    error_message = "An empty list is everybody, as at the gateways."
  }
}

run "addresses_that_are_there_are_kept" {
  command = apply
  variables {
    allocation_ids = ["eipalloc-0a", "eipalloc-0b"]
  }

  assert {
    condition     = length(aws_eip.lane) == 0 && { for m in aws_lb.lane.subnet_mapping : m.subnet_id => m.allocation_id } == { subnet-1 = "eipalloc-0a", subnet-2 = "eipalloc-0b" } && output.addresses["a"] == "192.0.2.2"
    error_message = "Addresses that are registered are taken over."
  }
}

run "a_message_that_is_coming_in_is_waited_for" {
  command = apply

  assert {
    condition = alltrue([for c in jsondecode(aws_ecs_task_definition.lane.container_definitions) :
      c.stopTimeout <= 120 && c.stopTimeout > local.grace && contains(c.command, "${local.grace}s")
    ])
    error_message = "Fargate ends a task before it has finished, or waits longer than it can."
  }
  assert {
    condition     = aws_ecs_service.lane.deployment_minimum_healthy_percent == 100 && aws_ecs_service.lane.deployment_circuit_breaker[0].rollback
    error_message = "An image that does not start is rolled back, and the old one serves meanwhile."
  }
  assert {
    condition     = aws_lb_target_group.lane.health_check[0].path == "/alive" && aws_lb_target_group.lane.deregistration_delay == tostring(local.grace)
    error_message = "The load balancer asks what only a process that serves answers."
  }
}

run "messages_at_once_fit_into_memory" {
  command = apply

  assert {
    condition     = alltrue([for c in jsondecode(aws_ecs_task_definition.lane.container_definitions) : contains(c.command, "16") && { for e in c.environment : e.name => e.value }.GOMEMLIMIT == "435MiB"])
    error_message = "16 messages of 24 MiB and the program need 432 MiB of 512."
  }
}

run "it_grows_with_its_work" {
  command = apply

  assert {
    condition     = aws_appautoscaling_target.lane[0].min_capacity == 2 && aws_appautoscaling_target.lane[0].max_capacity == 6 && aws_ecs_service.lane.desired_count == 2
    error_message = "lane.tasks says how many run."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.healthy[0].treat_missing_data == "breaching" && length(aws_cloudwatch_metric_alarm.cpu) == 1
    error_message = "A lane that is away raises an alarm."
  }
}

run "as_many_as_at_most_need_no_scaling" {
  command = apply
  variables {
    tasks = { min = 2, max = 2 }
  }

  assert {
    condition     = length(aws_appautoscaling_target.lane) + length(aws_appautoscaling_policy.cpu) == 0 && aws_ecs_service.lane.desired_count == 2
    error_message = "Where there is nothing to choose, nothing chooses."
  }
}
