# Alarms on what the functions measure themselves (shared/observe).
locals {
  node_metrics = "Vienreiz"
  node         = { tenant = var.name }

  # The function that takes from the queue log appends the journal's entries to the
  # Merkle log. A list without one has nothing that could be late.
  sequencers = [for name, f in local.functions : name if f.queue == "log"]
}

# Every certificate is measured twice a day, the alarm looks at the first to end.
resource "aws_cloudwatch_metric_alarm" "certificates" {
  count = local.few ? 1 : 0

  alarm_name          = "${var.name}-certificates"
  alarm_description   = "A certificate ends soon, one of ours or a partner's. The log of ${var.name}-clock says once a day which, and what to do."
  namespace           = local.node_metrics
  metric_name         = "CertificateDaysLeft"
  dimensions          = local.node
  statistic           = "Minimum"
  period              = 86400
  evaluation_periods  = 1
  threshold           = var.alarm_certificate_days
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = aws_sns_topic.alarms[*].arn
  ok_actions          = aws_sns_topic.alarms[*].arn
}

# 98 % is what art. 27 of Reg. (EU) 2022/1463 wants. Of fewer than ten exchanges one
# that failed says little; its function's errors are alarms of their own.
resource "aws_cloudwatch_metric_alarm" "success" {
  count = local.few ? 1 : 0

  alarm_name          = "${var.name}-success"
  alarm_description   = "Less than 98 % of the exchanges of six hours were served, by our fault. vienreiz slo names them from the log of ${var.name}-exchange."
  evaluation_periods  = 1
  threshold           = 98
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = aws_sns_topic.alarms[*].arn
  ok_actions          = aws_sns_topic.alarms[*].arn

  metric_query {
    id          = "percent"
    expression  = "IF(counted >= 10, 100 * FILL(succeeded, 0) / counted, 100)"
    label       = "Served (%)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { counted = "ExchangesCounted", succeeded = "ExchangesSucceeded" }
    content {
      id = metric_query.key
      metric {
        namespace   = local.node_metrics
        metric_name = metric_query.value
        dimensions  = local.node
        stat        = "Sum"
        period      = 21600
      }
    }
  }
}

# What no dead letter tells of: a message or a request that could not be served, and a
# round of the clock, which cannot send to a queue that is gone. An item that fails comes again.
resource "aws_cloudwatch_metric_alarm" "failures" {
  count = local.few ? 1 : 0

  alarm_name          = "${var.name}-failures"
  alarm_description   = "Somebody could not be served, or work reaches no queue, by our own fault: a key or a permission that is gone, a queue, the table. The logs of ${var.name}'s functions say which and what to do, and so does GET /health."
  namespace           = local.node_metrics
  metric_name         = "Failures"
  dimensions          = local.node
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = aws_sns_topic.alarms[*].arn
  ok_actions          = aws_sns_topic.alarms[*].arn
}

resource "aws_cloudwatch_metric_alarm" "outbox" {
  count = local.all ? 1 : 0

  alarm_name          = "${var.name}-outbox"
  alarm_description   = "Work that was committed does not reach its queue, although ${var.name}-clock tries each minute: its log says why."
  namespace           = local.node_metrics
  metric_name         = "OutboxAge"
  dimensions          = local.node
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  threshold           = var.alarm_age_minutes * 60
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = aws_sns_topic.alarms[*].arn
  ok_actions          = aws_sns_topic.alarms[*].arn
}

# Entries that wait for longer than 60 s. One measurement that is late is none; where
# two are missing nobody sequences any more.
resource "aws_cloudwatch_metric_alarm" "unsequenced" {
  for_each = toset(local.few ? local.sequencers : [])

  alarm_name          = "${var.name}-unsequenced"
  alarm_description   = "Entries of the journal are not in the Merkle log a minute after they were written, or nobody measures that: the log of ${var.name}-${each.key} says why."
  namespace           = local.node_metrics
  metric_name         = "UnsequencedEntries"
  dimensions          = local.node
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 2
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = aws_sns_topic.alarms[*].arn
  ok_actions          = aws_sns_topic.alarms[*].arn
}
