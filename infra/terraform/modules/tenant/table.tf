# As the documentation of shared/store/aws says.
resource "aws_dynamodb_table" "state" {
  name                        = "${var.name}-state"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  deletion_protection_enabled = !var.disposable

  attribute {
    name = "pk"
    type = "S"
  }
  attribute {
    name = "indexLane"
    type = "S"
  }
  attribute {
    name = "indexTime"
    type = "N"
  }

  global_secondary_index {
    name               = "byTime"
    hash_key           = "indexLane"
    range_key          = "indexTime"
    projection_type    = "INCLUDE"
    non_key_attributes = ["commandQueue", "commandBody", "notBefore", "expiresAt"]
  }

  ttl {
    attribute_name = "ttlSeconds"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = var.point_in_time_recovery
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.data.arn
  }
}
