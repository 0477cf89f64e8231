// The Playground of sound: what is spoken or uploaded becomes features, and these go to the networks: those of the
// chosen task, and beside them those that answer another question about the same recording.

import { Answerers } from "./answerers.js"
import { Ended } from "./asking.js"
import { element } from "./elements.js"
import { listeningView } from "./listening_view.js"
import { noMicrophone, oneMicrophone } from "./microphone.js"
import { framesOf, loud, resampled } from "./recording.js"
import { uploaded } from "./recording_upload.js"
import { N_, t } from "./texts.js"
import { turns } from "./turns.js"
import { Lesson } from "./voice_lesson.js"

const UNPREPARED = N_("The sound could not be prepared for the networks ({why}). Record it once more.")

export class Listening {
  microphone = oneMicrophone()
  recordings = turns()
  sound = null // the last one: its samples, what is kept of them, and who waits for its features
  listened = null // the sound whose features are there, or on their way
  features = null
  beside = null

  constructor(root, data) {
    this.root = root
    this.view = listeningView({
      record: () => this.record(this.view),
      stop: () => this.microphone.stop(),
      file: file => this.upload(file),
      lacking: noMicrophone(globalThis),
    })
    this.lesson = new Lesson({
      record: (view, took) => this.record(view, took),
      stop: () => this.microphone.stop(),
      upload: (file, took) => this.upload(file, took),
      send: voice => this.tell.setTriggerValue("voice", voice),
    })
    this.told = element("div", { class: "told" })
    this.answerers = this.answering(() => {
      this.listen()
      this.ask()
    })
    const parts = [this.view.box, this.told, this.view.seen, this.lesson.view.box]
    this.board = element("div", { class: "board" }, ...parts)
    root.replaceChildren(this.board)
    this.data = data
  }

  answering(opened) {
    const live = element("p", { class: "hidden", "aria-live": "polite" })
    const made = new Answerers({
      live,
      opened,
      answered: () => this.show(),
      waiting: t("The answers appear here when you have spoken."),
      since: time => t("From the end of the recording to the answers: {time} ms.", { time }),
    })
    this.told.append(made.view.box, live)
    return made
  }

  update({ data, ...tell }) {
    if (data.task.name !== this.data.task.name) this.forget()
    this.tell = tell
    this.data = data
    this.root.style.colorScheme = data.dark ? "dark" : "light"
    this.answerers.update(data)
    if (data.beside) {
      this.beside ??= this.answering(() => this.ask())
      this.beside.update({ ...data, ...data.beside })
    }
    if (this.beside) this.beside.view.box.hidden = !data.beside
    this.board.classList.toggle("two", Boolean(data.beside))
    this.lesson.update(data.voice ?? null)
    this.draw()
    this.listen()
    this.ask()
    this.show()
  }

  /** Those that are asked, each with its task. */
  get questions() {
    const other = this.data.beside && this.beside
    return [[this.answerers, this.data.task], ...(other ? [[other, this.data.beside.task]] : [])]
  }

  /** @returns {Promise<string | null>} why nothing was heard */
  async record(view, took) {
    const newest = this.recordings.begin()
    view.tell("")
    return this.heard(newest, view, took, async () => {
      view.recording("asked")
      try {
        return await this.microphone.record({
          begun: () => view.recording("on"),
          heard: seconds => view.progress(seconds),
          rest: took ? REST_SECONDS : Infinity,
        })
      } finally {
        view.recording("off")
      }
    })
  }

  async upload(file, took) {
    this.microphone.forget()
    const newest = this.recordings.begin()
    this.view.tell("")
    return this.heard(newest, took ? null : this.view, took, () => uploaded(file, this.data.addresses.recordings))
  }

  /** From samples at any rate to answers; a newer recording goes before. Answers why there are none, or null. */
  async heard(newest, view, took, given) {
    try {
      const found = await given()
      const ended = performance.now()
      if (!found || !newest()) return null
      const samples = resampled(found.samples, found.rate)
      this.sound = { samples, kept: loud(samples), ended, took }
    } catch (error) {
      if (!newest()) return null
      view?.tell(error.message)
      return error.message
    }
    return this.listen()
  }

  /** The features of the last sound, and its answers; once more after the Worker ended. */
  async listen() {
    const { sound, answerers } = this
    if (!sound || this.listened === sound || !answerers.lane) return null
    this.listened = sound
    try {
      const address = new URL(this.data.addresses.features, document.baseURI).href
      const kept = sound.samples.slice(sound.kept.from, sound.kept.to)
      const features = await answerers.features(address, kept)
      if (this.sound !== sound) return null
      this.features = { ...features, sound }
      this.draw()
      if (sound.ended) for (const [one] of this.questions) one.lags.began(sound.ended)
      this.ask()
      sound.took?.({ features: features.without_mean, frames: framesOf(kept) })
    } catch (error) {
      if (this.sound !== sound) return null
      if (error instanceof Ended) this.listened = sound.ended = null
      else this.view.tell(t(UNPREPARED, { why: error.message }))
    }
    return null
  }

  draw() {
    if (this.features) this.view.show({ ...this.features.sound, features: this.features[this.data.task.features] })
  }

  ask() {
    if (this.features) for (const [one, task] of this.questions) one.ask(this.features[task.features])
  }

  show() {
    for (const [one] of this.questions) {
      if (!this.features) one.hush()
      one.show({ touched: false })
    }
  }

  forget() {
    this.recordings.forget()
    this.microphone.forget()
  }

  leave() {
    this.forget()
    this.answerers.close()
    this.beside?.close()
  }
}

// A word of the lesson ends with so much quiet.
const REST_SECONDS = 0.6
