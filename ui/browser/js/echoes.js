// A choice made in the page goes to Python and comes back; it may come back late, after a newer one was made.

/** @returns {{chose: (value: number) => void, news: (value: number | null) => boolean}} */
export function echoes() {
  let said = null
  let waiting = []
  return {
    /** The visitor chose here. */
    chose(value) {
      if (value !== said || waiting.length) waiting.push(value)
    },
    /** Whether what Python says is something that nobody chose here. */
    news(value) {
      if (value === said) return false
      said = value
      const own = waiting.indexOf(value)
      waiting = waiting.slice(own + 1)
      return own < 0 && value !== null
    },
  }
}
