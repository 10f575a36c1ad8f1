resource "aws_s3_bucket_lifecycle_configuration" "bucket" {
  for_each = local.buckets

  bucket = each.value.versioned ? aws_s3_bucket_versioning.bucket[each.key].bucket : aws_s3_bucket.bucket[each.key].bucket

  rule {
    id     = "parts-of-killed-uploads"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  dynamic "rule" {
    for_each = coalesce(each.value.expire, each.value.lock, 0) > 0 ? [coalesce(each.value.expire, each.value.lock)] : []
    content {
      id     = "expire"
      status = "Enabled"
      filter {}
      expiration {
        days = rule.value
      }
    }
  }

  # Of the journal an expired entry goes a day later, of the configuration old
  # documents stay a year.
  dynamic "rule" {
    for_each = each.value.versioned ? [each.value.lock == null ? 365 : 1] : []
    content {
      id     = "old-versions"
      status = "Enabled"
      filter {}
      noncurrent_version_expiration {
        noncurrent_days = rule.value
      }
    }
  }

  dynamic "rule" {
    for_each = each.value.versioned ? [true] : []
    content {
      id     = "delete-markers-of-nothing"
      status = "Enabled"
      filter {}
      expiration {
        expired_object_delete_marker = rule.value
      }
    }
  }
}
