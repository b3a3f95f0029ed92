-- Delegates who read: each connection is one of them, with a session of their own, and opens the dossiers in turn with a
-- pause in between. Arguments: a file of cookies, the number of dossiers, the poll, the longest pause in milliseconds.
local cookies, dossiers, poll, pause = {}, 1, "", 0
local n = 0

function init(args)
  for line in io.lines(args[1]) do cookies[#cookies + 1] = line end
  dossiers, poll, pause = tonumber(args[2]), args[3], tonumber(args[4])
  math.randomseed(20261210)
end

function request()
  n = n + 1
  local cookie = cookies[n % #cookies + 1]
  return wrk.format("GET", "/doc/" .. poll .. "/" .. (math.random(dossiers)), { ["Cookie"] = cookie })
end

function delay()
  return math.random(pause + 1) - 1
end

function done(summary, latency, requests)
  io.write(string.format("requests %d, refused %d, errors %d\n", summary.requests, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
  io.write(string.format("p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, longest %.1f ms\n", latency:percentile(50) / 1000,
    latency:percentile(90) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
