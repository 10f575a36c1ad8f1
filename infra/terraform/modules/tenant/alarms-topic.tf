resource "aws_sns_topic" "alarms" {
  count = local.few ? 1 : 0

  name              = "${var.name}-alarms"
  kms_master_key_id = aws_kms_key.data.arn
}

resource "aws_sns_topic_subscription" "email" {
  for_each = local.few ? var.alarm_emails : []

  topic_arn = aws_sns_topic.alarms[0].arn
  protocol  = "email"
  endpoint  = each.value
}
