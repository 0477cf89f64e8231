// Classes from the room: what was recorded of each, press by press, and the files that an import takes.

/** @typedef {{bytes: Uint8Array, src?: string}} Shot a picture or a recording; ``src`` shows it */
/** @typedef {{name: string, takes: Shot[][]}} Class */

// Of each class, as an import draws it.
const HELD_OUT = 0.15

export class Shots {
  /** @type {Class[]} */
  classes = []
  removed = null

  /**
   * @param {object} most
   * @param {number} most.classes
   * @param {number} most.each shots of a class
   * @param {number} most.bytes of all shots
   * @param {number} least shots of a class
   */
  constructor(most, least) {
    this.most = most
    this.least = least
    this.clear()
  }

  clear() {
    this.classes = []
    this.removed = null
    this.add()
    this.add()
  }

  get isFull() {
    return this.classes.length >= this.most.classes
  }

  get bytes() {
    return this.all.reduce((sum, shot) => sum + shot.bytes.length, 0)
  }

  get all() {
    return this.classes.flatMap(shotsOf)
  }

  add() {
    if (!this.isFull) this.classes.push({ name: "", takes: [] })
  }

  /** A press begins: what is put after it belongs together. */
  begin(one) {
    one.takes.push([])
  }

  /** Whether there was room for it. */
  put(one, shot) {
    const whole = shotsOf(one).length >= this.most.each || this.bytes + shot.bytes.length > this.most.bytes
    if (!whole && this.classes.includes(one)) one.takes.at(-1).push(shot)
    return !whole
  }

  /** A press that brought nothing is none. */
  end(one) {
    if (one.takes.at(-1)?.length === 0) one.takes.pop()
  }

  /** Without the last press. */
  undo(one) {
    one.takes.pop()
  }

  /** Without a class, which ``restore`` brings back; a last one stays, empty. */
  remove(one) {
    const place = this.classes.indexOf(one)
    this.removed = { one, place }
    this.classes.splice(place, 1)
    if (this.classes.length === 0) this.add()
  }

  restore() {
    const { one, place } = this.removed
    this.classes.splice(place, 0, one)
    this.removed = null
  }

  /** What lacks for data: "names", "twice", "classes" or "shots"; null where nothing does. Empty classes are passed. */
  get lacking() {
    const begun = this.classes.filter(one => one.takes.length > 0)
    if (begun.length < 2) return "classes"
    const names = begun.map(one => folderOf(one.name))
    if (names.includes("")) return "names"
    if (new Set(names).size < names.length) return "twice"
    return begun.every(one => shotsOf(one).length >= this.least) ? null : "shots"
  }

  /**
   * Shots of one press are alike, so parts are cut in the order of time: the first of a class train, the last are the
   * test. An import keeps the folders of parts.
   */
  files(ending) {
    return this.classes.flatMap(one => {
      const shots = shotsOf(one)
      const held = Math.max(1, Math.round(HELD_OUT * shots.length))
      const partOf = at => (at < shots.length - 2 * held ? "train" : at < shots.length - held ? "valid" : "test")
      const nameOf = at => `${partOf(at)}/${folderOf(one.name)}/${String(at).padStart(4, "0")}.${ending}`
      return shots.map((shot, at) => ({ name: nameOf(at), bytes: shot.bytes }))
    })
  }
}

export function shotsOf(one) {
  return one.takes.flat()
}

/** A name as one folder: no part of it leads to another, none is hidden. */
function folderOf(name) {
  return name.normalize("NFC").trim().replace(/[/\\]/g, "／").replace(/^\.+/, dots => "．".repeat(dots.length))
}
