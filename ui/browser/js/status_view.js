// How far the opening is, and what stopped: nothing of a drawing is ever lost by it.

import { button, element, write } from "./elements.js"
import { N_, t } from "./texts.js"

const STOPPED = N_("The part of this page that runs the networks stopped ({why}). Your drawing is still here.")

/** @param {{again: () => void}} told start once more */
export function statusView({ again }) {
  const words = element("span")
  const bar = element("progress", { max: 1, value: 0 })
  const restart = button(t("Start again"), again)
  const box = element("div", { class: "status", role: "status", hidden: true }, words, bar, restart)
  return {
    box,
    /**
     * @param {{what: string, share: number} | null} loading
     * @param {string} missing told once all else is open
     */
    loading(loading, missing) {
      box.hidden = !loading && !missing
      bar.hidden = !loading
      restart.hidden = loading !== null
      write(words, loading ? loading.what : missing)
      if (loading) bar.value = loading.share
    },
    ended(message) {
      box.hidden = false
      bar.hidden = true
      restart.hidden = false
      write(words, t(STOPPED, { why: message }))
    },
  }
}
