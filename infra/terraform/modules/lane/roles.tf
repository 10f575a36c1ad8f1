# The task may what functions.yaml allows as4-receive. That includes no log: the
# agent of Fargate writes it, by the other role.
resource "aws_iam_role" "task" {
  name                 = "${var.name}-lane"
  description          = "What as4-receive of ${var.name} may do in its container, and nothing else"
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.assumed
}

resource "aws_iam_role_policy" "task" {
  name   = "functions-yaml"
  role   = aws_iam_role.task.id
  policy = jsonencode({ Version = "2012-10-17", Statement = var.statements })
}

# Starts the task: pulls the image and writes the log.
resource "aws_iam_role" "execution" {
  name                 = "${var.name}-lane-start"
  description          = "What starts the container of ${var.name}"
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.assumed
}

resource "aws_iam_role_policy" "execution" {
  name   = "image-and-log"
  role   = aws_iam_role.execution.id
  policy = jsonencode({ Version = "2012-10-17", Statement = concat(local.log_statements, local.image_statements, local.token_statements) })
}

locals {
  assumed = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })

  log_statements = [{
    Effect   = "Allow"
    Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    Resource = "${aws_cloudwatch_log_group.lane.arn}:*"
  }]

  # Of an image in Amazon ECR; others are pulled without AWS's leave.
  repository = try(regex("^(?P<account>[0-9]{12})\\.dkr\\.ecr\\.(?P<region>[a-z0-9-]+)\\.[a-z.]+/(?P<name>[^@:]+)", var.image), null)

  image_statements = [for r in [local.repository] : {
    Effect   = "Allow"
    Action   = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]
    Resource = "arn:${data.aws_partition.this.partition}:ecr:${r.region}:${r.account}:repository/${r.name}"
  } if r != null]
  token_statements = [for r in [local.repository] : {
    Effect   = "Allow"
    Action   = ["ecr:GetAuthorizationToken"]
    Resource = "*"
  } if r != null]
}
