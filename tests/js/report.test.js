import assert from "node:assert/strict"
import { test } from "node:test"

import { findings, rows } from "../../ui/browser/js/findings.js"
import { newUid, report, send } from "../../ui/browser/js/report.js"
import { floats, tiled } from "../../ui/browser/js/tiles.js"
import { harmless, plainly } from "../../ui/browser/js/trouble.js"

const ITEM = { run_id: "aaaaaaaa", precision: "float32", provider: "webgpu", batch: 32 }
const RESULT = {
  whole_graph: false,
  size_bytes: 1000,
  load_ms: 1,
  cached: true,
  session_ms: 2,
  ...findings(
    { first_ms: 3, warmup_runs: 20, runs_per_sample: 4, samples_ms: [0.12345678901, 0.2], lost: 0.3 },
    Float32Array.of(1, NaN, -1, Infinity),
    2,
  ),
}
const OPENED = { threads: 1, version: "1.30.0", clock_ms: 0.005, engine_ms: 300 }
const PAGE = {
  browser: "Chrome 156",
  system: "Linux",
  cores: 2,
  memory_gb: null,
  isolated: true,
  adapter: "swiftshader",
  user_agent: "Mozilla",
  secure: true,
  threads: 2,
  webgpu: {},
}

test("a report has the fields that the server knows, and no others", () => {
  const { uid, ...told } = report(ITEM, RESULT, OPENED, PAGE, "ab".repeat(16))
  assert.match(uid, /^[0-9a-f]{32}$/)
  assert.deepEqual(told, {
    round: "ab".repeat(16),
    run_id: "aaaaaaaa",
    precision: "float32",
    backend: "webgpu",
    whole_graph: false,
    threads: 1,
    batch_size: 32,
    size_bytes: 1000,
    load_ms: 1,
    session_ms: 2,
    first_ms: 3,
    warmup_runs: 20,
    runs_per_sample: 4,
    samples_ms: [0.123457, 0.2],
    lost: 0.3,
    logits: [
      [1, null],
      [-1, null],
    ],
    browser: {
      browser: "Chrome 156",
      system: "Linux",
      cores: 2,
      memory_gb: null,
      isolated: true,
      clock_ms: 0.005,
      adapter: "swiftshader",
      onnxruntime_web: "1.30.0",
      user_agent: "Mozilla",
    },
  })
})

test("a row's numbers are ready before the page's thread sees them", () => {
  assert.deepEqual([RESULT.p50_ms, RESULT.p99_ms, RESULT.histogram.counts.length], [0.12345678901, 0.2, 16])
})

test("an identity needs nothing that a page over plain http lacks", () => {
  const crypto = { getRandomValues: bytes => bytes.fill(10) }
  assert.equal(newUid(crypto), "0a".repeat(16))
  assert.notEqual(newUid(), newUid())
})

test("answers are cut into a row an example, and of very many in it a part is told", () => {
  assert.deepEqual(rows([1, 2, 3, 4, 5, 6], 2), [
    [1, 2, 3],
    [4, 5, 6],
  ])
  // As in tests/reports/test_reference.py.
  const dense = rows(Float32Array.from({ length: 2 * 6 * 48 * 48 }, (_, place) => place), 2)
  assert.deepEqual(dense.map(row => row.length), [988, 988])
  assert.deepEqual([dense[0][1], dense[1][0], dense[1].at(-1)], [14, 13_824, 13_824 + 14 * 987])
})

const OK = { ok: true, status: 200, json: async () => ({ agrees: true }) }

function server(...answers) {
  const asked = []
  const fetch = async (address, options) => {
    asked.push([address, options])
    const answer = answers[Math.min(asked.length - 1, answers.length - 1)]
    if (answer instanceof Error) throw answer
    return answer
  }
  return { fetch, asked, address: "/m", wait: async () => {} }
}

test("a server that does not answer at first is told again", async () => {
  const ports = server(new TypeError("Failed to fetch"), { ok: false, status: 503, json: async () => ({}) }, OK)
  assert.deepEqual(await send({ uid: "1" }, ports), { answer: { agrees: true } })
  assert.equal(ports.asked.length, 3)
  assert.equal(ports.asked[2][1].body, '{"uid":"1"}', "the same measurement, so the server keeps it once")
})

