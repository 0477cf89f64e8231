// The networks behind their Worker, and what they say beside each other.

import { answersView } from "./answers_view.js"
import { asking, Ended } from "./asking.js"
import { write } from "./elements.js"
import { lags } from "./lags.js"
import * as known from "./networks.js"
import { agreement, argmax, median } from "./probabilities.js"
import { statusView } from "./status_view.js"
import { t } from "./texts.js"

const SAID_AFTER_MS = 1000
// One: for networks this small a second thread costs more than it brings, and the page keeps it for the pen.
const THREADS = 1

export class Answerers {
  networks = []
  lags = lags(performance)
  ready = false
  lane = null

  /**
   * @param {object} told
   * @param {() => void} told.opened others can answer now, or no longer
   * @param {() => void} told.answered
   * @param {HTMLElement} told.live what a screen reader hears
   * @param {string} [told.waiting] what to do for answers, where nothing is drawn
   * @param {(time: string) => string} [told.since] from when to when it took so many ms
   * @param {{box: HTMLElement, show: (shown: object) => void, aloud: () => string}} [told.view] instead of a table of
   *   probabilities
   */
  constructor(told) {
    this.told = told
    this.status = statusView({ again: () => this.restart() })
    this.view = told.view ?? answersView(told.waiting, told.since)
    this.view.box.prepend(this.status.box)
  }

  /** What Python says. Returns whether other networks than before were chosen. */
  update(data) {
    const task = data.task.name !== this.data?.task.name
    this.data = data
    if (task) this.close()
    const { networks, added, removed } = known.chosen(this.networks, data.networks)
    this.networks = networks
    if (!this.lane) this.start()
    else {
      for (const runId of removed) this.lane.close(runId)
      for (const network of known.inTurn(added)) this.open(network)
      this.progress()
    }
    return added.length + removed.length > 0
  }

  get shape() {
    const { size_px: size, channels, shape } = this.data.task
    return shape ?? [channels, size, size]
  }

  start() {
    this.ready = false
    this.networks = known.closed(this.networks)
    this.lane = asking({
      makeWorker: () => new Worker(new URL("answers_worker.js", import.meta.url), { type: "module" }),
      onStep: step => this.stepped(step),
      onAnswers: (answers, question) => this.answered(answers, question),
      onEnd: message => this.ended(message),
    })
    const engine = new URL(this.data.addresses.engine, document.baseURI).href
    this.lane.start({ engine, threads: THREADS })
    for (const network of known.inTurn(this.networks).filter(one => one.status === "waiting")) this.open(network)
    this.progress()
  }

  open({ run_id: runId, file }) {
    const address = new URL(`${this.data.addresses.models}${file}`, document.baseURI).href
    this.lane.open({ runId, address, shape: this.shape, dtype: this.data.task.dtype })
  }

  stepped({ kind, ...step }) {
    if (kind === "start" && step.error) return this.lane.fail(t("the engine did not start: {why}", { why: step.error }))
    if (kind === "start") this.ready = true
    if (kind === "open") this.networks = known.opened(this.networks, step)
    this.progress()
    return this.told.opened()
  }

  progress() {
    this.status.loading(known.loading(this.networks, this.ready), known.missing(this.networks))
  }

  /** Every network that can be opened is open. */
  get complete() {
    return this.lane !== null && known.loading(this.networks, this.ready) === null
  }

  ended(message) {
    this.status.ended(message)
    this.lane = null
    this.told.opened()
  }

  restart() {
    this.close()
    this.start()
    this.told.opened()
  }

  close() {
    this.lane?.end()
    this.lane = null
    clearTimeout(this.saying)
  }

  /** @param {Float32Array | BigInt64Array} tensor one example */
  ask(tensor) {
    this.lane?.ask(tensor, this.shape, this.lags.asked())
  }

  /** The answers of every open network to a batch. */
  scan(input, count) {
    return this.lane ? this.lane.scan(input, this.shape, count) : Promise.reject(new Ended(t("there is none")))
  }

  /** The features of samples, by the graph at this address. */
  features(address, samples) {
    return this.lane ? this.lane.features(address, samples) : Promise.reject(new Ended(t("there is none")))
  }

  /** There is no image. */
  hush() {
    this.lags.forget()
    this.networks = known.silent(this.networks)
  }

  answered(answers, question) {
    this.networks = known.answered(this.networks, answers)
    this.progress()
    this.told.answered()
    // After the next frame and its painting: that is when an eye can see it.
    requestAnimationFrame(() => setTimeout(() => this.lags.answered(question, performance.now())))
  }

  /**
   * @param {{kind: string, sample?: object, touched: boolean}} origin of the image that was answered
   * @param {object} [more] what the view shows besides
   */
  show({ sample = null, touched }, more = {}) {
    const last = this.lags.last()
    this.view.show({
      networks: this.networks,
      classes: this.data.classes,
      T: this.data.temperature,
      label: sample && sample.label,
      touched,
      lag: last.length ? median(last) : null,
      title: this.data.title,
      note: this.data.note,
      ...more,
    })
    clearTimeout(this.saying)
    this.saying = setTimeout(() => write(this.told.live, this.aloud()), SAID_AFTER_MS)
  }

  aloud() {
    if (this.told.view) return this.told.view.aloud()
    const given = this.networks.filter(one => one.logits).map(one => ({ ...one, answer: argmax(one.logits) }))
    return given.every(one => one.answer >= 0) ? agreement(given, this.data.classes) : ""
  }
}
