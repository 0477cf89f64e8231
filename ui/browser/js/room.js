// Classes from the room: recorded by camera or microphone, kept in this tab until the lab takes them as data.

import { element } from "./elements.js"
import * as camera from "./room_camera.js"
import * as microphone from "./room_microphone.js"
import { roomView } from "./room_view.js"
import { full, toDo } from "./room_words.js"
import { sent } from "./sending.js"
import { Shots } from "./shots.js"
import { speak, t, together } from "./texts.js"
import { zipped } from "./zip.js"

const SOURCES = { images: camera, sounds: microphone }
// By kind: what was recorded stays while another page is looked at.
const recorded = new Map()
const rooms = new WeakMap()

export function show({ root, ...news }) {
  speak(news.data.spoken)
  if (!rooms.has(root)) rooms.set(root, new Room(root))
  rooms.get(root).update(news)
}

export function leave(root) {
  rooms.get(root)?.leave()
  rooms.delete(root)
}

class Room {
  #root
  #news = null
  #kind = ""
  #view
  #recorder = null
  #held = null // the class whose button is held
  #sending = false
  #said = ""

  constructor(root) {
    this.#root = root
  }

  update(news) {
    this.#news = news
    const { kind, most, least, titles } = news.data
    this.#root.lang = news.data.spoken.language
    if (!recorded.has(kind)) recorded.set(kind, { shots: new Shots(most, least), title: "", sent: null })
    if (kind !== this.#kind) this.#begin(kind)
    const mine = recorded.get(kind)
    if (mine.sent !== null && titles.includes(mine.sent)) this.#clear(mine)
    this.#draw()
  }

  leave() {
    this.#recorder?.close()
    this.#kind = ""
  }

  get #mine() {
    return recorded.get(this.#kind)
  }

  #begin(kind) {
    this.#recorder?.close()
    this.#kind = kind
    this.#recorder = null
    const why = SOURCES[kind].lacking(window)
    if (why) {
      this.#root.replaceChildren(element("p", { class: "message" }, together(why, t(this.#news.data.instead))))
      return
    }
    const recorder = SOURCES[kind].recorder({ say: said => this.#say(said), changed: () => this.#draw() })
    this.#view = roomView(this.#root, kind, recorder, {
      onHold: one => this.#press(one),
      onName: (one, name) => this.#change(() => (one.name = name)),
      onUndo: one => this.#change(shots => shots.undo(one)),
      onRemove: one => this.#change(shots => shots.remove(one)),
      onAdd: () => this.#add(),
      onRestore: () => this.#change(shots => shots.restore()),
      onTitle: title => this.#change(() => (this.#mine.title = title.trim())),
      onKeep: () => this.#keep(),
    })
    this.#recorder = recorder
    this.#view.entitle(this.#mine.title)
  }

  #clear(mine) {
    mine.shots.clear()
    Object.assign(mine, { title: "", sent: null })
    this.#view?.entitle("")
  }

  #say(said) {
    this.#said = said
    this.#draw()
  }

  #change(act) {
    this.#said = ""
    act(this.#mine.shots)
    this.#draw()
  }

  #add() {
    this.#change(shots => shots.add())
    this.#view.focus(this.#mine.shots.classes.at(-1))
  }

  /** @returns {() => void} what ends the press */
  #press(one) {
    if (this.#held) return () => {}
    const { shots } = this.#mine
    this.#said = ""
    this.#held = one
    shots.begin(one)
    const put = shot => {
      const fits = shots.put(one, shot)
      if (!fits) this.#said = full(this.#kind, shots.most)
      this.#draw()
      return fits
    }
    const end = this.#recorder.begin(put, () => {
      shots.end(one)
      this.#held = null
      this.#draw()
    })
    this.#draw()
    return end
  }

  async #keep() {
    const mine = this.#mine
    const { address, settings } = this.#news.data
    const asked = new URLSearchParams({ ...settings, title: mine.title, kind: this.#kind })
    this.#sending = true
    this.#say("")
    try {
      await sent(zipped(mine.shots.files(this.#recorder.ending)), `${new URL(address, document.baseURI)}?${asked}`)
      mine.sent = mine.title
      this.#news.setTriggerValue("kept", mine.title)
    } catch (error) {
      this.#said = error.message
    }
    this.#sending = false
    this.#draw()
  }

  #draw() {
    if (!this.#recorder) return
    const { shots, title } = this.#mine
    this.#view.update({
      shots,
      ready: this.#recorder.isReady,
      held: this.#held,
      sending: this.#sending,
      said: this.#said,
      doing: toDo(this.#kind, shots.lacking, title, shots.least),
    })
  }
}
