// The benchmark's door: one application for each place in the page. It stays while Python's data change; a run that has
// begun ends with the plan it began with.

import { awake } from "./awake.js"
import { tellBeside } from "./beside.js"
import { benchmarkView } from "./benchmark_view.js"
import { doing, going, reasons, summed } from "./benchmark_words.js"
import { environment } from "./environment.js"
import { left } from "./format.js"
import { places } from "./places.js"
import { expand, part, secondsLeft, stampOf } from "./plan.js"
import { spoken } from "./rows_view.js"
import { run } from "./runner.js"
import { speak, t } from "./texts.js"
import { workerClock } from "./worker_clock.js"

const REDRAW_MS = 200
const BEAT_MS = 1000
const AGAIN_MS = 20_000
let dropped = "" // what came of a run that ended since its page was left

// News: {root, data, setTriggerValue}.
const applications = places(root => new Application(root))
export const leave = applications.leave

export function show(news) {
  speak(news.data.spoken)
  applications.show(news)
}

class Application {
  #away = false // its place in the page is gone
  #view
  #news
  #plan = { networks: [], backends: [], batches: [], precisions: [] }
  #stamp = null
  #page = null
  #clock_ms
  #clockless = null // why no Worker told its clock
  #items = []
  #run = null
  #counts = null // of the run that ended last, while its rows stand
  #untold = [] // runs with measurements that the server has not taken
  #telling = false
  #current = null
  #began = false
  #gone = false
  #owed = null // what Python is to hear once there is a place again
  #again = null
  #before = dropped
  #drawing = null

