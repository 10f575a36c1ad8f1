package kms

// AliasOf is the name that a key has in KMS.
var AliasOf = aliasOf
