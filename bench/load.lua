-- A round of wrk: sends what the environment says and prints what it counted as one line of JSON.
-- BENCH_EXPECT, where set, must be part of every body; looking for it costs wrk time.

wrk.method = os.getenv("BENCH_METHOD") or "GET"
wrk.body = os.getenv("BENCH_BODY")

local expected = os.getenv("BENCH_EXPECT")
local threads = {}
wrong = 0

function setup(thread)
  table.insert(threads, thread)
end

if expected then
  function response(status, _, body)
    if status ~= 200 or not body:find(expected, 1, true) then
      wrong = wrong + 1
    end
  end
end

function done(summary, latency)
  local all_wrong = 0
  for _, thread in ipairs(threads) do
    all_wrong = all_wrong + thread:get("wrong")
  end
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
  print(string.format(
    'ROUND {"requests": %d, "seconds": %.6f, "bytes": %d, "failed": %d, "wrong": %d, "p50_us": %d, "p99_us": %d}',
    summary.requests, summary.duration / 1e6, summary.bytes, failed, all_wrong,
    latency:percentile(50), latency:percentile(99)))
end
