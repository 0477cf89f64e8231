// From the stroke to the answer: until the first answers to an image in which a piece of the stroke stands are drawn.

const NAME = "stroke to answer"
const LAST = 20

/** @param {Performance} performance tells every single one to whoever observes measures of this name */
export function lags(performance) {
  let pieces = []
  let last = []
  let question = 0
  return {
    /** A piece of a stroke, at the time of its event. */
    began: time => pieces.push({ time, question: null }),
    /** All pieces so far stand in the image that is asked about now; the number of the question. */
    asked() {
      question += 1
      for (const piece of pieces) piece.question ??= question
      return question
    },
    /** What an older question held stands in a newer image too. */
    answered(answered, now) {
      const done = pieces.filter(piece => piece.question !== null && piece.question <= answered)
      pieces = pieces.filter(piece => !done.includes(piece))
      for (const { time } of done) performance.measure(NAME, { start: time, end: now })
      performance.clearMeasures(NAME)
      last = [...last, ...done.map(({ time }) => now - time)].slice(-LAST)
    },
    forget: () => (pieces = []),
    last: () => last,
  }
}
