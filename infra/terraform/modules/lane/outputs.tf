output "addresses" {
  description = "Zone → the fixed address at which partners call."
  value       = { for z, a in local.addresses : z => a.address }
}

output "dns" {
  description = "What the DNS alias of its name points to."
  value       = { name = aws_lb.lane.dns_name, zone = aws_lb.lane.zone_id }
}

output "cluster" {
  description = "Name of the cluster."
  value       = aws_ecs_cluster.lane.name
}

output "service" {
  description = "Name of the service."
  value       = aws_ecs_service.lane.name
}

output "log" {
  description = "Name of its log group."
  value       = aws_cloudwatch_log_group.lane.name
}
