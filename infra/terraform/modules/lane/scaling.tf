resource "aws_appautoscaling_target" "lane" {
  count = var.tasks.max > var.tasks.min ? 1 : 0

  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.lane.name}/${aws_ecs_service.lane.name}"
  min_capacity       = var.tasks.min
  max_capacity       = var.tasks.max
}

# A message costs processor time and hardly any memory.
resource "aws_appautoscaling_policy" "cpu" {
  count = var.tasks.max > var.tasks.min ? 1 : 0

  name               = "${var.name}-as4-receive-cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.lane[0].service_namespace
  scalable_dimension = aws_appautoscaling_target.lane[0].scalable_dimension
  resource_id        = aws_appautoscaling_target.lane[0].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = 60
    scale_out_cooldown = 60
    scale_in_cooldown  = 300
    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}
