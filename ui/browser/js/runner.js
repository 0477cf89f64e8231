// A run of the benchmark: items one after the other, a fresh Worker for each backend and number of threads. It lives on
// the page's main thread and only waits there; what one item meets does not touch the others.

import { crews, ENDED, expand } from "./plan.js"
import { references } from "./references.js"
import { newUid, report, send } from "./report.js"
import { harmless, plainly, Trouble } from "./trouble.js"
import { watched } from "./watched.js"

/**
 * @param {object} plan addresses, networks, backends, batches, precisions
 * @param {object} options
 * @param {object} options.page what environment() found
 * @param {(item: object) => void} options.onState an item has changed
 * @returns {Run} its ``finished`` never rejects: {measured, failed, stopped, unsent, disturbed}, numbers of items
 */
export function run(plan, options) {
  return new Run(plan, options)
}

class Run {
  #plan
  #page
  #onState
  #ports
  #stop = new AbortController()
  #reference
  #round = newUid()
  #worker = null

  constructor(plan, { page, onState = () => {}, ...ports }) {
    this.#plan = plan
    this.#page = page
    this.#onState = onState
    this.#ports = { ...browserPorts(), ...ports }
    this.#reference = references(this.#ports.fetch, this.#stop.signal)
    this.items = expand(plan, page)
    this.finished = this.#work()
  }

  /** Ends within one run of a network; what was measured stays. */
  stop() {
    this.#stop.abort()
    this.#end()
  }

  /**
   * Tell the server what it did not take; the number of items that are still untold.
   * @param {AbortSignal | null} stop of the run, while it goes on
   */
  async sendAgain(stop = null) {
    for (const one of this.items.filter(other => other.body)) {
      if (!one.body) continue // told meanwhile
      await this.#tell(one, stop)
      if (one.body) break // the server is not there: no need to ask once for each
    }
    return this.items.filter(other => other.body).length
  }

  async #work() {
    for (const crew of crews(this.items)) await this.#measureAll(crew)
    if (!this.#stop.signal.aborted) await this.sendAgain(this.#stop.signal)
    for (const one of this.items) if (!ENDED.includes(one.state)) this.#change(one, { state: "stopped" })
    return this.#counts()
  }

  async #measureAll(crew) {
    let opened = null
    for (const one of crew) {
      if (this.#stop.signal.aborted) break
      try {
        opened ??= await this.#open(one)
        const started = this.#ports.now()
        await this.#measure(one, opened)
        this.#change(one, { state: "measured", took_s: (this.#ports.now() - started) / 1000 })
      } catch (trouble) {
        if (this.#stop.signal.aborted) break
        // An engine that does not start for one network starts for none of this backend.
        const lost = opened ? [one] : crew.filter(other => !ENDED.includes(other.state))
        for (const other of lost) this.#fail(other, trouble)
        if (!opened) break
        if (harmless(trouble.kind)) continue
        this.#end()
        opened = null
      }
    }
    this.#end()
  }

  async #open(one) {
    this.#change(one, { state: "engine" })
    const { Worker, timers, workerAddress } = this.#ports
    this.#worker = watched(() => new Worker(workerAddress, { type: "module" }), timers)
    const { provider: backend, threads } = one
    const address = this.#address(this.#plan.addresses.engine)
    const opened = await this.#worker.ask({ task: "open", phase: "engine", address, backend, threads })
    if (opened.threads < threads) throw new Trouble("threads")
    return opened
  }

  async #measure(one, opened) {
    this.#change(one, { state: "loading" })
    const { models, reference } = this.#plan.addresses
    const { images, shape } = await this.#reference(this.#address(`${reference}${one.run_id}/${one.precision}`))
    const model = this.#address(`${models}${one.run_id}/${one.precision}.onnx`)
    const question = { task: "measure", phase: "loading", model, images, shape, batch: one.batch }
    const found = await this.#worker.ask(question, this.#listener(one))
    const body = report(one, found, opened, this.#page, this.#round)
    this.#change(one, { state: "checking", body, result: shown(found, opened) })
    await this.#tell(one, this.#stop.signal)
  }

  #listener(one) {
    const { now } = this.#ports
    let started = now()
    return ({ phase, fraction = 0 }) => {
      if (phase !== one.state) started = now()
      this.#change(one, { state: phase, fraction, phase_s: (now() - started) / 1000 })
    }
  }

  /** What the server does not take stays with the item, to be told again. */
  async #tell(one, stop) {
    const { fetch, wait } = this.#ports
    const address = this.#address(this.#plan.addresses.measurements)
    const device = this.#plan.device
    const { answer, reason = null, again = false } = await send(one.body, { address, fetch, wait, device, stop })
    const result = { ...one.result, ...answer }
    this.#change(one, { result, unsent: reason, body: again ? one.body : null })
  }

  #fail(one, trouble) {
    this.#change(one, { state: "failed", reason: plainly(trouble, one.name) })
  }

  #change(one, changes) {
    Object.assign(one, changes)
    this.#onState(one)
  }

  #end() {
    this.#worker?.end()
    this.#worker = null
  }

  #address(name) {
    return new URL(name, this.#ports.base).href
  }

  #counts() {
    const count = wanted => this.items.filter(wanted).length
    return {
      measured: count(one => one.state === "measured"),
      failed: count(one => one.state === "failed"),
      stopped: count(one => one.state === "stopped"),
      unsent: count(one => one.unsent),
      disturbed: count(one => one.result?.disturbed),
    }
  }
}

/** What a row shows: percentiles of our own until the server's come, and no samples. */
function shown({ samples_ms, logits: _, ...found }, { threads, engine_ms, version }) {
  return { ...found, samples: samples_ms.length, threads, engine_ms, version }
}

function browserPorts() {
  return {
    base: globalThis.document?.baseURI,
    workerAddress: new URL("benchmark_worker.js", import.meta.url),
    fetch: (...request) => globalThis.fetch(...request),
    Worker: globalThis.Worker,
    wait: ms => new Promise(resolve => setTimeout(resolve, ms)),
    timers: {},
    now: () => performance.now(),
  }
}
