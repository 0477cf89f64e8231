// One application for each place in the page, which outlives its place for a while: a page that is drawn anew may take
// the place away and give another one, and who goes to another page may come back.

const AWAY_MS = 30_000

/**
 * @param {(root: Element) => object} make an application: update(news), leave(), and ``away`` while it has no place
 * @returns {{show: Function, leave: Function}} what a component calls with its news, and when its place is gone
 */
export function places(make, { setTimeout = globalThis.setTimeout, clearTimeout = globalThis.clearTimeout } = {}) {
  const applications = new Map()
  let away = null // {root, application, timer}: the one whose place is gone

  function show({ root, ...news }) {
    if (!applications.has(root)) applications.set(root, returned(root) ?? make(root))
    applications.get(root).update(news)
  }

  function leave(root) {
    const application = applications.get(root)
    if (!applications.delete(root)) return
    end()
    application.away = true
    away = { root, application, timer: setTimeout(end, AWAY_MS) }
  }

  function returned(root) {
    if (!away) return null
    const { root: before, application, timer } = away
    clearTimeout(timer)
    away = null
    root.replaceChildren(...before.childNodes)
    application.away = false
    return application
  }

  function end() {
    if (!away) return
    clearTimeout(away.timer)
    away.application.leave()
    away = null
  }

  return { show, leave }
}
