// Masks side by side: the true one, the teacher's and the students', over what the networks see, and a table of them.

import { STATUS } from "./answers_view.js"
import { button, element, write } from "./elements.js"
import { byClass, byShares, byValue } from "./mask_colours.js"
import { borders, classShares, differing, entropies, maskOf, mean, meanIou, sameShare, softened } from "./masks.js"
import { masksTable } from "./masks_table.js"
import { described, LOOKS, tenths, truthTold, verdict } from "./masks_words.js"
import { decimal, N_, short, t, together } from "./texts.js"

// Pixels of a picture in one of the networks'.
const BLOCK = 6
const OUTLINE = { colour: "#d55e00", width: 2, around: "#ffffff", aroundWidth: 4 }
const DIFFERING = N_("Outline where a network differs from the teacher")
const WAITING = N_("The masks appear here as you draw, or once you choose a test scene.")
const UNCERTAIN = new WeakMap()
const TRUTH = { run_id: "", role: "truth", name: N_("True mask") }

/** @param {{keep: (look: object) => void, again: () => void}} told keep: what is drawn was chosen; again: draw it */
export function masksView({ keep, again }) {
  const look = { show: "classes", outline: true }
  const said = element("p", { class: "verdict" })
  const truth = element("p", { class: "truth" })
  const choice = ([id, { title }]) => button(t(title), () => choose({ show: id }), { value: id })
  const choices = Object.entries(LOOKS).map(choice)
  const outline = element("input", { type: "checkbox", checked: true, onchange: () => choose({ outline: outline.checked }) })
  const group = element("div", { class: "row", role: "group", "aria-label": t("What is drawn") }, ...choices)
  const controls = element("div", { class: "row" }, group, element("label", { class: "check" }, outline, t(DIFFERING)))
  const tiles = element("div", { class: "tiles" })
  const legend = element("ul", { class: "legend", "aria-label": t("Colours") })
  const table = masksTable()
  const small = element("p", { class: "small" })
  const parts = [said, truth, controls, tiles, legend, element("div", { class: "scroll" }, table.box), small]
  const box = element("section", { class: "answers masks", "aria-label": t("Masks") }, ...parts)
  const state = { stamp: "", pictures: [], given: [] }

  function choose(changed) {
    set(changed)
    keep({ ...look })
    again()
  }

  function set(changed) {
    Object.assign(look, changed)
    outline.checked = look.outline
    for (const one of choices) one.setAttribute("aria-pressed", String(one.value === look.show))
  }
  set({})

  function show(shown) {
    const { networks, classes, T, image, truth: wanted, task, plain, origin, lag } = shown
    const given = judged(networks, classes, T, wanted)
    state.given = given
    state.classes = classes
    build(given, classes)
    given.forEach((one, place) => draw(one, state.pictures[place], { image, look, task, classes }))
    showLegend(classes, task)
    table.show(given, classes, T)
    const there = given.filter(one => one.mask && one.role !== "truth")
    write(said, verdict(there, classes) || t(WAITING))
    write(truth, there.length ? truthTold({ origin, plain, size: task.size_px }) : "")
    const places = { temperature: short(T), most: decimal(Math.log2(classes.length), 2) }
    const since = lag !== null && t("From the stroke to the answers: {time} ms.", { time: decimal(lag) })
    write(small, together(t(LOOKS[look.show].told, places), since))
  }

  /** The pictures anew, only where other networks stand there. */
  function build(given, classes) {
    const stamp = JSON.stringify([given.map(one => [one.run_id, one.name, one.mark]), classes])
    if (stamp === state.stamp) return
    state.stamp = stamp
    state.pictures = given.map(picture)
    tiles.replaceChildren(...state.pictures.map(({ box }) => box))
    state.legend = ""
  }

  function showLegend(classes, { colours, tones }) {
    const stamp = JSON.stringify([look.show === "entropy", classes, colours])
    if (stamp === state.legend) return
    state.legend = stamp
    legend.replaceChildren(...(look.show === "entropy" ? scale(tones, classes.length) : swatches(classes, colours)))
  }

  return { box, show, set, aloud: () => verdict(state.given.filter(one => one.mask && one.role !== "truth"), state.classes) }
}

