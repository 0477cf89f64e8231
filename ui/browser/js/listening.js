// The Playground of sound: what is spoken or uploaded becomes features, and these go to the networks.

import { Answerers } from "./answerers.js"
import { Ended } from "./asking.js"
import { element } from "./elements.js"
import { listeningView } from "./listening_view.js"
import { noMicrophone, oneMicrophone } from "./microphone.js"
import { loud, resampled } from "./recording.js"
import { uploaded } from "./recording_upload.js"
import { N_, t } from "./texts.js"
import { turns } from "./turns.js"

const UNPREPARED = N_("The sound could not be prepared for the networks ({why}). Record it once more.")

export class Listening {
  microphone = oneMicrophone()
  recordings = turns()
  sound = null // the last one: its samples, and what is kept of them
  listened = null // the sound whose features are there, or on their way
  features = null

  constructor(root, data) {
    this.live = element("p", { class: "hidden", "aria-live": "polite" })
    this.root = root
    this.view = listeningView({
      record: () => this.record(),
      stop: () => this.microphone.stop(),
      file: file => this.upload(file),
      lacking: noMicrophone(globalThis),
    })
    this.answerers = new Answerers({
      live: this.live,
      opened: () => {
        this.listen()
        this.ask()
      },
      answered: () => this.show(),
      waiting: t("The answers appear here when you have spoken."),
    })
    const told = element("div", { class: "told" }, this.answerers.view.box)
    root.replaceChildren(element("div", { class: "board" }, this.view.box, told, this.view.seen), this.live)
    this.data = data
  }

  update({ data }) {
    if (data.task.name !== this.data.task.name) this.forget()
    this.data = data
    this.root.style.colorScheme = data.dark ? "dark" : "light"
    this.answerers.update(data)
    this.draw()
    this.listen()
    this.ask()
    this.show()
  }

  async record() {
    const newest = this.recordings.begin()
    this.view.tell("")
    await this.heard(newest, async () => {
      this.view.recording("asked")
      try {
        return await this.microphone.record({
          begun: () => this.view.recording("on"),
          heard: seconds => this.view.progress(seconds),
        })
      } finally {
        this.view.recording("off")
      }
    })
  }

  async upload(file) {
    this.microphone.forget()
    const newest = this.recordings.begin()
    this.view.tell("")
    await this.heard(newest, () => uploaded(file, this.data.addresses.recordings))
  }

  /** From samples at any rate to answers; a newer recording goes before. */
  async heard(newest, given) {
    try {
      const found = await given()
      const ended = performance.now()
      if (!found || !newest()) return
      const samples = resampled(found.samples, found.rate)
      this.sound = { samples, kept: loud(samples), ended }
    } catch (error) {
      if (newest()) this.view.tell(error.message)
      return
    }
    await this.listen()
  }

  /** The features of the last sound, and its answers; once more after the Worker ended. */
  async listen() {
    const { sound, answerers } = this
    if (!sound || this.listened === sound || !answerers.lane) return
    this.listened = sound
    try {
      const address = new URL(this.data.addresses.features, document.baseURI).href
      const features = await answerers.features(address, sound.samples.slice(sound.kept.from, sound.kept.to))
      if (this.sound !== sound) return
      this.features = { ...features, sound }
      this.draw()
      if (sound.ended) answerers.lags.began(sound.ended)
      this.ask()
    } catch (error) {
      if (this.sound !== sound) return
      if (error instanceof Ended) this.listened = sound.ended = null
      else this.view.tell(t(UNPREPARED, { why: error.message }))
    }
  }

  draw() {
    if (this.features) this.view.show({ ...this.features.sound, features: this.features[this.data.task.features] })
  }

  ask() {
    if (this.features) this.answerers.ask(this.features[this.data.task.features])
  }

  show() {
    if (!this.features) this.answerers.hush()
    this.answerers.show({ touched: false })
  }

  forget() {
    this.recordings.forget()
    this.microphone.forget()
  }

  leave() {
    this.forget()
    this.answerers.close()
  }
}
