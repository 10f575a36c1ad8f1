output "vpc_id" {
  description = "Id of the VPC."
  value       = aws_vpc.network.id
}

output "public_subnets" {
  description = "Zone → id of its public subnet."
  value       = { for z, s in aws_subnet.public : z => s.id }
}

output "private_subnets" {
  description = "Zone → id of its private subnet."
  value       = { for z, s in aws_subnet.private : z => s.id }
}

output "addresses" {
  description = "Zone → the fixed address by which it calls out."
  value       = local.addresses

  depends_on = [terraform_data.guard]
}
