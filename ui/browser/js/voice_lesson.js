// Two words of each digit, recorded one after the other or brought as files, on their way to the lab.

import { noMicrophone } from "./microphone.js"
import { N_, t, together } from "./texts.js"
import { packed, Words } from "./voice.js"
import { voiceView } from "./voice_view.js"

const NAMELESS = N_("Its name tells no digit. Name it by digit and take, as 3_2.wav.")

const PATIENCE_MS = 10_000

export class Lesson {
  words = null
  last = -1 // the place of the word that came last
  sent = false

  /**
   * @param {object} does
   * @param {(view: object, took: (word: object) => void) => Promise<string | null>} does.record
   * @param {() => void} does.stop
   * @param {(file: File, took: (word: object) => void) => Promise<string | null>} does.upload
   *   both answer why there is no word, or null
   * @param {(voice: object) => void} does.send
   */
  constructor({ record, stop, upload, send }) {
    this.does = { record, upload, send }
    this.view = voiceView({
      record: () => this.record(),
      stop,
      skip: () => this.shown(() => this.words.skip()),
      redo: () => this.shown(() => this.words.redo(this.last)),
      choose: place => this.shown(() => this.words.choose(place)),
      files: files => this.upload(files),
      adapt: () => this.send(),
      lacking: noMicrophone(globalThis),
    })
  }

  /** What Python says of it; null: networks of this task learn no voice here. */
  update(told) {
    this.view.box.hidden = !told
    this.sent = false
    this.told = told
    if (!told) return
    this.words ??= new Words(told.names, told.takes)
    this.show()
  }

  shown(change) {
    change()
    this.view.tell("")
    this.show()
  }

  show() {
    const busy = this.sent || this.told.busy
    this.view.show({ words: this.words, last: this.last, least: this.told.least, busy })
  }

  put(place, word) {
    this.words.put(place, word)
    this.last = place
    this.show()
  }

  async record() {
    const place = this.words.at
    this.view.tell((await this.does.record(this.view, word => this.put(place, word))) ?? "")
    this.show()
  }

  async upload(files) {
    const problems = []
    this.view.tell("")
    for (const file of files) {
      const place = this.words.placeOf(file.name)
      const why = place < 0 ? t(NAMELESS) : await this.does.upload(file, word => this.put(place, word))
      if (why) problems.push(t("{file}: {why}", { file: file.name, why }))
    }
    this.view.tell(together(...problems))
  }

  send() {
    this.sent = true
    this.show()
    // What the lab refuses changes nothing here, and is told above.
    setTimeout(() => this.update(this.told), PATIENCE_MS)
    this.does.send({ words: this.words.there.map(packed) })
  }
}
