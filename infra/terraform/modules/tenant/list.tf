# functions.yaml is the one list; here its entries get one shape each.
locals {
  list = yamldecode(file(local.list_file))

  list_file = coalesce(var.functions, "${path.module}/../../../../functions/functions.yaml")

  # The lane is where as4-receive runs, when there is one.
  functions = { for name, f in local.listed : name => f if var.lane == null || f.gateway != "as4" }

  listed = { for name, f in local.list.functions : name => {
    memory      = f.memory
    seconds     = max(f.seconds, local.waits[name])
    gateway     = try(f.trigger.gateway, null)
    paths       = try(f.trigger.paths, [])
    queue       = try(f.trigger.queue, null)
    batch       = length(local.guests[name]) > 0 ? 1 : try(f.trigger.batch, null)
    concurrency = length(local.guests[name]) > 0 ? max(2, floor(f.trigger.concurrency / 2)) : try(f.trigger.concurrency, null)
    schedule    = try(f.trigger.schedule, null)
    calls       = try(f.calls, null)
    state       = flatten([try(f.permissions.state, [])])
    queues      = { for q, words in try(f.permissions.queues, {}) : q => flatten([words]) }
    buckets = merge(
      { for b, words in try(f.permissions.buckets, {}) : b => flatten([words]) },
      try(f.permissions.configuration, "") == "read" ? { configuration = ["get"] } : {},
    )
    keys    = try(f.permissions.keys, [])
    secrets = try(f.permissions.secrets, [])
  } }

  on_queue    = { for name, f in local.functions : name => f if f.queue != null && !contains(keys(local.folded), coalesce(f.queue, "-")) }
  on_schedule = { for name, f in local.functions : name => f if f.schedule != null }
  on_gateway  = { for name, f in local.functions : name => f if f.gateway != null }

  # Hours become days, rounded up: S3 deletes and locks by days. The
  # configuration is of the module, as no function writes it.
  buckets = merge(
    { for name, b in local.list.buckets : name => {
      expire    = try(ceil(b.expire / 24), null)
      lock      = try(ceil(b.lock / 24), null)
      versioned = can(b.lock)
    } },
    { configuration = { expire = null, lock = null, versioned = true } },
  )
}
