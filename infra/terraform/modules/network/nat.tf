# The addresses that partners, the directory and registries see when we call them.
resource "aws_eip" "nat" {
  for_each = length(var.allocation_ids) == 0 ? local.nats : {}

  domain = "vpc"
  tags   = { Name = "${var.name}-nat-${each.key}" }
}

resource "aws_nat_gateway" "nat" {
  for_each = local.nats

  subnet_id     = aws_subnet.public[each.key].id
  allocation_id = local.allocations[each.key]
  tags          = { Name = "${var.name}-${each.key}" }

  depends_on = [aws_route.internet, terraform_data.guard]
}

resource "aws_route" "nat" {
  for_each = var.nat == "none" ? {} : local.zones

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = try(aws_nat_gateway.nat[each.key].id, aws_nat_gateway.nat[var.zones[0]].id)
}

# Which address an allocation is.
data "aws_eip" "given" {
  for_each = toset(var.allocation_ids)

  id = each.value
}

# One allocation a gateway, or none at all.
resource "terraform_data" "guard" {
  lifecycle {
    precondition {
      condition     = length(var.allocation_ids) == 0 || length(var.allocation_ids) == length(local.nats)
      error_message = "There are ${length(local.nats)} NAT gateways and ${length(var.allocation_ids)} Elastic IPs for them: write as many in allocation_ids, or none."
    }
  }
}

locals {
  nats = { for z, i in local.zones : z => i if var.nat == "each" || var.nat == "one" && i == 0 }

  allocations = { for z, i in local.nats : z => length(var.allocation_ids) == 0 ? aws_eip.nat[z].id : try(var.allocation_ids[i], "") }
  addresses   = { for z, i in local.nats : z => length(var.allocation_ids) == 0 ? aws_eip.nat[z].public_ip : try(data.aws_eip.given[var.allocation_ids[i]].public_ip, "") }
}
