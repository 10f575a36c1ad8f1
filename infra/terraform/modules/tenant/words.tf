# The words of functions.yaml and what they allow. A word that is not here fails the plan.
locals {
  state_words = {
    write  = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem", "dynamodb:BatchWriteItem"]
    read   = ["dynamodb:GetItem"]
    byTime = ["dynamodb:Query"]
  }

  queue_words = {
    send    = ["sqs:SendMessage"]
    look    = ["sqs:GetQueueAttributes"]
    sweep   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    receive = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"]
  }

  # A put looks at what is there afterwards, and takes away the parts of an upload that failed.
  # Listing is of the bucket, and everybody's: without it S3 answers 403 to what is not there.
  object_words = {
    put    = ["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"]
    get    = ["s3:GetObject"]
    delete = ["s3:DeleteObject"]
    list   = []
  }

  # In a locked bucket a version is deleted, and until when it is locked is asked for.
  locked_words = {
    put    = ["s3:PutObject", "s3:GetObject", "s3:GetObjectRetention", "s3:AbortMultipartUpload"]
    get    = ["s3:GetObject", "s3:GetObjectRetention"]
    delete = ["s3:DeleteObjectVersion"]
    list   = []
  }

  # Of a KMS key: the public half is held to its certificate when the key is opened.
  # RSA decrypts, P-256 agrees on a secret: a key does what its usage in KMS is. An RSA
  # key for the sign-in may be one that decrypts assertions.
  key_words = {
    sign    = ["kms:GetPublicKey", "kms:Sign"]
    decrypt = ["kms:GetPublicKey", "kms:Decrypt", "kms:DeriveSharedSecret"]
    sign-in = ["kms:GetPublicKey", "kms:Sign", "kms:Decrypt"]
    tokens  = ["kms:GetPublicKey", "kms:Sign"]
  }
}
