-- HAProxy's part of waking a site: the request of a visitor waits here until the deploy worker says where the site
-- answers, and then goes there like every other. A worker that is killed meanwhile is asked again when it is back.

local socket = assert(os.getenv("LIGHTKEEPER_WAKE_SOCKET"))
local WAIT_SECONDS = 60
local RETRY_MS = 100

-- One question: "host NAME", answered with "ADDRESS:PORT" or a word that says why not. Nil: nobody answered.
local function ask(host, seconds)
  local connection = core.tcp()
  connection:settimeout(seconds)
  local line = nil
  if connection:connect("unix@" .. socket) and connection:send("host " .. host .. "\n") then
    line = connection:receive("*l")
  end
  connection:close()
  return line
end

core.register_action("wake", { "http-req" }, function(txn)
  local host = txn:get_var("txn.host")
  local deadline = core.now().sec + WAIT_SECONDS
  while core.now().sec < deadline do
    local line = ask(host, deadline - core.now().sec)
    if line and string.match(line, "^%d+%.%d+%.%d+%.%d+:%d+$") then
      txn:set_var("txn.route", line)
    end
    if line then return end
    core.msleep(RETRY_MS)
  end
end)
