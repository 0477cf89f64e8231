// Between the page and the Worker: one message at a time. Of images only the newest waits; a question goes before what
// has still to be opened, so that the networks that are there answer while others load.

import { decimal, N_, t } from "./texts.js"

// A Worker that the browser ended tells nobody, so silence is taken for its end. An answer takes milliseconds; the
// engine, 4 MB, may take long to reach a phone in a crowded room.
const PATIENCE_MS = { start: 180_000, open: 60_000, close: 20_000, ask: 20_000, features: 60_000 }
/** The Worker is gone; what happened to it is told where the networks are. */
export class Ended extends Error {}

const NO_ANSWER = N_("it gave no answer within {seconds} s")
const SILENCES = {
  start: N_("the engine did not start within {seconds} s"),
  open: N_("a network did not open within {seconds} s"),
}

/** What a Worker could not fetch, where the server said no more. */
function unexplained({ status }) {
  return status && t("the server answered {status}", { status })
}

/**
 * @param {object} options
 * @param {() => Worker} options.makeWorker
 * @param {(answers: object[], stamp: object) => void} options.onAnswers ``stamp`` is what ``ask`` was given
 * @param {(step: {kind: string, runId?: string, error?: string, gone?: boolean}) => void} options.onStep
 *   the engine started, a network was opened, or could not be
 * @param {(message: string) => void} options.onEnd the Worker is gone
 */
export function asking({ makeWorker, onAnswers, onStep, onEnd }) {
  const worker = made()
  const steps = []
  const questions = []
  let newest = null
  let flying = null
  let last = 0
  let timer = null
  let ended = false
  let started = false

  worker.onmessage = ({ data }) => {
    if (ended || data.id !== flying?.id) return
    const job = flying
    settle()
    job.done({ ...data, error: data.error ?? unexplained(data) })
    next()
  }
  worker.onerror = event => {
    event.preventDefault?.()
    end(event.message || t("it could not be loaded"))
  }
  worker.onmessageerror = () => end(t("its answer could not be read"))

  /** One that cannot be made is told as one that ended, once the caller has its lane. */
  function made() {
    try {
      return makeWorker()
    } catch (error) {
      queueMicrotask(() => end(error.message))
      return { postMessage() {}, terminate() {} }
    }
  }

  function next() {
    if (flying || ended) return
    const job = newest ?? questions.shift() ?? steps.shift()
    if (!job) return
    if (job === newest) newest = null
    flying = { ...job, id: ++last }
    const patience = PATIENCE_MS[job.message.kind]
    const seconds = decimal(patience / 1000)
    const silent = () => end(t(SILENCES[job.message.kind] ?? NO_ANSWER, { seconds }))
    timer = setTimeout(silent, patience)
    worker.postMessage({ id: last, ...job.message })
  }

  function settle() {
    clearTimeout(timer)
    flying = null
  }

  function end(message) {
    if (ended) return
    close(message)
    onEnd(message)
  }

  /** Whoever waits for a question waits no longer. */
  function close(message) {
    const waiting = [flying, ...questions, ...steps].filter(job => job?.failed)
    ended = true
    settle()
    worker.terminate()
    for (const job of waiting) job.failed(new Ended(message))
  }

  function step(message) {
    steps.push({
      message,
      done({ error, gone }) {
        started ||= message.kind === "start"
        onStep({ kind: message.kind, runId: message.runId, error, gone })
      },
    })
    next()
  }

  /** Never forgotten. Rejects with Ended where the Worker ends before. */
  function question(message, queue = questions) {
    return new Promise((resolve, reject) => {
      queue.push({
        message,
        done: ({ result, error }) => (error ? reject(new Error(error)) : resolve(result)),
        failed: reject,
      })
      next()
    })
  }

  return {
    start: message => step({ kind: "start", ...message }),
    open: message => step({ kind: "open", ...message }),
    close: runId => step({ kind: "close", runId }),
    /** One image; forgotten where a newer one comes before its turn. */
    ask(input, shape, stamp) {
      newest = {
        message: { kind: "ask", input, shape, count: 1 },
        done: ({ result, error }) => (error ? end(error) : onAnswers(result, stamp)),
      }
      next()
    },
    /** The answers to a batch of examples. */
    scan: (input, shape, count) => question({ kind: "ask", input, shape, count }),
    /** Samples as the graph of features at this address makes them, once the engine is there. */
    features: (address, samples) => question({ kind: "features", address, samples }, started ? questions : steps),
    /** It is of no use: end it, and tell so. */
    fail: end,
    /** End it and tell nobody but those who wait for a question. */
    end: () => close(t("it was closed")),
  }
}
