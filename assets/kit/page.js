"use strict"
// A page from the disk may fetch nothing: engine, network and reference are scripts with their bytes in base64.
const kit = window.KIT
const state = document.getElementById("status")
const ask = document.getElementById("ask")
const answers = document.getElementById("answers")
const TYPES = { uint8: Uint8Array, float32: Float32Array, int64: BigInt64Array }
const COLOURS = ["#30343a", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442"]
let session

const bytesOf = base64 => Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))

async function unpacked(base64) {
  const stream = new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream("gzip"))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

const tensorOf = told =>
  new ort.Tensor(told.dtype, new TYPES[told.dtype](bytesOf(told.data).buffer), told.shape)

const tensorsOf = told => Object.fromEntries(Object.entries(told).map(([name, one]) => [name, tensorOf(one)]))

function difference(given, wanted) {
  if (given.data.length !== wanted.data.length) return Infinity
  let largest = 0
  for (let place = 0; place < wanted.data.length; place += 1) {
    const apart = Math.abs(Number(given.data[place]) - Number(wanted.data[place]))
    largest = Math.max(largest, Number.isFinite(apart) ? apart : Infinity)
  }
  return largest
}

// Does the file answer here as it did where it was made? Masks follow from the probabilities, which are compared.
async function checked() {
  let passed = true
  let largest = 0
  for (const one of kit.cases) {
    const given = await session.run(tensorsOf(one.inputs))
    for (const [name, told] of Object.entries(one.outputs)) {
      const apart = difference(given[name], tensorOf(told))
      passed = passed && apart <= one.tolerances[name]
      largest = Math.max(largest, apart)
    }
  }
  return { passed, largest }
}

function made(tag, settings = {}, ...inside) {
  const element = Object.assign(document.createElement(tag), settings)
  element.append(...inside)
  return element
}

function showBars(probabilities) {
  const order = [...probabilities.keys()].sort((one, other) => probabilities[other] - probabilities[one])
  const bars = made("div", { className: "answer" })
  for (const place of order.slice(0, 10)) {
    const share = 100 * probabilities[place]
    const fill = made("div", { className: "fill" })
    fill.style.width = `${share}%`
    bars.append(
      made("span", {}, kit.classes[place]),
      made("div", { className: "track" }, fill),
      made("span", { className: "number" }, `${share.toFixed(1)} %`),
    )
  }
  answers.replaceChildren(bars)
  answers.hidden = false
}

function showMask(classes) {
  const mask = made("canvas", { className: "shown", width: kit.width, height: kit.height })
  const pen = mask.getContext("2d")
  const seen = new Set()
  classes.forEach((one, place) => {
    const index = Number(one)
    seen.add(index)
    pen.fillStyle = COLOURS[index % COLOURS.length]
    pen.fillRect(place % kit.width, Math.floor(place / kit.width), 1, 1)
  })
  const legend = made("div", { className: "row" })
  for (const index of [...seen].sort((one, other) => one - other)) {
    const key = made("span", { className: "key" })
    key.style.background = COLOURS[index % COLOURS.length]
    legend.append(made("span", {}, key, kit.classes[index]))
  }
  answers.replaceChildren(mask, legend)
  answers.hidden = false
}

async function answer(name, tensor) {
  const given = await session.run({ [name]: tensor })
  if (given.classes) showMask(given.classes.data)
  else showBars([...given.probabilities.data])
}

function draw(canvas, pixels) {
  canvas.width = kit.width
  canvas.height = kit.height
  const pen = canvas.getContext("2d")
  const shown = pen.createImageData(kit.width, kit.height)
  for (let place = 0; place < kit.width * kit.height; place += 1) {
    for (let colour = 0; colour < 3; colour += 1) {
      shown.data[4 * place + colour] = pixels[kit.channels * place + (kit.channels === 3 ? colour : 0)]
    }
    shown.data[4 * place + 3] = 255
  }
  pen.putImageData(shown, 0, 0)
}

// The pixels of a file as the network takes them: stretched to its size, on black, in its colours.
async function pixelsOf(file) {
  const picture = await createImageBitmap(file)
  const canvas = made("canvas", { width: kit.width, height: kit.height })
  const pen = canvas.getContext("2d")
  pen.fillRect(0, 0, kit.width, kit.height)
  pen.imageSmoothingQuality = "high"
  pen.drawImage(picture, 0, 0, kit.width, kit.height)
  const { data } = pen.getImageData(0, 0, kit.width, kit.height)
  const pixels = new Uint8Array(kit.width * kit.height * kit.channels)
  for (let place = 0; place < kit.width * kit.height; place += 1) {
    const [red, green, blue] = data.subarray(4 * place, 4 * place + 3)
    if (kit.channels === 3) pixels.set([red, green, blue], 3 * place)
    else pixels[place] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue)
  }
  return pixels
}

