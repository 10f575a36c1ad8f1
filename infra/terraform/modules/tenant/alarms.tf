locals {
  few = var.alarms != "none"
  all = var.alarms == "all"

  queue_alarms  = { for name in keys(local.queues) : name => name if local.few }
  polled_alarms = { for name in keys(local.queue_alarms) : name => name if !contains(keys(local.folded), name) }

  function_alarms = { for pair in setproduct(keys(local.functions), ["Errors", "Throttles"]) :
    "${pair[0]}-${lower(pair[1])}" => { function = pair[0], metric = pair[1] } if local.all
  }

  gateway_alarms = { for name in keys(local.gateways) : name => name if local.all }
}

resource "aws_cloudwatch_metric_alarm" "dead" {
  for_each = local.queue_alarms

  alarm_name          = "${var.name}-${each.key}-dead-letters"
  alarm_description   = "Items of ${each.key} failed each time. See why in the function's log, mend it, and start the redrive of ${var.name}-${each.key}-dead."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead[each.key].name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = aws_sns_topic.alarms[*].arn
  ok_actions          = aws_sns_topic.alarms[*].arn
}

resource "aws_cloudwatch_metric_alarm" "age" {
  for_each = local.polled_alarms

  alarm_name          = "${var.name}-${each.key}-age"
  alarm_description   = "The oldest item of ${each.key} waits too long: is its function throttled, or whom it calls down?"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.queue[each.key].name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  threshold           = var.alarm_age_minutes * 60
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = aws_sns_topic.alarms[*].arn
  ok_actions          = aws_sns_topic.alarms[*].arn
}

resource "aws_cloudwatch_metric_alarm" "function" {
  for_each = local.function_alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.metric} of function ${each.value.function}: see its log."
  namespace           = "AWS/Lambda"
  metric_name         = each.value.metric
  dimensions          = { FunctionName = aws_lambda_function.function[each.value.function].function_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = aws_sns_topic.alarms[*].arn
  ok_actions          = aws_sns_topic.alarms[*].arn
}

resource "aws_cloudwatch_metric_alarm" "gateway" {
  for_each = local.gateway_alarms

  alarm_name          = "${var.name}-${each.key}-5xx"
  alarm_description   = "Callers of ${each.key} got 5xx answers: see the log of its function, and whether messages were too large."
  namespace           = "AWS/ApiGateway"
  metric_name         = "5XXError"
  dimensions          = { ApiName = module.gateway[each.key].api_name, Stage = module.gateway[each.key].stage }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = aws_sns_topic.alarms[*].arn
  ok_actions          = aws_sns_topic.alarms[*].arn
}
