// Which word is asked for, how far it is, and the way to the lab.

import { button, element, icon, write } from "./elements.js"
import { recordView } from "./record_view.js"
import { decimal, N_, ngettext, t } from "./texts.js"

const EXPLAINED = N_(
  "Say two of each digit. The lab trains a network on with them, and it answers here beside itself as it was. " +
    "A recording ends by itself after the word.",
)
const PRIVATE = N_(
  "Your recordings stay in this browser; files are decoded by the lab and not kept. Of each word the lab gets the " +
    "numbers that networks see, 40 times 13, and keeps them in memory until the networks have learnt, never on disk. " +
    "The networks that come of it are an experiment of this lab, which can be deleted on Home.",
)
const ASKED = [
  N_("Say “{digit}”. {count} of {all} are recorded."),
  N_("Say “{digit}” once more. {count} of {all} are recorded."),
]
const [THERE, LACKING] = [N_("{digit}, take {take}: recorded"), N_("{digit}, take {take}: not yet")]

/**
 * @param {object} told
 * @param {() => void} told.record
 * @param {() => void} told.stop
 * @param {() => void} told.skip
 * @param {() => void} told.redo
 * @param {(place: number) => void} told.choose
 * @param {(files: File[]) => void} told.files
 * @param {() => void} told.adapt
 * @param {string | null} told.lacking why this browser gives no microphone
 */
export function voiceView({ record, stop, skip, redo, choose, files, adapt, lacking }) {
  const state = { slots: [] }
  const prompt = element("p", { class: "prompt", "aria-live": "polite" })
  const said = { start: t("Record the word"), label: t("Recording of a word"), more: { class: "primary" } }
  const { speak, bar, recording, isOn } = recordView({ record, stop, lacking, ...said })
  const next = button(t("Skip"), skip, { title: t("Ask for the next word") })
  const again = button(t("Redo"), redo, { title: t("Say the last word once more") })
  const chooser = element("input", { type: "file", accept: "audio/*", multiple: true, hidden: true })
  chooser.setAttribute("aria-label", t("Upload words"))
  const named = t("Files that are named by digit and take: 0_1.wav to 9_2.wav")
  const upload = button("", () => chooser.click(), { title: named })
  upload.append(icon("upload"), t("Upload files"))
  const message = element("p", { class: "message", role: "alert", hidden: true })
  const grid = element("div", { class: "words", role: "group", "aria-label": t("Words") })
  const learn = button("", adapt, { class: "primary" })
  const left = element("span", { class: "small" })
  const box = element(
    "details",
    { class: "voice" },
    element("summary", {}, t("Get a network used to your voice")),
    element("p", {}, t(EXPLAINED)),
    element("p", { class: "small" }, t(PRIVATE)),
    prompt,
    element("div", { class: "row" }, speak, next, again, upload, bar, chooser),
    message,
    grid,
    element("div", { class: "row" }, learn, left),
  )
  chooser.onchange = () => {
    const chosen = [...chooser.files]
    chooser.value = ""
    if (chosen.length) files(chosen)
  }

  /** A button a word, made once. */
  function build(words) {
    state.slots = words.slots.map(({ digit }, place) => button(`${digit}`, () => choose(place)))
    grid.replaceChildren(...state.slots)
    grid.style.setProperty("--columns", words.names.length)
  }

  return {
    box,
    recording,
    progress: seconds => void (bar.value = seconds),
    tell(text) {
      write(message, text)
      message.hidden = !text
    },
    /** @param {{words: import("./voice.js").Words, last: number, least: number, busy: boolean}} shown */
    show({ words, last, least, busy }) {
      if (state.slots.length !== words.slots.length) build(words)
      const count = words.there.length
      const { asked, names, slots } = words
      const places = { digit: names[asked?.digit], count: decimal(count), all: decimal(slots.length) }
      write(prompt, asked ? t(ASKED[asked.take ? 1 : 0], places) : t("All {all} words are there.", places))
      slots.forEach(({ digit, take, word }, place) => {
        state.slots[place].className = word ? "there" : ""
        state.slots[place].setAttribute("aria-pressed", String(place === words.at))
        const told = t(word ? THERE : LACKING, { digit: names[digit], take: decimal(take + 1) })
        state.slots[place].setAttribute("aria-label", told)
        state.slots[place].title = told
      })
      speak.disabled = lacking !== null || (!asked && !isOn())
      next.disabled = !asked
      again.disabled = last < 0
      learn.disabled = busy || count < least
      const adapts = () => ngettext("Adapt to this word", "Adapt to these {count} words", count)
      write(learn, busy ? t("The lab is learning …") : adapts())
      const fewer = () => t("At least {least} are needed.", { least: decimal(least) })
      write(left, lacking ?? (count < least ? fewer() : ""))
    },
  }
}