/** Each network with its mask and its numbers; the true mask first, where there is one. */
function judged(networks, classes, T, wanted) {
  const asked = networks.map(one => (one.logits ? { ...one, mask: maskOf(one.logits, classes.length) } : one))
  const teacher = asked.find(one => one.role === "teacher" && one.mask)
  const given = asked.map(one => one.mask ? { ...one, ...numbers(one, teacher, classes.length, T, wanted) } : one)
  if (!wanted) return given
  return [{ ...TRUTH, name: t(TRUTH.name), mask: wanted, shares: classShares(wanted, classes.length) }, ...given]
}

function numbers({ mask, logits, run_id: runId }, teacher, classes, T, wanted) {
  const other = teacher && teacher.run_id !== runId
  return {
    shares: classShares(mask, classes),
    ...uncertainty(logits, classes, T),
    differs: other ? differing(mask, teacher.mask) : null,
    same: other ? sameShare(mask, teacher.mask) : undefined,
    iou: wanted ? meanIou(mask, wanted, classes) : undefined,
    right: wanted ? sameShare(mask, wanted) : undefined,
  }
}

/** Worked out once for an answer: a frame shows it again while the next one is on its way. */
function uncertainty(logits, classes, T) {
  const known = UNCERTAIN.get(logits)
  if (known?.T === T) return known
  const soft = softened(logits, classes, T)
  const bits = entropies(soft, classes)
  const found = { T, soft, bits, uncertain: mean(bits) }
  UNCERTAIN.set(logits, found)
  return found
}

function picture({ name, mark }) {
  const canvas = element("canvas", { role: "img" })
  const sign = mark ? element("img", { src: mark, alt: "", width: 14, height: 14 }) : null
  const told = [element("span", { class: "small" }), element("span", { class: "small" })]
  const caption = element("figcaption", {}, element("span", { class: "name" }, sign, name), ...told)
  return { box: element("figure", {}, canvas, caption), canvas, told, small: document.createElement("canvas") }
}

function draw(one, { canvas, told, small }, { image, look, task, classes }) {
  const side = image.width
  if (canvas.width !== side * BLOCK) Object.assign(canvas, { width: side * BLOCK, height: side * BLOCK })
  Object.assign(small, { width: side, height: side })
  const context = canvas.getContext("2d")
  context.clearRect(0, 0, canvas.width, canvas.height)
  canvas.setAttribute("aria-label", one.mask ? described(one, classes) : one.name)
  const [first = "", second = ""] = one.mask ? beneath(one) : [STATUS[one.status] ? t(STATUS[one.status]) : one.message]
  write(told[0], first)
  write(told[1], second)
  if (!one.mask) return
  small.getContext("2d").putImageData(new ImageData(painted(one, image, look.show, task, classes.length), side, side), 0, 0)
  context.imageSmoothingEnabled = false
  context.drawImage(small, 0, 0, canvas.width, canvas.height)
  if (look.outline && one.differs) drawBorders(context, borders(one.differs, side))
}

function painted({ mask, soft, bits, role }, image, show, { colours, tones }, classes) {
  if (role === "truth" || show === "classes") return byClass(image, mask, colours)
  return show === "shares" ? byShares(image, soft, colours) : byValue(bits, Math.log2(classes), tones)
}

function drawBorders(context, lines) {
  context.beginPath()
  for (const [fromX, fromY, toX, toY] of lines) {
    context.moveTo(fromX * BLOCK, fromY * BLOCK)
    context.lineTo(toX * BLOCK, toY * BLOCK)
  }
  Object.assign(context, { strokeStyle: OUTLINE.around, lineWidth: OUTLINE.aroundWidth, lineCap: "square" })
  context.stroke()
  Object.assign(context, { strokeStyle: OUTLINE.colour, lineWidth: OUTLINE.width })
  context.stroke()
}

function beneath({ iou, same }) {
  return [
    iou !== undefined && t("mean IoU {iou}", { iou: tenths(iou) }),
    same !== undefined && t("≠ teacher {differs}", { differs: tenths(1 - same) }),
  ].filter(Boolean)
}

function swatches(classes, colours) {
  return classes.map((label, place) => {
    const swatch = element("span", { class: "swatch", "aria-hidden": "true" })
    swatch.style.background = colours[place]
    return element("li", {}, swatch, label)
  })
}

function scale(tones, classes) {
  const bar = element("span", { class: "tones", "aria-hidden": "true" })
  bar.style.background = `linear-gradient(90deg, ${tones.join(",")})`
  return [element("li", {}, t("certain, 0 bits"), bar, t("uncertain, {most} bits", { most: decimal(Math.log2(classes), 2) }))]
}
