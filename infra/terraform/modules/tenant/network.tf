module "network" {
  source = "../network"
  count  = var.network == null ? 0 : 1

  name                = var.name
  cidr                = var.network.cidr
  zones               = var.network.zones
  nat                 = var.network.nat
  allocation_ids      = var.network.allocation_ids
  interface_endpoints = var.network.interface_endpoints
}

# Of the functions in the VPC: they call out, and nobody calls them there.
resource "aws_security_group" "calling" {
  count = local.calls_by_network ? 1 : 0

  name        = "${var.name}-calling"
  description = "Functions of ${var.name} that call partners, directory and registries"
  vpc_id      = module.network[0].vpc_id
}

resource "aws_vpc_security_group_egress_rule" "calling" {
  for_each = toset([for p in setunion(try(var.network.ports, []), [443]) : tostring(p) if local.calls_by_network])

  security_group_id = aws_security_group.calling[0].id
  description       = "Places and AWS services; which, the functions judge themselves"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
  cidr_ipv4         = "0.0.0.0/0"
}

locals {
  calls_by_network = try(var.network.nat != "none", false)

  # Whoever calls nobody stays outside, where it starts sooner and costs no NAT.
  in_network = { for name, f in local.functions : name => f.calls != null && local.calls_by_network }

  network_statements = { for name, f in local.listed : name => [for s in local.interfaces : s if try(local.in_network[name], false)] }

  # Lambda makes the function's network interfaces by the function's role. The function
  # itself may not, as AWS advises: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
  interface_actions = [
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
  ]
  interfaces = [
    {
      Sid      = "InterfacesForLambda"
      Effect   = "Allow"
      Action   = local.interface_actions
      Resource = "*"
    },
    {
      Sid       = "InterfacesForNobodyElse"
      Effect    = "Deny"
      Action    = local.interface_actions
      Resource  = "*"
      Condition = { ArnLike = { "lambda:SourceFunctionArn" = "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${var.name}-*" } }
    },
  ]
}
