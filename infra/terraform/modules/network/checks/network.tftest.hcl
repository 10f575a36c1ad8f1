# terraform test, as ../../../check.sh does.
mock_provider "aws" {
  source = "../tenant/checks/mocks"
}

# OpenTofu makes up one id for all of a kind.
override_resource {
  target = aws_route_table.public
  values = { id = "rtb-0123456789abcdef0" }
}

variables {
  name = "lv-test"
}

run "each_zone_has_its_own_way_out" {
  command = apply

  assert {
    condition     = toset([for n in aws_nat_gateway.nat : n.subnet_id]) == toset([for s in aws_subnet.public : s.id]) && length(aws_eip.nat) == 2 && length(output.addresses) == 2
    error_message = "A zone that is down takes no other zone's calls with it."
  }
  assert {
    condition     = alltrue([for z, r in aws_route.nat : r.nat_gateway_id == aws_nat_gateway.nat[z].id])
    error_message = "Each zone calls out by its own NAT gateway."
  }
  assert {
    condition     = length(distinct(concat([for s in aws_subnet.public : s.cidr_block], [for s in aws_subnet.private : s.cidr_block]))) == 4 && toset([for s in aws_subnet.private : s.availability_zone]) == toset(["eu-central-1a", "eu-central-1b"])
    error_message = "Two zones have two subnets each."
  }
}

run "objects_and_state_pass_no_NAT_gateway" {
  command = apply

  assert {
    condition     = toset([for e in aws_vpc_endpoint.gateway : e.service_name]) == toset(["com.amazonaws.eu-central-1.s3", "com.amazonaws.eu-central-1.dynamodb"]) && alltrue([for e in aws_vpc_endpoint.gateway : e.route_table_ids == toset([for t in aws_route_table.private : t.id])])
    error_message = "S3 and DynamoDB are reached through free endpoints from every private subnet."
  }
  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0
    error_message = "What costs by the hour is asked for."
  }
}

run "nothing_in_a_private_subnet_is_reached_from_outside" {
  command = apply

  assert {
    condition     = alltrue([for a in aws_route_table_association.private : a.route_table_id != aws_route_table.public.id]) && alltrue([for s in aws_subnet.public : !s.map_public_ip_on_launch])
    error_message = "Private subnets have no route to the internet gateway."
  }
  assert {
    condition     = length(aws_default_security_group.nothing.ingress) + length(aws_default_security_group.nothing.egress) == 0
    error_message = "The default security group lets nothing through."
  }
}

run "one_way_out_for_all" {
  command = apply
  variables {
    nat = "one"
  }

  assert {
    condition     = keys(aws_nat_gateway.nat) == ["a"] && alltrue([for r in aws_route.nat : r.nat_gateway_id == aws_nat_gateway.nat["a"].id]) && length(aws_route.nat) == 2
    error_message = "Both zones call out by the one NAT gateway."
  }
}

run "no_way_out" {
  command = apply
  variables {
    nat                 = "none"
    interface_endpoints = ["sqs", "ecr.dkr"]
  }

  assert {
    condition     = length(aws_nat_gateway.nat) + length(aws_eip.nat) + length(aws_route.nat) + length(output.addresses) == 0
    error_message = "Without NAT nothing calls out."
  }
  assert {
    condition     = length(aws_vpc_endpoint.interface) == 2 && alltrue([for e in aws_vpc_endpoint.interface : e.private_dns_enabled && e.subnet_ids == toset([for s in aws_subnet.private : s.id])]) && toset([for r in aws_security_group.endpoints[0].ingress : one(r.cidr_blocks)]) == toset(["10.64.0.0/20"])
    error_message = "Services that are named are called through the VPC, from the VPC alone."
  }
}

run "addresses_that_are_there_are_kept" {
  command = apply
  variables {
    allocation_ids = ["eipalloc-0a", "eipalloc-0b"]
  }

  assert {
    condition     = length(aws_eip.nat) == 0 && [for z in ["a", "b"] : aws_nat_gateway.nat[z].allocation_id] == ["eipalloc-0a", "eipalloc-0b"] && output.addresses["a"] == "192.0.2.2"
    error_message = "Addresses that partners have listed are taken over."
  }
}

run "fewer_addresses_than_ways_out" {
  command = plan
  variables {
    allocation_ids = ["eipalloc-0a"]
  }
  expect_failures = [terraform_data.guard]
}

run "a_network_that_is_not_private" {
  command = plan
  variables {
    cidr = "192.0.2.0/24"
  }
  expect_failures = [var.cidr]
}

run "a_single_zone" {
  command = plan
  variables {
    zones = ["a"]
  }
  expect_failures = [var.zones]
}

run "an_endpoint_that_is_there_always" {
  command = plan
  variables {
    interface_endpoints = ["s3"]
  }
  expect_failures = [var.interface_endpoints]
}