test("what it refuses is not told again, and its own words say why", async () => {
  const ports = server({ ok: false, status: 422, json: async () => ({ error: "no such run" }) })
  assert.deepEqual(await send({}, ports), { reason: "no such run", again: false })
  assert.equal(ports.asked.length, 1)
})

test("after three tries it may be told later", async () => {
  const ports = server(new TypeError("Failed to fetch"))
  assert.deepEqual(await send({}, ports), { reason: "The server does not answer.", again: true })
  assert.equal(ports.asked.length, 3)
})

test("a stop does not cut off an answer that has begun", async () => {
  const stopping = new AbortController()
  const fetch = async (_, { signal }) => ({
    ok: true,
    json: async () => {
      stopping.abort()
      signal.throwIfAborted()
      return { agrees: true }
    },
  })
  assert.deepEqual(await send({}, { address: "here", fetch, wait: async () => {}, stop: stopping.signal }), {
    answer: { agrees: true },
  })
})

test("a page without a cookie tells its number", async () => {
  const heard = []
  const fetch = async (_, { headers }) => {
    heard.push(headers["x-distill-device"])
    return { ok: true, json: async () => ({}) }
  }
  for (const device of ["5f", null]) await send({}, { address: "here", fetch, wait: async () => {}, device })
  assert.deepEqual(heard, ["5f", undefined])
})

test("after a stop it is told no second time, but may be told later", async () => {
  const stopping = new AbortController()
  const ports = server(new TypeError("Failed to fetch"))
  const wait = async () => stopping.abort()
  const told = await send({}, { ...ports, wait, stop: stopping.signal })
  assert.deepEqual([told.again, ports.asked.length, ports.asked[0][1].signal.aborted], [true, 1, true])
})

test("an answer that is no JSON is no success of ours to tell", async () => {
  const ports = server({ ok: false, status: 404, json: async () => Promise.reject(new SyntaxError("<html>")) })
  assert.deepEqual(await send({}, ports), { reason: "The server answered 404.", again: false })
})

test("images fill a batch from the start again, and a smaller batch takes the first", () => {
  const images = Float32Array.of(1, 1, 2, 2, 3, 3)
  assert.deepEqual([...tiled(images, 3, 4)], [1, 1, 2, 2, 3, 3, 1, 1])
  assert.deepEqual([...tiled(images, 3, 1)], [1, 1])
  const ids = BigInt64Array.of(7n, 8n)
  assert.deepEqual(tiled(ids, 2, 3), BigInt64Array.of(7n, 8n, 7n))
})

test("numbers come as base64 of little-endian float32", () => {
  assert.deepEqual([...floats("AACAPwAAAMA=")], [1, -2])
})

test("each trouble is a plain sentence with something to do", () => {
  const said = (kind, message) => plainly({ kind, message, seconds: 20 }, "ResNet-8")
  assert.equal(said("gone"), "ResNet-8 is no longer on the server: it may have been deleted.")
  assert.equal(said("refused", "the store is locked"), "The server did not give out ResNet-8. the store is locked.")
  assert.match(said("unreachable"), /does not answer.*press Run on this device\.$/)
  assert.match(said("silent"), /for 20 s.*smaller batch/)
  assert.match(said("dead", "Uncaught RangeError"), /Uncaught RangeError\. Close other tabs/)
  assert.match(said("engine", "RangeError: WebAssembly.Memory(): could not allocate memory"), /too little memory/)
  assert.match(said("engine", "Can't create a session. ERROR_CODE: 7, protobuf parsing failed."), /damaged.*Make it again/)
  assert.equal(said("engine", "lost device"), "The engine could not run ResNet-8. lost device.")
  assert.deepEqual(["gone", "unreachable", "refused", "engine", "dead", "silent"].map(harmless), [
    true,
    true,
    true,
    false,
    false,
    false,
  ])
})
