// Of several things that take their time only the one that was begun last counts, in whatever order they end.

/** @returns {{begin: () => () => boolean, forget: () => void}} */
export function turns() {
  let last = 0
  return {
    /** Begin one; what it returns tells whether that one still counts. */
    begin() {
      const mine = ++last
      return () => mine === last
    },
    /** What was begun counts no longer. */
    forget: () => void last++,
  }
}
