// The words that a voice is learnt from: some takes of each. Which are there, and which is asked for next.

/** @typedef {{digit: number, take: number, word: object | null}} Slot */

export class Words {
  at = 0 // the slot that is asked for; -1 where all are there

  /**
   * @param {string[]} names of the digits
   * @param {number} takes of each
   */
  constructor(names, takes) {
    this.names = names
    /** @type {Slot[]} all digits once, then once more */
    this.slots = Array.from({ length: takes * names.length }, (_, place) => ({
      digit: place % names.length,
      take: Math.floor(place / names.length),
      word: null,
    }))
  }

  get there() {
    return this.slots.filter(one => one.word)
  }

  get asked() {
    return this.slots[this.at] ?? null
  }

  /** Ask for this one, there or not. */
  choose(place) {
    this.at = place
  }

  /** Keep a word where one was asked for, in the place of one before; then ask for the next that lacks. */
  put(place, word) {
    this.slots[place].word = word
    if (place === this.at) this.skip()
  }

  /** Ask for the next that lacks, behind the last one from the first. */
  skip() {
    const places = this.slots.map((_, step) => (this.at + 1 + step) % this.slots.length)
    this.at = places.find(place => !this.slots[place].word) ?? -1
  }

  /** Ask once more for the one that was kept last. */
  redo(place) {
    if (this.slots[place]?.word) this.at = place
  }

  /** The place that a file is named after: 3_2.wav or three-2.mp3 is the second three; the first that lacks where no
   * take is named. -1 where the name tells no digit. */
  placeOf(name) {
    const [, said, number] = /^([a-z]+|\d)(?![a-z\d])(?:[ _.-]+\(?(\d+)\)?)?/i.exec(name) ?? []
    const digit = /^\d$/.test(said ?? "") ? Number(said) : this.names.indexOf(said?.toLowerCase())
    const own = [...this.slots.keys()].filter(place => this.slots[place].digit === digit)
    if (number === undefined) return own.find(place => !this.slots[place].word) ?? own[0] ?? -1
    // Takes are counted from 1, by some from 0.
    return own[Math.max(0, Number(number) - 1)] ?? -1
  }
}

/** What the lab gets of a word: its digit, its frames, and its features in base64. */
export function packed({ digit, word }) {
  const bytes = new Uint8Array(word.features.buffer, word.features.byteOffset, word.features.byteLength)
  return { digit, frames: word.frames, values: btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join("")) }
}