  constructor(root) {
    dropped = ""
    this.#view = benchmarkView(root, {
      onRun: () => this.#start(),
      onStop: () => this.#run?.stop(),
      onAgain: () => this.#tellAgain({ asked: true }),
    })
    this.#look()
  }

  get away() {
    return this.#away
  }

  set away(away) {
    this.#away = away
    this.#beside()
  }

  update(news) {
    this.#news = news
    this.#view.board.dress(news.data.networks)
    if (this.#page) this.#adopt()
    this.#tell()
    if (this.#owed) this.#hand(this.#owed)
  }

  leave() {
    clearTimeout(this.#again)
    this.#gone = true
    this.#run?.finished.then(counts => {
      dropped = t("The run before ended when this page was left: {sum}", { sum: summed(counts, "") })
      const told = t("This browser measured until Benchmark was left: {sum}", { sum: summed(counts, "") })
      tellBeside(told, { aloud: true })
    })
    this.#run?.stop()
  }

  async #look() {
    this.#page = await environment()
    this.#adopt()
    const clock = await workerClock()
    this.#clock_ms = clock.clock_ms
    this.#clockless = clock.why
    if (this.#gone) return
    this.#view.has(this.#page, this.#clock_ms, this.#plan)
    this.#troubles()
  }

  /** Take Python's newest plan; while a run goes on it waits. */
  #adopt() {
    if (this.#run || this.#gone) return
    const { data } = this.#news
    this.#plan = data
    if (stampOf(data) !== this.#stamp) this.#lay(stampOf(data))
    this.#controls()
    if (data.auto && !this.#began && this.#ready()) this.#start()
  }

  /** Rows of a new plan; what was measured of it before is kept. */
  #lay(stamp) {
    this.#stamp = stamp
    this.#counts = null
    const known = new Map(this.#items.filter(one => one.result).map(one => [one.key, one]))
    this.#items = expand(this.#plan, this.#page).map(one => known.get(one.key) ?? one)
    this.#view.has(this.#page, this.#clock_ms, this.#plan)
    this.#view.board.show(this.#items, this.#plan.networks)
    this.#view.progress(0, this.#nothing(), "")
    this.#troubles()
  }

  async #start() {
    if (this.#run || !this.#ready()) return
    this.#began = true
    this.#before = ""
    this.#counts = null
    this.#clockless = null
    const lock = awake()
    this.#run = run(this.#plan, { page: this.#page, onState: one => this.#changed(one) })
    this.#items = this.#run.items
    this.#view.board.show(this.#items, this.#plan.networks)
    this.#controls()
    this.#beside()
    const beat = setInterval(() => this.#redraw(), BEAT_MS)
    const counts = await this.#run.finished
    clearInterval(beat)
    lock.then(held => held?.release())
    if (!this.#gone) this.#ended(counts)
  }

  #ended(counts) {
    if (this.#run.items.some(one => one.body)) this.#untold.push(this.#run)
    this.#run = null
    this.#counts = counts
    this.#draw()
    this.#tell()
    const sum = summed(counts, this.#news.data.label)
    this.#view.say(sum)
    tellBeside(t("This browser measured: {sum}", { sum }), { aloud: this.#away })
    this.#controls()
    this.#hand(counts)
    this.#soon()
    this.#adopt()
  }

  /** Python draws the page anew, with what is stored now. */
  #hand(counts) {
    this.#owed = this.#away ? counts : null
    if (!this.#owed) this.#news.setTriggerValue("finished", counts)
  }

  /** A server that was busy takes what it refused without anybody asking. */
  #soon() {
    clearTimeout(this.#again)
    if (this.#untold.length && !this.#gone) this.#again = setTimeout(() => this.#tellAgain(), AGAIN_MS)
  }

  /** What came of the last run. The device gets its name with its first measurement, and may get another. */
  #tell() {
    if (this.#counts) this.#view.progress(1, summed(this.#counts, this.#news.data.label), "")
  }

  async #tellAgain({ asked = false } = {}) {
    if (this.#telling || this.#gone) return
    if (this.#run && !asked) return this.#soon()
    this.#telling = true
    this.#controls()
    for (const one of this.#untold) await one.sendAgain()
    this.#telling = false
    const before = this.#untold.length
    this.#untold = this.#untold.filter(one => one.items.some(item => item.body))
    this.#draw()
    this.#controls()
    const told = before - this.#untold.length
    if (this.#counts) {
      this.#counts.unsent = this.#items.filter(one => one.unsent).length
      this.#counts.disturbed = this.#items.filter(one => one.result?.disturbed).length
    }
    this.#tell()
    if (told) this.#view.say(t("The server has the measurements now."))
    else if (asked) this.#view.say(t("The server still does not answer."))
    if (told) this.#hand({ measured: told, failed: 0, stopped: 0, unsent: 0 })
    this.#soon()
  }

  #changed(one) {
    if (one.state === "measured" || one.state === "failed") {
      this.#view.say(spoken(one))
      this.#beside()
    }
    this.#current = one
    this.#redraw()
  }

  #beside() {
    if (this.#run && !this.#gone) tellBeside(going(this.#run.items, this.#away), { aloud: this.#away })
  }

  /** Rows are drawn a few times a second, however often something is heard. */
  #redraw() {
    this.#drawing ??= setTimeout(() => this.#draw(), REDRAW_MS)
  }

  #draw() {
    clearTimeout(this.#drawing)
    this.#drawing = null
    if (this.#gone) return
    this.#view.board.update(this.#items)
    this.#troubles()
    const waits = stampOf(this.#news.data) !== this.#stamp
    const told = doing(this.#items, this.#current, waits)
    if (this.#run) this.#view.progress(part(this.#items), told, left(secondsLeft(this.#items)))
  }

  #troubles() {
    this.#view.troubles([this.#clockless, ...reasons(this.#items)].filter(Boolean))
  }

  #controls() {
    const running = this.#run !== null
    const fresh = expand(this.#plan, this.#page)
    const seconds = this.#ready() ? secondsLeft(fresh, this.#items) : 0
    const unsent = this.#untold.length > 0
    this.#view.buttons({ seconds, ready: this.#ready(), running, unsent, telling: this.#telling })
  }

  #ready() {
    return expand(this.#plan, this.#page).some(one => one.state === "waiting")
  }

  #nothing() {
    if (!this.#items.length) return t("Choose a network, a backend, a batch size and a precision.")
    if (this.#ready()) return this.#before
    return t("This page can run nothing of what is chosen; the reasons stand above.")
  }
}
