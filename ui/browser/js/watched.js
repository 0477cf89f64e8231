// A Worker that is asked one thing at a time. One that dies or falls silent ends the question with a Trouble.

import { Trouble } from "./trouble.js"

// Fetching and starting the engine may take long on a phone in a crowded room, a first run compiles shaders.
const PATIENCE_S = { engine: 180, loading: 60, session: 60, first: 60 }
const OTHERWISE_S = 20
const TICK_MS = 1000

/**
 * @param {() => Worker} start
 * @param {{every?: Function, never?: Function}} timers
 * @returns {{ask: (message: object, onNews?: Function) => Promise<object>, end: () => void}}
 *   throws a Trouble where no Worker can be started
 *   ask resolves with the Worker's {type: "done"}, rejects with a Trouble; onNews hears {type: "news"} in between
 */
export function watched(start, { every = setInterval, never = clearInterval } = {}) {
  const worker = started(start)
  let asked = null
  let quiet_s = 0

  worker.onmessage = ({ data }) => {
    quiet_s = 0
    if (!asked) return
    if (data.type === "news") {
      asked.phase = data.phase
      asked.onNews(data)
    } else settle(data.type === "done" ? null : new Trouble(data.kind, data.message, { status: data.status }), data)
  }
  worker.onerror = event => {
    event.preventDefault?.()
    settle(event.message ? new Trouble("dead", event.message) : new Trouble("unloaded"))
  }
  worker.onmessageerror = () => settle(new Trouble("unreadable"))

  // Ticks are counted rather than time: a phone that sleeps stops both sides, and nobody was silent.
  function tick() {
    quiet_s += TICK_MS / 1000
    const limit = PATIENCE_S[asked?.phase] ?? OTHERWISE_S
    if (quiet_s >= limit) settle(new Trouble("silent", "", { seconds: limit }))
  }

  function settle(trouble, data) {
    if (!asked) return
    const { resolve, reject, timer } = asked
    asked = null
    never(timer)
    if (trouble) reject(trouble)
    else resolve(data)
  }

  return {
    ask(message, onNews = () => {}) {
      return new Promise((resolve, reject) => {
        quiet_s = 0
        asked = { resolve, reject, onNews, phase: message.phase, timer: every(tick, TICK_MS) }
        worker.postMessage(message)
      })
    },
    end() {
      worker.terminate()
      settle(new Trouble("stopped"))
    },
  }
}

function started(start) {
  try {
    return start()
  } catch (error) {
    throw new Trouble("barred", error.message)
  }
}