function askForImage() {
  const shown = made("canvas", { className: "shown", width: kit.width, height: kit.height })
  const use = pixels => {
    draw(shown, pixels)
    return answer("images", new ort.Tensor("uint8", pixels, [1, kit.height, kit.width, kit.channels]))
  }
  const size = kit.width * kit.height * kit.channels
  const all = bytesOf(kit.cases[0].inputs.images.data)
  const picks = made("div", { className: "row" })
  for (let first = 0; first < all.length; first += size) {
    const pixels = all.slice(first, first + size)
    const small = made("canvas", { className: "small" })
    draw(small, pixels)
    const label = `Reference image ${first / size + 1}`
    picks.append(made("button", { className: "pick", title: label, ariaLabel: label, onclick: () => use(pixels) }, small))
  }
  const file = made("input", { type: "file", accept: "image/*", ariaLabel: "An image" })
  file.onchange = () => file.files[0] && guarded(async () => use(await pixelsOf(file.files[0])))
  ask.replaceChildren(made("div", {}, "Choose one of these, or a file:"), picks, made("div", { className: "row" }, file), shown)
  return use(all.slice(0, size))
}

function askForText() {
  const field = made("textarea", { ariaLabel: "A text", value: kit.texts[0] })
  const use = () => {
    const written = new TextEncoder().encode(field.value)
    const bytes = written.length ? written : new Uint8Array(1)
    return answer("text", new ort.Tensor("uint8", bytes, [1, bytes.length]))
  }
  field.oninput = () => guarded(use)
  ask.replaceChildren(made("div", {}, "Write a text:"), field)
  return use()
}

// What is quiet before and after the sound is cut off, as in training.
function trimmed(sound) {
  const powers = []
  for (let first = 0; first + 80 <= sound.length; first += 80) {
    powers.push(sound.subarray(first, first + 80).reduce((sum, one) => sum + one * one, 0))
  }
  const least = Math.max(...powers) / 1000
  const loud = powers.map((power, place) => (power >= least ? place : -1)).filter(place => place >= 0)
  return sound.slice(Math.max(0, loud[0] * 80 - 400), (loud[loud.length - 1] + 1) * 80 + 400)
}

async function samplesOf(blob) {
  const decoded = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(await blob.arrayBuffer())
  const mixed = new OfflineAudioContext(1, Math.max(1, Math.min(decoded.length, 80000)), 8000)
  const source = new AudioBufferSourceNode(mixed, { buffer: decoded })
  source.connect(mixed.destination)
  source.start()
  return trimmed((await mixed.startRendering()).getChannelData(0))
}

function recordButton(use) {
  const button = made("button", { textContent: "Record" })
  button.onclick = () =>
    guarded(async () => {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
      const recorder = new MediaRecorder(stream)
      const parts = []
      recorder.ondataavailable = event => parts.push(event.data)
      recorder.onstop = () => {
        stream.getTracks().forEach(track => track.stop())
        button.textContent = "Record"
        button.disabled = false
        guarded(async () => use(await samplesOf(new Blob(parts))))
      }
      recorder.start()
      button.textContent = "Recording for 2 s"
      button.disabled = true
      setTimeout(() => recorder.stop(), 2000)
    })
  return button
}

function askForSound() {
  const use = sound => answer("samples", new ort.Tensor("float32", sound, [sound.length]))
  const file = made("input", { type: "file", accept: "audio/*", ariaLabel: "A recording" })
  file.onchange = () => file.files[0] && guarded(async () => use(await samplesOf(file.files[0])))
  const line = made("div", { className: "row" }, file)
  if (navigator.mediaDevices && window.MediaRecorder) line.append(recordButton(use))
  ask.replaceChildren(made("div", {}, "Choose a recording, or make one:"), line)
  return use(tensorOf(kit.cases[0].inputs.samples).data)
}

async function guarded(work) {
  try {
    await work()
  } catch (error) {
    answers.replaceChildren(`That did not work: ${error.message}`)
    answers.hidden = false
  }
}

async function start() {
  ort.env.wasm.numThreads = 1
  ort.env.wasm.wasmBinary = (await unpacked(window.ENGINE.wasm)).buffer
  const script = new Blob([await unpacked(window.ENGINE.module)], { type: "text/javascript" })
  ort.env.wasm.wasmPaths = { mjs: URL.createObjectURL(script) }
  session = await ort.InferenceSession.create(bytesOf(kit.network), { executionProviders: ["wasm"] })
  const { passed, largest } = await checked()
  const told = `largest difference ${largest.toPrecision(2)}`
  state.textContent = passed ? `Check passed: ${told}` : `CHECK FAILED: ${told}`
  const row = () => window.askForRow({ made, tensorOf, guarded, answer, ask })
  const asking = { image: askForImage, scene: askForImage, text: askForText, sound: askForSound, row }[kit.kind]
  if (!asking) return
  ask.hidden = false
  await asking()
}

start().catch(error => {
  state.textContent = `The engine did not start: ${error.message}`
})
