// A zip file of files as they are, since photographs and sounds do not get smaller: what an import of the lab reads.

const CRC = Uint32Array.from({ length: 256 }, (_, place) => {
  let value = place
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})
const UTF8 = 0x800
const FIRST_OF_1980 = 0x21
const FILE_BYTES = 30
const ENTRY_BYTES = 46
const END_BYTES = 22

/**
 * @param {{name: string, bytes: Uint8Array}[]} files at most 65,535, with their folders in their names
 * @returns {Blob}
 */
export function zipped(files) {
  const pieces = []
  const entries = []
  let place = 0
  for (const { name, bytes } of files) {
    const path = new TextEncoder().encode(name)
    const shared = [20, UTF8, 0, 0, FIRST_OF_1980, crcOf(bytes), bytes.length, bytes.length, path.length, 0]
    const widths = [2, 2, 2, 2, 2, 4, 4, 4, 2, 2]
    pieces.push(record(FILE_BYTES, 0x04034b50, shared, widths), path, bytes)
    const rest = [0, 0, 0, 0, place]
    entries.push(record(ENTRY_BYTES, 0x02014b50, [20, ...shared, ...rest], [2, ...widths, 2, 2, 2, 4, 4]), path)
    place += FILE_BYTES + path.length + bytes.length
  }
  const length = entries.reduce((sum, one) => sum + one.length, 0)
  const end = [0, 0, files.length, files.length, length, place, 0]
  return new Blob([...pieces, ...entries, record(END_BYTES, 0x06054b50, end, [2, 2, 2, 2, 4, 4, 2])])
}

export function crcOf(bytes) {
  let value = 0xffffffff
  for (const byte of bytes) value = CRC[(value ^ byte) & 0xff] ^ (value >>> 8)
  return (value ^ 0xffffffff) >>> 0
}

function record(size, sign, values, widths) {
  const view = new DataView(new ArrayBuffer(size))
  view.setUint32(0, sign, true)
  let place = 4
  values.forEach((value, at) => {
    if (widths[at] === 2) view.setUint16(place, value, true)
    else view.setUint32(place, value, true)
    place += widths[at]
  })
  return new Uint8Array(view.buffer)
}
