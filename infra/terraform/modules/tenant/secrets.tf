# Empty: the operator writes the values, and the state never knows them.
resource "aws_secretsmanager_secret" "secret" {
  for_each = var.secrets

  name                    = "${var.name}/${each.key}"
  description             = "Vienreiz ${var.name}: ${each.value}"
  kms_key_id              = aws_kms_key.data.arn
  recovery_window_in_days = var.disposable ? 0 : 30
}
