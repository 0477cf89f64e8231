// What the part that records classes says of pictures and of recordings.

import { decimal, N_, ngettext, t } from "./texts.js"

const LACKING = {
  images: {
    classes: N_("Record pictures of two classes at least: write what each is called, and hold its button."),
    shots: N_("Each class takes {least} pictures at least."),
  },
  sounds: {
    classes: N_("Record two classes at least: write what each is called, and hold its button."),
    shots: N_("Each class takes {least} recordings at least."),
  },
}
const NAMES = N_("Write what each class is called.")
const TWICE = N_("Two classes are called the same.")
const TITLE = N_("Write what the data are called.")

/** How many there are of a class. */
export function counted(kind, count) {
  return kind === "images"
    ? ngettext("{count} picture", "{count} pictures", count)
    : ngettext("{count} recording", "{count} recordings", count)
}

/** What is to do before the data can be kept; "" where nothing is. */
export function toDo(kind, lacking, title, least) {
  if (lacking === "names") return t(NAMES)
  if (lacking === "twice") return t(TWICE)
  if (lacking) return t(LACKING[kind][lacking], { least: decimal(least) })
  return title ? "" : t(TITLE)
}

/** That no more fit into a class, or into the data. */
export function full(kind, most) {
  const places = { each: decimal(most.each), size: decimal(Math.round(most.bytes / 2 ** 20)) }
  return kind === "images"
    ? t("No more fit: at most {each} pictures of a class, and {size} MB in all.", places)
    : t("No more fit: at most {each} recordings of a class, and {size} MB in all.", places)
}

/** How the parts are made. */
export function parts(kind) {
  return kind === "images"
    ? t("The first 70 of 100 pictures of a class are for training, the last 15 for the test: pictures of one press are alike. So press several times, and turn and move what is seen.")
    : t("The first 70 of 100 recordings of a class are for training, the last 15 for the test.")
}
