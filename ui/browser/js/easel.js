// The drawing, and all ways in which an image comes onto it: strokes, test images, pictures.

import { bringView, receiving } from "./bring_view.js"
import { paint } from "./brush.js"
import { canvasView } from "./canvas_view.js"
import { decodedApart } from "./decoding.js"
import * as drawings from "./drawing.js"
import { fromBase64, inChannels, resized } from "./image.js"
import { brought, prepared, Refused } from "./pictures.js"
import { toolsView } from "./tools_view.js"
import { turns } from "./turns.js"

export class Easel {
  blank = true
  pictures = turns()

  /**
   * @param {{size_px: number, channels: number, ground?: number}} task ground: what an empty drawing and the eraser
   *   have; without one they are black, and pictures come light on dark
   * @param {object} told
   * @param {(other: boolean) => void} told.changed other: by more than a piece of a stroke
   * @param {(time: number) => void} told.stroke a piece, at the time of its event
   * @param {(text: string) => void} told.say
   * @param {object} [told.tools] as in tools_view.js
   */
  constructor(task, told) {
    this.task = task
    this.told = told
    this.drawing = drawings.emptyDrawing(drawings.sideFor(task.size_px), task.channels, this.ground)
    this.canvas = canvasView({
      begin: () => this.begin(),
      paint: (from, to, pen, time) => this.stroke(from, to, pen, time),
      say: told.say,
    })
    const tools = {
      undo: () => this.undo(),
      redo: () => this.redo(),
      clear: () => this.step(drawings.cleared(this.drawing, this.ground)),
      brush: () => this.brush(),
    }
    this.tools = toolsView(tools, told.tools)
    this.bringing = bringView({
      file: file => this.bring(file),
      photo: found => {
        this.pictures.forget()
        this.placePicture(found)
      },
      most: () => this.side,
    })
  }

  /** Take what is dropped on ``root`` or pasted, and its keys. */
  listen(root) {
    this.unlisten = receiving(root, file => this.bring(file))
    root.onkeydown = event => this.key(event)
  }

  leave() {
    this.unlisten?.()
    this.pictures.forget()
    this.bringing.close()
  }

  get side() {
    return this.drawing.now.image.width
  }

  get ground() {
    return this.task.ground ?? 0
  }

  get origin() {
    return this.drawing.now.origin
  }

  /** In the task's size: what the networks see, before any drift; and whether there is nothing to see. */
  look() {
    const small = resized(this.drawing.now.image, this.task.size_px)
    this.blank = drawings.isBlank(this.drawing, small, this.ground)
    this.canvas.setBlank(this.blank)
    this.tools.show(this.drawing, this.blank)
    return small
  }

  /** Another task: what is drawn stays, as a drawing. */
  turnTo(task) {
    const side = drawings.sideFor(task.size_px)
    const image = bytes(resized(inChannels(this.drawing.now.image, task.channels), side))
    this.task = task
    this.step(drawings.replaced(drawings.emptyDrawing(side, task.channels, this.ground), image, { kind: "blank" }))
  }

  show() {
    this.brush()
    this.canvas.show(this.drawing.now.image)
  }

  step(drawing) {
    this.canvas.lift() // a stroke that is not over would go on in the past
    this.drawing = drawing
    this.show()
    this.told.changed(true)
  }

  /** Before a stroke: it looks as before, so nothing is shown anew. */
  begin() {
    this.drawing = drawings.begun(this.drawing)
    this.told.changed(true)
  }

  undo() {
    this.step(drawings.undone(this.drawing))
  }

  redo() {
    this.step(drawings.redone(this.drawing))
  }

  stroke(from, to, { pressure, eraser }, time) {
    const { thickness, shade, erasing } = this.tools.state
    const radius = (thickness * this.block * (pressure ? 0.5 + pressure : 1)) / 2
    const part = paint(this.drawing.now.image, from, to, { radius, shade: eraser || erasing ? this.ground : shade })
    if (!part) return
    this.canvas.show(this.drawing.now.image, part)
    this.told.stroke(time)
    this.told.changed(false)
  }

  /** Pixels of the drawing in one of the networks'. */
  get block() {
    return this.side / this.task.size_px
  }

  brush() {
    this.canvas.setBrush({ radius: (this.tools.state.thickness * this.block) / 2, step: this.block })
  }

  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return
    const key = event.key.toLowerCase()
    if (key === "y" || (key === "z" && event.shiftKey)) this.redo()
    else if (key === "z") this.undo()
    else return
    event.preventDefault()
  }

  /** A large picture may come after a smaller one that was brought later: the newest stays. */
  async bring(file) {
    const newest = this.pictures.begin()
    this.bringing.tell("")
    try {
      const found = await brought(file, blob => decodedApart(blob, this.side))
      if (newest()) this.placePicture(found)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (newest()) this.bringing.tell(error.message)
    }
  }

  placeSample(sample) {
    this.pictures.forget()
    const { size_px: size, channels } = this.task
    const image = bytes(resized(fromBase64(sample.pixels, size, size, channels), this.side))
    this.step(drawings.placed(this.drawing, image, { kind: "sample", sample }))
  }

  /** The middle square of a picture of this width and height. */
  placePicture({ image, width, height }) {
    const found = this.prepared(image)
    const origin = { kind: "picture", prepared: { ...found, automatic: true }, width, height }
    this.step(drawings.placed(this.drawing, found.image, origin))
  }

  /** The same picture with dark and bright exchanged, or not; strokes on it are a step back. */
  invert(to) {
    const found = this.prepared(this.origin.prepared.square, to)
    const origin = { ...this.origin, prepared: { ...found, automatic: false } }
    this.step((this.origin.touched ? drawings.placed : drawings.replaced)(this.drawing, found.image, origin))
  }

  prepared(square, invert = this.task.ground === undefined ? undefined : false) {
    return prepared(square, { channels: this.task.channels, side: this.side, invert })
  }
}

function bytes(image) {
  return { ...image, values: Uint8ClampedArray.from(image.values) }
}
