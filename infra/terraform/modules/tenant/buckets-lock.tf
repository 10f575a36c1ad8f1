resource "aws_s3_bucket_object_lock_configuration" "bucket" {
  for_each = { for name, b in local.buckets : name => b if b.lock != null }

  bucket = aws_s3_bucket_versioning.bucket[each.key].bucket
  rule {
    default_retention {
      mode = var.audit_lock
      days = var.audit_lock == "COMPLIANCE" ? each.value.lock : 1
    }
  }
}
