import assert from "node:assert/strict"
import { test } from "node:test"

import { byClass, byShares, byValue, rgb } from "../../ui/browser/js/mask_colours.js"
import {
  borders, classShares, differing, entropies, maskFromBase64, maskOf, meanIou, sameShare, softened,
} from "../../ui/browser/js/masks.js"
import { contents, described, truthTold, verdict } from "../../ui/browser/js/masks_words.js"

const near = (found, wanted) => found.forEach((value, place) => assert.ok(Math.abs(value - wanted[place]) < 1e-6, `${value}`))
const CLASSES = ["Ground", "Top", "Bag"]
const named = (name, role, shares, same) => ({ name, role, shares, same })

// Three classes of two pixels: the first pixel's logits are 2, 1, 0, the second's 0, 0, 3.
const LOGITS = Float32Array.of(2, 0, 1, 0, 0, 3)

test("a mask is the likeliest class of each pixel, the first of equals", () => {
  assert.deepEqual([...maskOf(LOGITS, 3)], [0, 2])
  assert.deepEqual([...maskOf(Float32Array.of(1, 1), 2)], [0])
})

test("the mask of a test scene comes in base64, void pixels below every class", () => {
  assert.deepEqual([...maskFromBase64(btoa(String.fromCharCode(0, 5, 255)))], [0, 5, -1])
})

test("each pixel's probabilities are those of its logits over T", () => {
  const [a, b] = [1 + Math.exp(-1) + Math.exp(-2), 1 + 2 * Math.exp(-3)]
  near(softened(LOGITS, 3, 1), [1 / a, Math.exp(-3) / b, Math.exp(-1) / a, Math.exp(-3) / b, Math.exp(-2) / a, 1 / b])
  near(softened(Float32Array.of(200, 0), 2, 100), [1 / (1 + Math.exp(-2)), 1 - 1 / (1 + Math.exp(-2))])
})

test("entropy is 0 where one class has it all and log2 of the classes where all are alike", () => {
  near(entropies(Float32Array.of(1, 0.25, 0, 0.25, 0, 0.25, 0, 0.25), 4), [0, 2])
})

test("void pixels are no part of shares and of what differs", () => {
  assert.deepEqual(classShares(Int16Array.of(0, 0, 1, -1), 3), [2 / 3, 1 / 3, 0])
  assert.deepEqual([...differing([0, 1, 2, 2], [0, 0, 2, -1])], [0, 1, 0, 0])
  near([sameShare([0, 1, 2, 2], [0, 0, 2, -1])], [2 / 3])
  assert.ok(Number.isNaN(sameShare([0], [-1])))
})

test("mean IoU by hand: classes that neither mask has are left out, and void pixels are", () => {
  // Ground: 1 of 3 pixels; bag: 1 of 2; top is nowhere.
  assert.equal(meanIou([0, 0, 2, 0], [0, 2, 2, -1], 3), (1 / 2 + 1 / 2) / 2)
  assert.equal(meanIou([0, 1], [0, 0], 3), (1 / 2 + 0) / 2)
  assert.equal(meanIou([1, 1], [1, 1], 3), 1)
  assert.ok(Number.isNaN(meanIou([0], [-1], 3)))
})

test("marked pixels have a border around all of them, and none between two", () => {
  assert.deepEqual(borders([0, 0, 0, 1], 2), [[1, 1, 2, 1], [1, 2, 2, 2], [1, 1, 1, 2], [2, 1, 2, 2]])
  assert.equal(borders([1, 1, 0, 0], 2).length, 6)
  assert.deepEqual(borders([0, 0, 0, 0], 2), [])
})

test("classes lie over the scene, the ground faintly, a void pixel not at all", () => {
  const image = { width: 3, height: 1, channels: 1, values: [100, 100, 100] }
  const data = [...byClass(image, [0, 1, -1], ["#000000", "#c80000"])]
  assert.deepEqual(data, [65, 65, 65, 255, 170, 30, 30, 255, 100, 100, 100, 255])
})

test("probabilities mix colours; one that has it all is the class itself", () => {
  const image = { width: 1, height: 1, channels: 1, values: [0] }
  const colours = ["#000000", "#c80000", "#0000c8"]
  assert.deepEqual([...byShares(image, [0, 1, 0], colours)], [...byClass(image, [1], colours)])
  assert.deepEqual([...byShares(image, [0, 0.5, 0.5], colours)], [70, 0, 70, 255])
})

test("values stand on a scale of tones, and beyond its end is its end", () => {
  assert.deepEqual([...byValue([0, 1, 2, 9], 2, ["#000000", "#00ff00", "#ffffff"])],
    [0, 0, 0, 255, 0, 255, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255])
  assert.deepEqual(rgb("#d55e00"), [213, 94, 0])
})

test("what a mask holds is told from the largest class on, crumbs left out", () => {
  assert.equal(contents([0.2, 0.796, 0.004], CLASSES), "Top 80 %, Ground 20 %")
})

test("a teacher alone tells what it sees; others how far they agree with it", () => {
  const teacher = named("U-Net", "teacher", [0.7, 0.3, 0])
  assert.equal(verdict([], CLASSES), "")
  assert.equal(verdict([teacher], CLASSES), "The teacher sees: Ground 70 %, Top 30 %.")
  const control = named("control", "control", [1, 0, 0], 0.7)
  assert.equal(verdict([teacher, control], CLASSES), "The control gives 70 % of the pixels the teacher's class.")
  const student = named("KD", "student", [0.7, 0.3, 0], 0.95)
  assert.equal(
    verdict([teacher, control, student], CLASSES),
    "KD agrees with the teacher most, on 95.0 % of the pixels, and the control least, on 70.0 %.",
  )
  assert.equal(
    verdict([teacher, control, { ...student, same: 0.7 }], CLASSES),
    "All 2 others give 70.0 % of the pixels the teacher's class.",
  )
})

test("what masks are held against is said of every origin", () => {
  const told = (origin, plain = false) => truthTold({ origin, plain, size: 48 })
  assert.equal(told({ kind: "sample", sample: { index: 7 } }), "Test scene 7: its true mask stands beside the networks'.")
  assert.match(told({ kind: "sample", touched: true, sample: { index: 7 } }), /drawn over: its true mask is that of before/)
  assert.match(told({ kind: "picture", width: 60, height: 40 }), /^The picture has 60 × 40 pixels, .*: it was enlarged\. Nobody/)
  assert.match(told({ kind: "picture", width: 60, height: 48 }), /^Nobody drew a true mask/)
  assert.match(told({ kind: "picture", width: 60, height: 48 }, true), /^All of it is one shade/)
  assert.match(told({ kind: "blank", touched: true }), /^Nobody drew/)
})

test("a mask is described with its numbers", () => {
  const mask = { name: "KD", shares: [0.7, 0.3, 0], same: 0.9, iou: 0.746 }
  assert.equal(described(mask, CLASSES),
    "Mask of KD: Ground 70 %, Top 30 %. Mean IoU 74.6 %. 10.0 % of the pixels differ from the teacher.")
  assert.equal(described(named("U-Net", "teacher", [1, 0, 0]), CLASSES), "Mask of U-Net: Ground 100 %.")
})
