// The Playground, of the kind that a task's examples are. One for each place in the page; it stays while Python's data
// change.

import { Filling } from "./filling.js"
import { Listening } from "./listening.js"
import { Looking } from "./looking.js"
import { Questioning } from "./questioning.js"
import { Reading } from "./reading.js"
import { Segmenting } from "./segmenting.js"
import { speak } from "./texts.js"

const KINDS = { sound: Listening, text: Reading, question: Questioning, scene: Segmenting, row: Filling }
const playgrounds = new WeakMap()

export function show({ root, ...news }) {
  speak(news.data.spoken)
  root.lang = news.data.spoken.language
  const Kind = KINDS[news.data.task.kind] ?? Looking
  if (playgrounds.get(root)?.constructor !== Kind) {
    playgrounds.get(root)?.leave()
    playgrounds.set(root, new Kind(root, news.data))
  }
  playgrounds.get(root).update(news)
}

export function leave(root) {
  playgrounds.get(root)?.leave()
  playgrounds.delete(root)
}
