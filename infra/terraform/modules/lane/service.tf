resource "aws_ecs_cluster" "lane" {
  name = "${var.name}-lane"
}

# The image has one program, no shell, and nothing to write to.
resource "aws_ecs_task_definition" "lane" {
  family                   = "${var.name}-as4-receive"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  task_role_arn            = aws_iam_role.task.arn
  execution_role_arn       = aws_iam_role.execution.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = upper(var.architecture)
  }

  container_definitions = jsonencode([{
    name                   = "as4-receive"
    image                  = var.image
    command                = ["--only", "as4-receive", "--listen", "as4=:${local.port}", "--grace", "${local.grace}s", "--at-once", tostring(local.at_once)]
    essential              = true
    readonlyRootFilesystem = true
    user                   = "65532:65532"
    stopTimeout            = local.grace + 15
    portMappings           = [{ name = "as4", containerPort = local.port, hostPort = local.port, protocol = "tcp" }]
    linuxParameters        = { capabilities = { drop = ["ALL"] } }
    environment            = [for name, value in local.environment : { name = name, value = value }]
    mountPoints            = []
    systemControls         = []
    volumesFrom            = []
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.lane.name
        awslogs-region        = data.aws_region.this.id
        awslogs-stream-prefix = "task"
        mode                  = "non-blocking"
        max-buffer-size       = "4m"
      }
    }
  }])
}

resource "aws_ecs_service" "lane" {
  name                               = "as4-receive"
  cluster                            = aws_ecs_cluster.lane.id
  task_definition                    = aws_ecs_task_definition.lane.arn
  launch_type                        = "FARGATE"
  desired_count                      = var.tasks.min
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 30
  availability_zone_rebalancing      = "ENABLED"
  enable_execute_command             = false

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = values(var.private_subnets)
    security_groups  = [aws_security_group.task.id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.lane.arn
    container_name   = "as4-receive"
    container_port   = local.port
  }

  # How many run is decided by what they have to do.
  lifecycle {
    ignore_changes = [desired_count]
  }

  depends_on = [aws_lb_listener.tls, aws_iam_role_policy.task, aws_iam_role_policy.execution]
}

resource "aws_cloudwatch_log_group" "lane" {
  name              = "/vienreiz/${var.name}-as4-receive"
  retention_in_days = var.log_days
}

locals {
  port  = 8441
  grace = 100 # seconds that a message may take when its task is to stop; Fargate waits 120 at most

  # Go returns memory before Fargate takes it away, and messages that come in at once,
  # of 24 MiB each beside 48 for the program, fit into it.
  limit       = floor(var.memory * 0.85)
  at_once     = floor((local.limit - 48) / 24)
  environment = merge(var.environment, { AWS_REGION = data.aws_region.this.id, GOMEMLIMIT = "${local.limit}MiB" })
}

data "aws_region" "this" {}

data "aws_partition" "this" {}
