// onnxruntime-web, opened inside a Worker. One provider a session, so that nothing falls back in silence;
// what really ran is told. It needs no more of the page than the engine's address.

const MODULES = { wasm: "ort.wasm.bundle.min.mjs", webgpu: "ort.webgpu.bundle.min.mjs" }
const PROGRAMS = { wasm: "ort-wasm-simd-threaded.wasm", webgpu: "ort-wasm-simd-threaded.asyncify.wasm" }
// What goes wrong comes as an error; the console needs no second copy, least of all of an attempt that may fail.
const QUIET = { logSeverityLevel: 4 }
// A graph of one Identity: its session makes the engine fetch and start all that it needs, before the first network.
const IDENTITY = "CAg6NwoQCgF4EgF5IghJZGVudGl0eRIBZ1oPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCBAoAEBE="

/**
 * Start the engine; once in a Worker, since its number of threads is fixed when it starts.
 * @param {string} engineBase the address in front of the engine's files
 * @param {{backend: "wasm" | "webgpu", threads?: number, module?: object}} wanted
 *   module: the engine's own, where the Worker has it already
 * @returns {Promise<{ort: object, backend: string, threads: number, version: string, engine_ms: number}>}
 *   threads: those that run, 1 where the page is not isolated
 */
export async function openEngine(engineBase, { backend, threads = 1, module }) {
  const base = new URL(engineBase, globalThis.location.href).href
  const started = performance.now()
  const ort = module ?? (await import(base + MODULES[backend]))
  ort.env.logLevel = "fatal"
  ort.env.wasm.wasmPaths = { wasm: base + PROGRAMS[backend] }
  ort.env.wasm.numThreads = backend === "webgpu" ? 1 : threads
  const first = await ort.InferenceSession.create(bytesOf(IDENTITY), { executionProviders: [backend], ...QUIET })
  await first.release()
  const engine_ms = performance.now() - started
  return { ort, backend, threads: ort.env.wasm.numThreads, version: ort.env.versions.web, engine_ms }
}

/**
 * A session of one network. On WebGPU it is asked for without the CPU first; where that cannot be, with it.
 * @returns {Promise<{session: object, whole_graph: boolean, session_ms: number}>}
 *   whole_graph: every operator runs on this backend; session_ms: of the attempt that succeeded
 */
export async function openSession(ort, bytes, backend) {
  if (backend !== "webgpu") return timedSession(ort, bytes, backend, true)
  try {
    return await timedSession(ort, bytes, backend, true, { session: { disable_cpu_ep_fallback: "1" } })
  } catch {
    return timedSession(ort, bytes, backend, false)
  }
}

/**
 * The answers to some images, one row after the other, and how many numbers a row has.
 * @returns {Promise<{logits: Float32Array, classes: number}>}
 */
export async function answers(session, tensor) {
  const results = await session.run({ [session.inputNames[0]]: tensor })
  const output = results[session.outputNames[0]]
  return { logits: output.data, classes: output.dims.at(-1) }
}

async function timedSession(ort, bytes, backend, whole_graph, extra = {}) {
  const started = performance.now()
  const session = await ort.InferenceSession.create(bytes, { executionProviders: [backend], extra, ...QUIET })
  return { session, whole_graph, session_ms: performance.now() - started }
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), character => character.charCodeAt(0))
}
