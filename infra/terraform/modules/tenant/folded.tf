# Where few queues are polled, those that functions.yaml folds stay, and nothing polls
# them: their items travel in another, whose function hands each on to theirs and waits.
# So it works on one item at a time, has longer than the longest of them, and takes of
# the account's concurrency no more than before, as each of its calls is two.
locals {
  folded = { for name, q in local.list.queues : name => q.fold if var.queues == "few" && can(q.fold) }

  taker = { for name, f in local.list.functions : f.trigger.queue => name if can(f.trigger.queue) }

  # Of each function: the queues whose items it hands on, and for how long it may have to wait.
  guests = { for name, f in local.list.functions : name => [for q, host in local.folded : q if host == try(f.trigger.queue, "")] }
  waits  = { for name, queues in local.guests : name => max(0, [for q in queues : local.list.functions[local.taker[q]].seconds + 15]...) }

  # Lambda ends a call before its item is visible again.
  queues = { for name, q in local.list.queues : name => {
    visibility = max(q.visibility, local.waits[local.taker[name]] + (length(local.guests[local.taker[name]]) > 0 ? 15 : 0))
    receives   = q.receives
  } }

  # Where a queue's items go; of a folded one also its own place, and who takes them.
  places = { for name, q in aws_sqs_queue.queue : name => merge(
    { url = aws_sqs_queue.queue[lookup(local.folded, name, name)].url, dead = aws_sqs_queue.dead[name].url },
    { for key, value in { idle = q.url, function = "${var.name}-${local.taker[name]}" } : key => value if contains(keys(local.folded), name) },
  ) }

  hand_statements = { for name, queues in local.guests : name => [for s in [
    {
      Effect   = "Allow"
      Action   = ["lambda:InvokeFunction"]
      Resource = [for q in queues : "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${var.name}-${local.taker[q]}"]
    },
    {
      Effect   = "Allow"
      Action   = ["sqs:SendMessage"]
      Resource = [for q in queues : aws_sqs_queue.dead[q].arn]
    },
  ] : s if length(queues) > 0] }
}
