// What a page shows stands in the browser's address bar, and one page is one entry of the browser's history, with the
// address that the page had when it was left: so Back comes to the page as it was.
//
// Streamlit keeps out of the bar what is a widget's default (but the newest experiment is another one tomorrow), makes
// an entry of the history for each value that the server writes there, and takes a page's settings out of its entry on
// the way to the next one.
const PATIENCE = 50
const LINKS = '[data-testid="stSidebarNavLink"], [data-testid="stPageLink-NavLink"]'
const EMBEDDED = /^embed(_options)?$/i
const INSTALLED = Symbol.for("distill lab: one entry a page")

export default function ({ data }) {
  if (!window[INSTALLED]) window[INSTALLED] = oneEntryAPage()
  let waiting = null
  // After a change of the page the bar lags behind it.
  const write = tries => {
    const url = new URL(window.location.href)
    if (url.pathname.split("/").at(-1) !== data.page) {
      if (tries) waiting = setTimeout(write, 100, tries - 1)
      return
    }
    const wanted = new URLSearchParams(data.query)
    for (const key of [...data.gone, ...wanted.keys()]) url.searchParams.delete(key)
    for (const [key, value] of wanted) url.searchParams.append(key, value)
    if (url.search !== window.location.search) window.history.replaceState(window.history.state, "", url)
  }
  write(PATIENCE)
  window[INSTALLED].onLeave = () => clearTimeout(waiting)
  return () => clearTimeout(waiting)
}

function oneEntryAPage() {
  const history = window.history
  const push = history.pushState.bind(history)
  const installed = { left: null, onLeave: () => null }
  history.pushState = (state, unused, place) => {
    const url = new URL(place ?? "", window.location.href)
    if (url.pathname === window.location.pathname) {
      history.replaceState(state, unused, url)
      return
    }
    if (installed.left) history.replaceState(history.state, "", installed.left)
    installed.left = null
    push(state, unused, url)
  }
  // The settings stay behind: to Streamlit all that the bar holds would be the next page's.
  const leave = event => {
    const link = event.target.closest?.(LINKS)
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    if (new URL(link.href).pathname === window.location.pathname) return
    installed.onLeave()
    const url = new URL(window.location.href)
    const settings = [...url.searchParams.keys()].filter(key => !EMBEDDED.test(key))
    // A second click, before the first one's page is there, finds the bar without settings.
    if (settings.length || !isAt(installed.left, url.pathname)) installed.left = url.href
    for (const key of settings) url.searchParams.delete(key)
    history.replaceState(history.state, "", url)
  }
  document.addEventListener("click", leave, true)
  return installed
}

function isAt(address, pathname) {
  return address !== null && new URL(address).pathname === pathname
}
