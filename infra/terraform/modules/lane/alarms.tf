resource "aws_cloudwatch_metric_alarm" "healthy" {
  count = var.alarms ? 1 : 0

  alarm_name          = "${var.name}-lane-down"
  alarm_description   = "No task of the access point answers: partners cannot reach us. See the events of service as4-receive in cluster ${aws_ecs_cluster.lane.name}, and its log."
  namespace           = "AWS/NetworkELB"
  metric_name         = "HealthyHostCount"
  dimensions          = { LoadBalancer = aws_lb.lane.arn_suffix, TargetGroup = aws_lb_target_group.lane.arn_suffix }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 2
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  count = var.alarms ? 1 : 0

  alarm_name          = "${var.name}-lane-cpu"
  alarm_description   = "The tasks of the access point have no processor time left: raise lane.tasks.max or lane.cpu."
  namespace           = "AWS/ECS"
  metric_name         = "CPUUtilization"
  dimensions          = { ClusterName = aws_ecs_cluster.lane.name, ServiceName = aws_ecs_service.lane.name }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  threshold           = 90
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
}
