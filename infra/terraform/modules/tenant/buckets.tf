resource "aws_s3_bucket" "bucket" {
  for_each = local.buckets

  bucket              = "${var.name}-${each.key}-${coalesce(var.bucket_suffix, local.account)}"
  object_lock_enabled = each.value.lock != null
  force_destroy       = var.disposable && each.value.lock == null

  depends_on = [terraform_data.guard]
}

# The others stay without versions: what is deleted there must be gone.
resource "aws_s3_bucket_versioning" "bucket" {
  for_each = { for name, b in local.buckets : name => b if b.versioned }

  bucket = aws_s3_bucket.bucket[each.key].id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "bucket" {
  for_each = local.buckets

  bucket = aws_s3_bucket.bucket[each.key].id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "bucket" {
  for_each = local.buckets

  bucket                  = aws_s3_bucket.bucket[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
