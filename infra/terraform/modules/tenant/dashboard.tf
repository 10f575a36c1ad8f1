resource "aws_cloudwatch_dashboard" "tenant" {
  count = var.dashboard ? 1 : 0

  dashboard_name = var.name
  dashboard_body = jsonencode({ widgets = [for i, w in local.widgets : {
    type   = "metric"
    x      = i % 2 * 12
    y      = floor(i / 2) * 6
    width  = 12
    height = 6
    properties = {
      title   = w.title
      region  = local.region
      view    = "timeSeries"
      stat    = w.stat
      period  = 60
      metrics = w.metrics
    }
  }] })
}

locals {
  widgets = [
    { title = "Waiting in queues", stat = "Maximum", metrics = [for q in aws_sqs_queue.queue : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", q.name]] },
    { title = "Dead letters", stat = "Maximum", metrics = [for q in aws_sqs_queue.dead : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", q.name]] },
    { title = "Age of the oldest item (s)", stat = "Maximum", metrics = [for q in aws_sqs_queue.queue : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", q.name]] },
    { title = "Calls of functions", stat = "Sum", metrics = [for f in aws_lambda_function.function : ["AWS/Lambda", "Invocations", "FunctionName", f.function_name]] },
    { title = "Errors of functions", stat = "Sum", metrics = [for f in aws_lambda_function.function : ["AWS/Lambda", "Errors", "FunctionName", f.function_name]] },
    { title = "Duration of functions (ms, p95)", stat = "p95", metrics = [for f in aws_lambda_function.function : ["AWS/Lambda", "Duration", "FunctionName", f.function_name]] },
    { title = "Calls of gateways", stat = "Sum", metrics = [for g in module.gateway : ["AWS/ApiGateway", "Count", "ApiName", g.api_name, "Stage", g.stage]] },
    { title = "5xx of gateways", stat = "Sum", metrics = [for g in module.gateway : ["AWS/ApiGateway", "5XXError", "ApiName", g.api_name, "Stage", g.stage]] },
  ]
}
