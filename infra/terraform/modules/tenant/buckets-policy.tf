resource "aws_s3_bucket_policy" "bucket" {
  for_each = local.buckets

  bucket = aws_s3_bucket.bucket[each.key].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat([local.tls_only[each.key]], [for s in local.write_once[each.key] : s if each.value.lock != null])
  })

  depends_on = [aws_s3_bucket_public_access_block.bucket]
}

locals {
  tls_only = { for name, b in aws_s3_bucket.bucket : name => {
    Sid       = "TLSOnly"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:*"
    Resource  = [b.arn, "${b.arn}/*"]
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  } }

  # Nobody hides an entry behind a newer version or a delete marker. Requests of
  # an upload in parts before its last one make no object and carry no condition.
  write_once = { for name, b in aws_s3_bucket.bucket : name => [
    {
      Sid       = "WriteOnce"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = "${b.arn}/*"
      Condition = { Null = { "s3:if-none-match" = "true" }, Bool = { "s3:ObjectCreationOperation" = "true" } }
    },
    {
      Sid       = "NoDeleteMarkers"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:DeleteObject"
      Resource  = "${b.arn}/*"
    },
  ] }
}
