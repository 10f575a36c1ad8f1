# The fixed addresses at which partners call. TLS ends here, with a certificate whose
# private key nobody has; the message inside is signed and encrypted besides.
resource "aws_eip" "lane" {
  for_each = length(var.allocation_ids) == 0 ? var.public_subnets : {}

  domain = "vpc"
  tags   = { Name = "${var.name}-as4-${each.key}" }
}

data "aws_eip" "given" {
  for_each = toset(var.allocation_ids)

  id = each.value
}

resource "aws_lb" "lane" {
  name                             = "${var.name}-as4"
  load_balancer_type               = "network"
  internal                         = false
  ip_address_type                  = "ipv4"
  security_groups                  = [aws_security_group.balancer.id]
  enable_cross_zone_load_balancing = true
  enable_deletion_protection       = var.deletion_protection

  dynamic "subnet_mapping" {
    for_each = local.addresses
    content {
      subnet_id     = var.public_subnets[subnet_mapping.key]
      allocation_id = subnet_mapping.value.id
    }
  }
}

resource "aws_lb_listener" "tls" {
  load_balancer_arn = aws_lb.lane.arn
  protocol          = "TLS"
  port              = 443
  certificate_arn   = var.certificate_arn
  ssl_policy        = var.tls_policy

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.lane.arn
  }
}

# /alive asks whether the process serves. Whether what it needs is there is for
# /health: to replace every task because a table is away would help nobody.
resource "aws_lb_target_group" "lane" {
  name                   = "${var.name}-as4"
  vpc_id                 = var.vpc_id
  target_type            = "ip"
  protocol               = "TCP"
  port                   = local.port
  preserve_client_ip     = false
  connection_termination = true # after the delay: whoever calls for longer has no receipt, and comes again
  deregistration_delay   = local.grace

  health_check {
    protocol            = "HTTP"
    path                = "/alive"
    matcher             = "204"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

locals {
  zones = keys(var.public_subnets) # sorted

  addresses = { for i, z in local.zones : z => length(var.allocation_ids) == 0 ? { id = aws_eip.lane[z].id, address = aws_eip.lane[z].public_ip } : {
    id      = var.allocation_ids[i]
    address = data.aws_eip.given[var.allocation_ids[i]].public_ip
  } }
}
